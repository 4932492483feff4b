/** What a user did before: five lists of item categories, and how much of an item's category they hold. */
import { hash32, Rng } from '../random';

export const CATEGORIES = 40;
export const ITEM_CATEGORY = 'item_category';

export interface Behaviour {
  readonly name: string;
  /** Mean and largest number of entries (Liu et al. 2023, Table 2). */
  readonly average: number;
  readonly longest: number;
  /** Share of users without any entry. */
  readonly empty: number;
  /** Share of entries that lie in one of the user's interests; the others follow popularity. */
  readonly interested: number;
  /** Mean days between two entries. */
  readonly gap: number;
}

export const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'watched', average: 9.98, longest: 50, empty: 0.1, interested: 0.55, gap: 1 },
  { name: 'not_watched', average: 7.34, longest: 50, empty: 0.15, interested: 0.2, gap: 1.4 },
  { name: 'clicked', average: 0.65, longest: 50, empty: 0.75, interested: 0.8, gap: 4 },
  { name: 'not_clicked', average: 16.96, longest: 50, empty: 0.05, interested: 0.35, gap: 0.6 },
  { name: 'entered', average: 22.8, longest: 100, empty: 0.05, interested: 0.65, gap: 0.5 },
];

/** A user's interests, strongest first, and how entries and items of an interest fall on them. */
const INTERESTS = 3;
const INTEREST_SUMS = [0.5, 0.8] as const;
/** Share of the items on a page that lie in one of the user's interests: search results are partly personal. */
const ITEM_INTERESTED = 0.4;

/** Days after which an entry counts half. */
const RECENCY = 7;

/** Popularity falls with the code as 1/(code + 5); cell → code. */
const POPULARITY_CELLS = 1024;
const POPULARITY = (() => {
  const table = new Uint8Array(POPULARITY_CELLS);
  let total = 0;
  for (let code = 0; code < CATEGORIES; code++) total += 1 / (code + 5);
  let sum = 0;
  let from = 0;
  for (let code = 0; code < CATEGORIES; code++) {
    sum += 1 / (code + 5) / total;
    const to = code + 1 === CATEGORIES ? POPULARITY_CELLS : Math.round(sum * POPULARITY_CELLS);
    table.fill(code, from, to);
    from = to;
  }
  return table;
})();

const popular = (uniform: number) => POPULARITY[(uniform * POPULARITY_CELLS) | 0]!;

/** Cumulative probabilities of a list's length, 0…longest: some users have none, the others a truncated geometric number. */
export function lengthSums({ average, longest, empty }: Behaviour): Float64Array {
  const shares = (ratio: number) => {
    const weights = new Float64Array(longest + 1);
    let power = 1;
    let total = 0;
    for (let n = 1; n <= longest; n++) {
      weights[n] = power;
      total += power;
      power *= ratio;
    }
    return weights.map((w, n) => (n === 0 ? empty : ((1 - empty) * w) / total));
  };
  const mean = (p: Float64Array) => p.reduce((sum, share, n) => sum + n * share, 0);
  let low = 0;
  let high = 1;
  for (let round = 0; round < 60; round++) {
    const ratio = (low + high) / 2;
    if (mean(shares(ratio)) < average) low = ratio;
    else high = ratio;
  }
  let sum = 0;
  const sums = shares((low + high) / 2).map((p) => (sum += p));
  sums[longest] = 1;
  return sums;
}

const LENGTH_SUMS = BEHAVIOURS.map(lengthSums);

/** A user and the lists. Scratch space: filled again for each page. */
export interface User {
  readonly interests: Uint8Array;
  /** By behaviour: number of entries, their categories and ages in days, newest first. */
  readonly lengths: Uint8Array;
  readonly codes: readonly Uint8Array[];
  readonly ages: readonly Float32Array[];
  /** [behaviours · categories] sum of the recency of the entries in a category. */
  readonly recency: Float64Array;
}

export const newUser = (): User => ({
  interests: new Uint8Array(INTERESTS),
  lengths: new Uint8Array(BEHAVIOURS.length),
  codes: BEHAVIOURS.map((b) => new Uint8Array(b.longest)),
  ages: BEHAVIOURS.map((b) => new Float32Array(b.longest)),
  recency: new Float64Array(BEHAVIOURS.length * CATEGORIES),
});

/** A category of the user's interests, for `uniform` in (0, 1). */
const ofInterests = (user: User, uniform: number) =>
  user.interests[uniform < INTEREST_SUMS[0] ? 0 : uniform < INTEREST_SUMS[1] ? 1 : 2]!;

/** Draws a user: interests, then each list. */
export function drawUser(rng: Rng, user: User): void {
  for (let i = 0; i < INTERESTS; i++) user.interests[i] = popular(rng.uniform());
  user.recency.fill(0);
  for (let b = 0; b < BEHAVIOURS.length; b++) {
    const { interested, gap } = BEHAVIOURS[b]!;
    const sums = LENGTH_SUMS[b]!;
    const uniform = rng.uniform();
    let length = 0;
    while (uniform >= sums[length]!) length++;
    user.lengths[b] = length;
    const codes = user.codes[b]!;
    const ages = user.ages[b]!;
    let age = 0;
    for (let e = 0; e < length; e++) {
      const u = rng.uniform();
      const code =
        u < interested ? ofInterests(user, u / interested) : popular((u - interested) / (1 - interested));
      age = Math.fround(age + 2 * gap * rng.uniform());
      codes[e] = code;
      ages[e] = age;
      user.recency[b * CATEGORIES + code]! += RECENCY / (RECENCY + age);
    }
  }
}

/** The category of an item that the user sees, for `uniform` in (0, 1). */
export function itemCategory(user: User, uniform: number): number {
  return uniform < ITEM_INTERESTED
    ? ofInterests(user, uniform / ITEM_INTERESTED)
    : popular((uniform - ITEM_INTERESTED) / (1 - ITEM_INTERESTED));
}

/**
 * Match of an item's category with each list, in [0, 1): s/(1 + s), s the sum of 7/(7 + age) over the list's entries in
 * that category. A function of what the row shows. Fills out [behaviours].
 */
export function matchOf(user: User, category: number, out: Float64Array): void {
  for (let b = 0; b < out.length; b++) {
    const s = user.recency[b * CATEGORIES + category]!;
    out[b] = s / (1 + s);
  }
}

const USER_STREAM = 5;

/** The generator that draws the user of a page. */
export const userStream = (seed: number, page: number) => new Rng(seed, hash32(USER_STREAM, page));
