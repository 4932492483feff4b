/** Who starves whom, in one sentence that claims nothing that noise could make. */
import type { Measured, Pull } from '../../../workers/protocol';
import { fraction, signed } from '../../components/format';

/**
 * Standard errors that a claim needs: the 97.5 % point of Student's t with 7 degrees of freedom, since the errors come of
 * eight parts of the rows. With several tasks the bar rises with the number of claims that are looked through (Bonferroni).
 */
const T_975 = 2.365;
/** The same for 2, 6 and 12 ordered claims at .05 together; above that the last one times a little. */
export const barOf = (claims: number): number =>
  claims <= 1 ? T_975 : claims <= 2 ? 2.841 : claims <= 6 ? 3.636 : claims <= 12 ? 4.207 : 5;

/** `−.21 ± .05`, the interval at 95 %. */
export const within = (m: Measured, digits = 2): string =>
  `${signed(m.value, digits)} ± ${fraction(T_975 * m.se, digits)}`;

/** How many times as long ∇L_j is as ∇L_k, with its interval. */
export const ratioWithin = ({ value, se }: Measured): string => {
  const times = (x: number) =>
    x >= 100 && x < 1e5 ? Math.round(x).toString() : x >= 10 && x < 100 ? x.toFixed(1) : fraction(x, 2);
  return `${times(Math.exp(value))} (${times(Math.exp(value - T_975 * se))} to ${times(Math.exp(value + T_975 * se))})`;
};

/** Rows with an event below which nothing is claimed: parts without one make intervals that cannot be trusted. */
export const ENOUGH = 40;

const capital = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);

/** All that can be said. */
const say = {
  having: (positives: number, name: string) => `${positives} with a ${name}`,
  scarce: (having: readonly string[]) =>
    `Too few rows to say who starves whom: ${new Intl.ListFormat('en').format(having)} among those read, and ${ENOUGH} are needed.`,
  /** @param by null: all others together */
  starves: (by: string | null, whom: string) =>
    `${by === null ? 'The other tasks starve' : `${capital(by)} starves`} ${whom}: a small step along all gradients together raises the loss of ${whom}.`,
  apart: (a: string, b: string, cosine: string) =>
    `${capital(a)} and ${b} pull apart (cosine ${cosine}), but no task is starved beyond noise: each loss may still fall.`,
  longer: (a: string, b: string, times: string) =>
    `${capital(a)} has the longer gradient, ${times} times that of ${b}; that they oppose each other is within noise or not so.`,
  nothing: 'Within noise: no task can be said to starve another.',
} as const;

/** The strongest claim that the numbers bear. @param names of the tasks @param positives rows with each task's event */
export function starving(pull: Pull, names: readonly string[], positives: readonly number[]): string {
  const scarce = names.flatMap((name, k) =>
    positives[k]! < ENOUGH ? [say.having(positives[k]!, name)] : [],
  );
  if (scarce.length > 0) {
    return say.scarce(scarce);
  }
  const K = names.length;
  const bar = barOf(K * (K - 1));
  const sure = (m: Measured | null | undefined): m is Measured =>
    Boolean(m && Math.abs(m.value) > bar * m.se);
  const starved = pull.progress
    .map((m, k) => ({ m, k }))
    .filter(({ m }) => m && m.value < 0 && sure(m))
    .sort((a, b) => a.m!.value - b.m!.value)[0];
  if (starved) {
    // Of the others, the one that points most against it.
    const by = names
      .map((_, j) => j)
      .filter((j) => j !== starved.k && (pull.cosine[starved.k]![j]?.value ?? 0) < 0)
      .sort((a, b) => strength(pull, starved.k, b) - strength(pull, starved.k, a))[0];
    return say.starves(by === undefined ? null : names[by]!, names[starved.k]!);
  }
  const pairs = names.flatMap((_, j) => names.slice(j + 1).map((_, i) => [j, j + 1 + i] as const));
  const against = pairs
    .map(([j, k]) => ({ j, k, m: pull.cosine[j]![k] ?? null }))
    .filter(({ m }) => m && m.value < 0 && sure(m))
    .sort((a, b) => a.m!.value - b.m!.value)[0];
  if (against) {
    return say.apart(names[against.j]!, names[against.k]!, within(against.m!));
  }
  const longest = pairs
    .flatMap(([j, k]) => [
      { j, k, m: pull.logRatio[j]![k] ?? null },
      { j: k, k: j, m: pull.logRatio[k]![j] ?? null },
    ])
    .filter(({ m }) => m && m.value > Math.log(2) && m.value - bar * m.se > 0)
    .sort((a, b) => b.m!.value - a.m!.value)[0];
  if (longest) {
    return say.longer(names[longest.j]!, names[longest.k]!, ratioWithin(longest.m!));
  }
  return say.nothing;
}

/** The longest of what `starving` may come to say of these tasks, figures included: the room that it takes from the first. */
export function longestClaim(names: readonly string[]): string {
  const [a = '', b = ''] = [...names].sort((x, y) => y.length - x.length);
  const claims = [
    say.scarce(names.map((name) => say.having(ENOUGH - 1, name))),
    say.starves(null, a),
    say.starves(b, a),
    say.apart(a, b, within({ value: -0.99, se: 0.4 })),
    say.longer(a, b, ratioWithin({ value: Math.log(88.8), se: 0.5 })),
    say.nothing,
  ];
  return claims.reduce((longest, claim) => (claim.length > longest.length ? claim : longest));
}

/** How much ∇L_j takes from task k. */
const strength = (pull: Pull, k: number, j: number): number =>
  -(pull.cosine[k]![j]?.value ?? 0) * pull.norms[j]!;
