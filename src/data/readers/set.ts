/** What the files opened together are to each other, and the one table of columns that they make. */
import { DataError } from '../dataset';
import { type Look, lookAt } from '../mapping/look';
import type { FilePart, Preview } from '../mapping/mapping';
import { isAliExpress, isKuaiRand } from '../mapping/presets';
import type { RowSource } from './block';
import { list } from './say';
import { ITEM_COLUMNS, ITEM_LABEL, TIANCHI_COLUMNS, tianchiPlaces, USER_COLUMNS } from './tianchi';

export interface OpenFile {
  readonly source: RowSource;
  readonly part: FilePart;
  /** By column of the table: the file's column, or −1. */
  readonly places: readonly number[];
}

export interface FileSet {
  readonly preset: Preview['preset'];
  readonly columns: readonly string[];
  readonly looks: readonly Look[];
  /** Files of rows, the test file last. */
  readonly main: readonly OpenFile[];
  /** A file that completes each row: user rows, or user features. Keys are columns of either file. */
  readonly joined: (OpenFile & { readonly key: number; readonly mainKey: number }) | null;
  /** [≤ 2000][columns] first rows; '' where a joined file would have to be searched. */
  readonly head: readonly (readonly string[])[];
  readonly estimatedRows: number;
  /** True where `head` is all there is. */
  readonly whole: boolean;
  readonly format: string;
}

const refuse = (sentence: string): never => {
  throw new DataError(sentence);
};

/** Puts one to three opened files into relation. Throws a DataError of one sentence where they do not go together. */
export function fileSet(sources: readonly RowSource[]): FileSet {
  if (sources.length === 0) refuse('No file was chosen: choose a CSV, TSV, gzip, ZIP or Parquet file.');
  const raw = tianchiPair(sources);
  if (raw) return raw;
  const lone = sources.find((s) => !s.named && (s.columns.length === USER_COLUMNS || looksLikeItems(s)));
  if (lone && sources.length === 1) {
    const [is, needs] = looksLikeItems(lone) ? ['item', 'user'] : ['user', 'item'];
    refuse(
      `${lone.file} looks like the raw AliExpress ${is} file (${lone.columns.length} columns without a header): open it together with the ${needs} file of the same country.`,
    );
  }
  const [first, ...rest] = sources as [RowSource, ...RowSource[]];
  const alike = (s: RowSource) => sameColumns(s, first);
  if (rest.every(alike)) return rowsOnly(sources);
  return withFeatures(sources);
}

const sameColumns = (a: RowSource, b: RowSource) =>
  a.columns.length === b.columns.length && a.columns.every((c) => b.columns.includes(c));

const looksLikeItems = (s: RowSource) =>
  !s.named &&
  s.columns.length === ITEM_COLUMNS &&
  s.head.rows.every((r) => ['0', '1', '2'].includes(r[ITEM_LABEL]!));

const isTest = (name: string) => /(^|[^a-z])(test|valid(ation)?|val|dev|eval|holdout)([^a-z]|$)/i.test(name);

function looksOf(source: RowSource): Look[] {
  return source.columns.map((name, c) =>
    lookAt(
      name,
      source.head.rows.map((r) => r[c]!),
      source.head.lists[c]!,
    ),
  );
}

const presetOf = (columns: readonly string[]): Preview['preset'] =>
  isAliExpress(columns) ? 'aliexpress' : isKuaiRand(columns) ? 'kuairand' : null;

const isWhole = (s: RowSource) => s.head.estimatedRows <= s.head.rows.length;

function rowsOnly(sources: readonly RowSource[]): FileSet {
  if (sources.length > 2) {
    refuse(
      `${sources.length} files of rows cannot be opened together: choose one, or a training and a test file; a shard’s parts open with the manifest.json of their folder.`,
    );
  }
  const test = sources.length === 2 ? sources.findIndex((s) => isTest(s.file)) : -1;
  const ordered = test === 0 ? [sources[1]!, sources[0]!] : sources;
  const [first] = ordered as [RowSource];
  return {
    preset: presetOf(first.columns),
    columns: first.columns,
    looks: looksOf(first),
    main: ordered.map((source, i) => ({
      source,
      part: i === 1 && test >= 0 ? 'test rows' : 'rows',
      places: first.columns.map((c) => source.columns.indexOf(c)),
    })),
    joined: null,
    head: first.head.rows,
    estimatedRows: sources.reduce((n, s) => n + s.head.estimatedRows, 0),
    whole: sources.every(isWhole),
    format: first.format,
  };
}

/** Rows with labels, and a file that tells more of the users (or items) in them. */
function withFeatures(sources: readonly RowSource[]): FileSet {
  const names = list(sources.map((s) => s.file));
  const looks = sources.map(looksOf);
  const binaries = (i: number) => looks[i]!.filter((l) => l.binary).length;
  // The rows are those that repeat an id which the other file tells once.
  const pairs = sources.flatMap((main, m) =>
    sources.flatMap((other, o) =>
      m === o
        ? []
        : other.columns.flatMap((name, key) => {
            const at = main.columns.indexOf(name);
            const once = looks[o]![key]!.distinct === looks[o]![key]!.rows && looks[o]![key]!.rows > 0;
            return at >= 0 && once && /id$|key$|^uid$|^qid$/i.test(name)
              ? [{ main: m, other: o, key, at }]
              : [];
          }),
    ),
  );
  pairs.sort((a, b) => binaries(b.main) - binaries(a.main) || a.key - b.key);
  const [pair] = pairs;
  if (sources.length !== 2 || !pair) {
    return refuse(
      `${names} do not belong together: their columns differ, and no id column of one tells each row of another; open them one by one.`,
    );
  }
  const main = sources[pair.main]!;
  const other = sources[pair.other]!;
  const more = other.columns.filter((c) => !main.columns.includes(c));
  const columns = [...main.columns, ...more];
  const known = new Map(other.head.rows.map((r) => [r[pair.key]!, r]));
  return {
    preset: presetOf(columns),
    columns,
    looks: [...looks[pair.main]!, ...more.map((c) => looks[pair.other]![other.columns.indexOf(c)]!)],
    main: [{ source: main, part: 'rows', places: columns.map((c) => main.columns.indexOf(c)) }],
    joined: {
      source: other,
      part: 'user features',
      places: columns.map((c) => (more.includes(c) ? other.columns.indexOf(c) : -1)),
      key: pair.key,
      mainKey: pair.at,
    },
    head: main.head.rows.map((r) => {
      const partner = known.get(r[pair.at]!);
      return [...r, ...more.map((c) => partner?.[other.columns.indexOf(c)] ?? '')];
    }),
    estimatedRows: main.head.estimatedRows,
    whole: isWhole(main) && isWhole(other),
    format: `${main.format}, with ${other.file}`,
  };
}

function tianchiPair(sources: readonly RowSource[]): FileSet | null {
  if (sources.length !== 2) return null;
  const item = sources.find(looksLikeItems);
  const user = sources.find((s) => s !== item && !s.named && s.columns.length === USER_COLUMNS);
  if (!item || !user) return null;
  const [itemPlaces, userPlaces] = [tianchiPlaces('item'), tianchiPlaces('user')];
  const known = new Map(user.head.rows.map((r) => [r[0]!, r]));
  const head = item.head.rows.map((r) => {
    const partner = known.get(r[0]!);
    return TIANCHI_COLUMNS.map((name, c) => {
      if (name === 'click') return Number(r[ITEM_LABEL]) >= 1 ? '1' : '0';
      if (name === 'conversion') return Number(r[ITEM_LABEL]) >= 2 ? '1' : '0';
      return itemPlaces[c]! >= 0 ? r[itemPlaces[c]!]! : (partner?.[userPlaces[c]!] ?? '');
    });
  });
  const looks = TIANCHI_COLUMNS.map((name, c) =>
    lookAt(
      name,
      itemPlaces[c]! >= 0 ? head.map((r) => r[c]!) : user.head.rows.map((r) => r[userPlaces[c]!]!),
      false,
    ),
  );
  const packing = item.format.split(', ')[2];
  return {
    preset: 'tianchi',
    columns: TIANCHI_COLUMNS,
    looks,
    main: [{ source: item, part: 'item rows', places: itemPlaces }],
    joined: {
      source: user,
      part: 'user rows',
      places: userPlaces.map((p) => (p === 0 ? -1 : p)),
      key: 0,
      mainKey: 0,
    },
    head,
    estimatedRows: item.head.estimatedRows,
    whole: isWhole(item) && isWhole(user),
    format: packing ? `Tianchi pair, ${packing}` : 'Tianchi pair',
  };
}
