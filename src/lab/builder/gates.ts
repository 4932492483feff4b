/** What there is to say about gates beside drawing them: whose expert is which, how spread a gate is, which experts idle. */
import type { BlockChoice } from '../../pipeline/schema';

/** Index of the task that owns an expert, or null for a shared one. */
export type Owner = number | null;

/** A share below this, in every gate, leaves an expert idle. */
export const IDLE = 0.01;

/**
 * Owners of a Bottom's experts in the order of its `gates`: where it tells shared experts apart (the setting `shared`), each task's
 * experts in turn and then the shared ones; else all are shared. Empty for a Bottom without experts.
 */
export function ownersOf({ params }: BlockChoice, tasks: number): Owner[] {
  const experts = typeof params.experts === 'number' ? params.experts : 0;
  if (typeof params.shared !== 'number') return new Array<Owner>(experts).fill(null);
  const own = Array.from({ length: tasks * experts }, (_, e) => Math.floor(e / experts));
  return [...own, ...new Array<Owner>(params.shared).fill(null)];
}

/** Experts from top to bottom, so that few bands cross: those of the first half of the tasks, the shared ones, the rest. */
export function drawnOrder(owners: readonly Owner[], tasks: number): number[] {
  const rank = (owner: Owner) => (owner === null ? (tasks - 1) / 2 : owner);
  // Of a middle task and the shared ones, which rank alike, the task's come first.
  return owners
    .map((owner, e) => ({ owner, e }))
    .sort(
      (a, b) =>
        rank(a.owner) - rank(b.owner) || Number(a.owner === null) - Number(b.owner === null) || a.e - b.e,
    )
    .map(({ e }) => e);
}

/** Entropy of one gate's shares, from 0 (one expert alone) to 1 (all that it may read alike). */
export function spreadOf(shares: readonly number[]): number {
  const open = shares.filter((share) => share > 0);
  if (open.length < 2) return 0;
  return open.reduce((sum, share) => sum - share * Math.log(share), 0) / Math.log(open.length);
}

/** Experts that no gate gives a hundredth. @param rows shares of all experts, one list a gate */
export function idleExperts(rows: readonly (readonly number[])[]): number[] {
  const experts = rows[0]?.length ?? 0;
  return Array.from({ length: experts }, (_, e) => e).filter((e) => rows.every((row) => row[e]! < IDLE));
}
