/** Codes of a source into codes 0 … vocabulary−1, by what the training part holds. */
import { MISSING, TEXT, type Texts } from './store';

export const OTHER_NAME = '(other)';
export const MISSING_NAME = '(missing)';

/** Whole numbers are codes by themselves while at most this many codes, or this many times the different values, are unused. */
const SMALL = 64;
const SPARSE = 4;

export interface Vocabulary {
  /** Code by raw code; what is not in it is *other*. */
  readonly codes: ReadonlyMap<number, number>;
  readonly size: number;
  readonly values?: readonly string[];
  /** Different values of the training part that share the code *other* because the cap left no room for them. */
  readonly rare: number;
  readonly other: number | null;
}

/**
 * The vocabulary of raw codes. Whole numbers that lie close together stay as they are (with a code *missing* after the
 * largest, where any is missing). All else gets a dictionary: *other*, *missing* where any is missing, then the values
 * of the training part, the most frequent first, at most `cap` codes in all.
 * @param training whether the i-th raw code lies in the training part
 */
export function vocabularyOf(
  raw: Int32Array,
  training: (i: number) => boolean,
  cap: number,
  texts: Texts,
): Vocabulary {
  const counts = new Map<number, number>();
  let largest = -1;
  let anyMissing = false;
  for (let i = 0; i < raw.length; i++) {
    const code = raw[i]!;
    if (code === MISSING) {
      anyMissing = true;
      continue;
    }
    counts.set(code, (counts.get(code) ?? 0) + (training(i) ? 1 : 0));
    if (code > largest) largest = code;
  }
  const codes = new Map<number, number>();
  const direct = largest + 1 + (anyMissing ? 1 : 0);
  if (largest < TEXT && direct <= cap && direct <= Math.max(SMALL, SPARSE * counts.size)) {
    for (const code of counts.keys()) codes.set(code, code);
    if (!anyMissing) return { codes, size: Math.max(1, direct), rare: 0, other: null };
    codes.set(MISSING, largest + 1);
    const values = Array.from({ length: largest + 1 }, (_, i) => String(i));
    return { codes, size: direct, values: [...values, MISSING_NAME], rare: 0, other: null };
  }
  const values = [OTHER_NAME];
  if (anyMissing) {
    codes.set(MISSING, values.length);
    values.push(MISSING_NAME);
  }
  const frequent = [...counts].filter(([, n]) => n > 0);
  // Equal counts by value, so that the order in which texts were met does not matter.
  frequent.sort(
    ([a, n], [b, m]) => m - n || (a < TEXT && b < TEXT ? a - b : compare(texts.text(a), texts.text(b))),
  );
  for (const [code] of frequent.slice(0, Math.max(0, cap - values.length))) {
    codes.set(code, values.length);
    values.push(texts.text(code));
  }
  const kept = codes.size - (anyMissing ? 1 : 0);
  return { codes, size: values.length, values, rare: frequent.length - kept, other: 0 };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
