/** Guesses what each column is for, from its name and its values; the user can change every guess. */

import { guessSide } from '../sides';
import type { Look } from './look';
import { type ColumnMapping, FEATURE_ROLES, type Mapping, type Role } from './mapping';
import { MOST_TASKS } from './plan';

export interface Guess {
  readonly role: Role;
  readonly why?: string;
}

const EVENT =
  /^(is_?|has_?|did_?)?(click(ed|s)?|clk|ctr|like[ds]?|buy|bought|purchase[ds]?|conversion|conver(t|ted|sion)s?|cvr|(add_?(to_?)?)?cart|atc|fav(ou?rite)?|follow(ed)?|share[ds]?|forward(ed)?|comment(ed)?|long_?view|finish(ed)?|(profile_?)?enter(ed)?|order(ed|s)?|pay|paid|watch(ed)?|view(ed)?|read|download(ed)?|install(ed)?|hate|dislike|label\w*|target\w*|y\d*|event\w*)$/;
const LATE =
  /(play|watch|view|stay|dwell|read)(ing)?_?(time|duration|ms|sec|seconds|ratio|length)|completion_?rate|long_?watch/;
const WEIGHT = /^(sample_?|inclusion_?|importance_?|row_?)?weights?$/;
const TIME = /(^|_)(time|timestamp|datetime|date|ts|dt|day|at)(_?(ms|s|sec))?$|^(time|date|timestamp)/;
const PAGE = /^(search|session|request|req|query|page|list|slate|impression_?list|q)_?(id|key)$|^qid$/;
const USER = /^(user|uid|member|visitor|customer|device|account)(_?id)?$/;
const MARKET = /^(country|market|nation|site|locale)(_?(code|id|name))?$/;
const CODE =
  /(^|_)(id|ids|type|category|cat|code|tab|tag|level|flag|is|class|brand|city|gender|sex|os|device)(_|\d|$)|onehot/;

/** Few enough different whole numbers to be categories. */
const FEW = 50;

/** Roles by column, in the order of `looks`. `whole` where the rows looked at are all there are. */
export function guessRoles(looks: readonly Look[], whole: boolean): Guess[] {
  const guesses = looks.map((look) => guessOne(look, whole));
  single(
    looks,
    guesses,
    'group',
    (look) => (PAGE.test(low(look)) ? 2 : 1),
    'another column groups the rows already',
  );
  single(looks, guesses, 'time', (look) => look.distinct, 'another column tells the time already');
  single(looks, guesses, 'country', () => 1, undefined, 'categorical');
  single(looks, guesses, 'weight', () => 1, undefined, 'numerical');
  let labels = 0;
  guesses.forEach((g, i) => {
    if (g.role === 'label' && ++labels > MOST_TASKS) {
      guesses[i] = { role: 'ignore', why: `an event; at most ${MOST_TASKS} tasks can be learned together` };
    }
  });
  return guesses;
}

const low = (look: Look) => look.name.trim().toLowerCase();

/** Of the columns guessed to have a role that only one can have, the best keeps it. */
function single(
  looks: readonly Look[],
  guesses: Guess[],
  role: Role,
  score: (look: Look) => number,
  why?: string,
  instead: Role = 'ignore',
): void {
  const found = [...guesses.keys()].filter((i) => guesses[i]!.role === role);
  const best = found.reduce((a, b) => (score(looks[b]!) > score(looks[a]!) ? b : a), found[0] ?? 0);
  for (const i of found) {
    if (i !== best) guesses[i] = why === undefined ? { role: instead } : { role: instead, why };
  }
}

function guessOne(look: Look, whole: boolean): Guess {
  const name = low(look);
  const present = look.rows - look.missing;
  if (look.kind === 'empty') return { role: 'ignore', why: 'has no value in the rows looked at' };
  if (look.binary && EVENT.test(name)) return { role: 'label' };
  if (whole && look.distinct === 1 && look.missing === 0) {
    return { role: 'ignore', why: 'has the same value in every row' };
  }
  if (look.kind !== 'text' && look.kind !== 'list' && WEIGHT.test(name) && look.low > 0)
    return { role: 'weight' };
  if (LATE.test(name)) {
    return { role: 'ignore', why: 'tells the answer: it is known only after the event' };
  }
  if (isTime(look, name)) return { role: 'time' };
  const repeats = look.distinct > 1 && look.distinct < present;
  if ((PAGE.test(name) || USER.test(name)) && look.distinct > 1) {
    if (repeats || PAGE.test(name))
      return { role: 'group', why: 'rows share its values: they stay in one part' };
  }
  if (MARKET.test(name) && look.distinct <= 300) return { role: 'country' };
  if (look.kind === 'list') return { role: 'list' };
  if (look.kind !== 'real' && present >= 50 && look.distinct === present) {
    const fraction = look.kind === 'whole' && !CODE.test(name) && !/^column_1$/.test(name);
    if (!fraction || isCounter(look)) return { role: 'ignore', why: 'has a different value in every row' };
  }
  if (look.kind === 'text') {
    if (look.meanLength > 40) return { role: 'ignore', why: 'is free text' };
    return { role: 'categorical' };
  }
  if (look.kind === 'whole' && look.low >= 0 && (look.distinct <= FEW || CODE.test(name))) {
    return { role: 'categorical' };
  }
  return { role: 'numerical' };
}

/** Whole numbers that rise by one from row to row: a running number. */
function isCounter({ values }: Look): boolean {
  return values.every((v, i) => i === 0 || Number(v) === Number(values[i - 1]) + 1);
}

function isTime(look: Look, name: string): boolean {
  const { low: from, high: to, kind } = look;
  const seconds = from > 9e8 && to < 2.5e9;
  const finer = (from > 9e11 && to < 2.5e12) || (from > 9e14 && to < 2.5e15);
  if (kind === 'whole' || kind === 'real') {
    return (
      finer ||
      (seconds && (TIME.test(name) || look.distinct > FEW)) ||
      (TIME.test(name) && from >= 19_000_101 && to <= 21_001_231)
    );
  }
  return kind === 'text' && look.examples.every((v) => /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(v));
}

/** How far along the funnel an event usually is; null where its name does not say. */
function stage(name: string): number | null {
  const n = name.toLowerCase();
  if (/purchase|buy|bought|conver|order|pay|paid|cvr/.test(n)) return 3;
  if (/cart|atc|fav/.test(n)) return 2;
  if (/click|clk|ctr/.test(n)) return 1;
  return null;
}

/**
 * By label, the label that must come before it: the rarest event that (nearly) always happened with it in the rows looked
 * at; where there are too few of them to say so, the names decide.
 */
export function guessParents(labels: readonly Look[]): Map<string, string | null> {
  const one = (v: string) => v === '1' || v === '1.0' || /^true$/i.test(v);
  const events = labels.map((look) => look.values.map(one));
  const count = events.map((e) => e.filter(Boolean).length);
  const parents = new Map<string, string | null>();
  labels.forEach(({ name }, k) => {
    let best: number | null = null;
    labels.forEach((other, p) => {
      if (p === k) return;
      const both = events[k]!.filter((y, i) => y && events[p]![i]).length;
      const ahead = (stage(name) ?? 0) > (stage(other.name) ?? 9);
      const behind = (stage(name) ?? 9) < (stage(other.name) ?? 0);
      const contained = !behind && count[k]! >= 5 && count[p]! > count[k]! && both >= 0.99 * count[k]!;
      const named = ahead && both >= 0.9 * count[k]!;
      if (!contained && !named) return;
      const closer =
        best === null ||
        count[p]! < count[best]! ||
        (count[p] === count[best] && (stage(other.name) ?? 0) > (stage(labels[best]!.name) ?? 0));
      if (closer) best = p;
    });
    parents.set(name, best === null ? null : labels[best]!.name);
  });
  // Names and counts together might close a circle: whoever would, has no parent.
  for (const { name } of labels) {
    const seen = new Set([name]);
    for (let at = parents.get(name) ?? null; at !== null; at = parents.get(at) ?? null) {
      if (seen.has(at)) {
        parents.set(name, null);
        break;
      }
      seen.add(at);
    }
  }
  return parents;
}

/** Columns of a mapping from roles: labels with their parents, features with the side that their names tell. */
export function columnsOf(looks: readonly Look[], guesses: readonly Guess[]): ColumnMapping[] {
  const labels = looks.filter((_, i) => guesses[i]!.role === 'label');
  const parents = guessParents(labels);
  return looks.map(({ name }, i) => {
    const { role } = guesses[i]!;
    if (role === 'label') return { name, role, parent: parents.get(name) ?? null };
    const side = FEATURE_ROLES.includes(role) ? guessSide(name) : null;
    return { name, role, ...(side && { side }) };
  });
}

/** How rows are split where nobody says so: by the test file, by group, else one by one. */
export function guessSplit(columns: readonly ColumnMapping[], testFile: boolean): Mapping['split'] {
  const by = testFile ? 'file' : columns.some((c) => c.role === 'group') ? 'group' : 'row';
  return { by, share: 0.25 };
}
