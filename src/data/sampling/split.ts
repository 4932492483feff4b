/** Which rows validate: by hash of their group, by time, by file, or one by one where there are no groups. */
import { DataError } from '../dataset';
import type { Mapping } from '../mapping/mapping';
import { splitByPage } from '../prepare';

export interface SplitInput {
  readonly by: Mapping['split']['by'];
  /** Share of the groups (or rows) that validate. */
  readonly share: number;
  readonly rows: number;
  /** [N] hash of the text of a row's group, or null where there are no groups. */
  readonly hashes: Uint32Array | null;
  /** [N] number of a row's group, or null. */
  readonly groups: Uint32Array | null;
  readonly times: Float64Array | null;
  /** [N] 1 where the row comes from the test file. */
  readonly parts: Uint8Array;
  readonly rowIds: Uint32Array;
}

/** [N] 1 = validation. No group lies in both parts, but for `file`, whose caller sees to it. */
export function split(input: SplitInput): Uint8Array {
  switch (input.by) {
    case 'file':
      return Uint8Array.from(input.parts);
    case 'time':
      return splitByTime(input);
    default:
      return splitByPage(input.hashes ?? input.rowIds, input.share);
  }
}

/** Groups in the order of their last moment; the latest ones validate. Equal moments stay together. */
function splitByTime({ times, groups, rows, share }: SplitInput): Uint8Array {
  const last = new Map<number, number>();
  for (let i = 0; i < rows; i++) {
    const group = groups === null ? i : groups[i]!;
    last.set(group, Math.max(last.get(group) ?? Number.NEGATIVE_INFINITY, times![i]!));
  }
  const moments = Float64Array.from(last.values()).sort();
  let cut = moments[Math.min(moments.length - 1, Math.floor((1 - share) * moments.length))]!;
  // Where the groups that share the moment of the cut are all there is before it, the next later moment is the cut.
  if (cut === moments[0]) cut = moments.find((t) => t > cut) ?? Number.POSITIVE_INFINITY;
  if (cut === Number.POSITIVE_INFINITY && rows > 0) {
    throw new DataError(
      'Rows cannot be split by time, for all of them carry the same time: choose another time column, or split by group.',
    );
  }
  return Uint8Array.from({ length: rows }, (_, i) =>
    last.get(groups === null ? i : groups[i]!)! >= cut ? 1 : 0,
  );
}
