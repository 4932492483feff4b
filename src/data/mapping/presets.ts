/** Layouts that are known by their columns: AliExpress as MTReclib writes it, and KuaiRand. */
import { COLUMNS } from '../readers/layout';
import type { Guess } from './guess';
import type { Look } from './look';
import type { ColumnMapping } from './mapping';

/** Code of categorical_1 by market, as far as it is known. */
const MARKETS: Readonly<Record<string, string>> = { '8': 'NL', '9': 'US' };

export const isAliExpress = (columns: readonly string[]): boolean => {
  const have = new Set(columns);
  return COLUMNS.every((c) => have.has(c));
};

export const isKuaiRand = (columns: readonly string[]): boolean =>
  ['user_id', 'video_id', 'is_click', 'long_view'].every((c) => columns.includes(c));

/** Roles of MTReclib's 82 columns; anything beside them is not read. */
export function aliExpressRoles(looks: readonly Look[]): Guess[] {
  return looks.map(({ name, distinct }) => {
    if (name === 'search_id') return { role: 'group' };
    if (name === 'click' || name === 'conversion') return { role: 'label' };
    if (!COLUMNS.includes(name)) return { role: 'ignore', why: 'is no part of the AliExpress layout' };
    if (name === 'categorical_1') {
      return distinct > 1
        ? { role: 'country', why: 'tells the market: 8 is NL, 9 is US' }
        : { role: 'categorical', why: 'tells the market, which is the same in all rows looked at' };
    }
    return { role: name.startsWith('categorical') ? 'categorical' : 'numerical' };
  });
}

export const ALIEXPRESS_PARENTS: Readonly<Record<string, string | null>> = {
  click: null,
  conversion: 'click',
};

/** The market: from categorical_1 where one known code is in it, else from a file's name such as AliExpress_NL. */
export function marketOf(looks: readonly Look[], files: readonly string[]): string | null {
  const first = looks.find((l) => l.name === 'categorical_1');
  if (first && first.distinct > 1) return null;
  const known = first?.examples[0] === undefined ? undefined : MARKETS[first.examples[0]];
  if (known) return known;
  for (const file of files) {
    const found = /(?:^|[^a-z])(NL|ES|FR|US|RU)(?:[^a-z]|$)/i.exec(file.replace(/\.\w+(\.gz)?$/, ''));
    if (found && found[1] === found[1]!.toUpperCase()) return found[1]!;
  }
  return null;
}

const KUAIRAND_LEAKS: Readonly<Record<string, string>> = {
  play_time_ms: 'tells the answer: play time is known only after the click',
  profile_stay_time: 'tells the answer: it is known only after the profile was entered',
  comment_stay_time: 'tells the answer: it is known only after the comments were opened',
  watch_ratio: 'tells the answer: play time over duration',
  finish: 'tells the answer: made from the play time',
  like: 'tells the answer: the label is_like again',
  long_watch: 'tells the answer: made from the play time',
  is_positive: 'tells the answer: made from the labels',
};
const KUAIRAND_TASKS = ['is_click', 'long_view', 'is_like', 'is_profile_enter'];
const KUAIRAND_EVENTS = ['is_follow', 'is_comment', 'is_forward', 'is_hate'];
const KUAIRAND_IDS = [
  'video_id',
  'author_id',
  'music_id',
  'tab',
  'video_type',
  'upload_type',
  'hourmin',
  'is_rand',
];

/** Roles of KuaiRand's columns, those of its user features among them; null where the general guess will do. */
export function kuaiRandRole({ name, kind, low }: Look): Guess | null {
  const leak = KUAIRAND_LEAKS[name];
  if (leak) return { role: 'ignore', why: leak };
  if (KUAIRAND_TASKS.includes(name)) return { role: 'label' };
  if (KUAIRAND_EVENTS.includes(name)) {
    return {
      role: 'ignore',
      why: 'an event, which as a feature would tell the answer; make it a label to learn it',
    };
  }
  if (name === 'user_id') return { role: 'group', why: 'rows share its values: they stay in one part' };
  if (name === 'time_ms') return { role: 'time' };
  if (name === 'date' || name === 'source_file')
    return { role: 'ignore', why: 'says when or where the log was written' };
  if (name === 'upload_dt' || name === 'upload_date')
    return { role: 'ignore', why: 'freshness_days says the same' };
  if (name === 'tag') return { role: kind === 'list' ? 'list' : 'categorical' };
  if (KUAIRAND_IDS.includes(name)) return { role: 'categorical' };
  if (/^(duration_ms|video_duration|freshness_days)$/.test(name)) return { role: 'numerical' };
  if (/^onehot_feat\d+$|_range$|^user_active_degree$/.test(name)) return { role: 'categorical' };
  if (/^is_/.test(name)) return { role: 'categorical' };
  if (/_num$|^register_days$/.test(name))
    return { role: kind === 'text' || Number.isNaN(low) ? 'categorical' : 'numerical' };
  return null;
}

/** click first; all else follows it. */
export function kuaiRandParents(columns: readonly ColumnMapping[]): ColumnMapping[] {
  return columns.map((c) =>
    c.role === 'label' ? { ...c, parent: c.name === 'is_click' ? null : 'is_click' } : c,
  );
}
