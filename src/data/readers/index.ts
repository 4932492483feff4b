/** The door to a user's own files: a first look, and the reading by a mapping. */
import { DataError } from '../dataset';
import { columnsOf, guessRoles, guessSplit } from '../mapping/guess';
import { type Mapping, mappingSchema, type Preview } from '../mapping/mapping';
import { type Plan, planOf } from '../mapping/plan';
import {
  ALIEXPRESS_PARENTS,
  aliExpressRoles,
  kuaiRandParents,
  kuaiRandRole,
  marketOf,
} from '../mapping/presets';
import { type LongWork, pace } from '../pace';
import type { Places } from '../sampling/store';
import type { Table } from '../table';
import type { NamedBlob } from './bytes';
import { Collector, type FileUse } from './collect';
import { finishTable } from './finish';
import { join } from './join';
import { openFile } from './open';
import { list, plural } from './say';
import { type FileSet, fileSet, type OpenFile } from './set';
import { tianchiLevel } from './tianchi';

export type { NamedBlob } from './bytes';

/** Most files that may be opened together. */
const MOST_FILES = 3;

/** Rows of the preview that are shown. */
const SHOWN = 20;

async function openSet(files: readonly NamedBlob[]): Promise<FileSet> {
  if (files.length > MOST_FILES) {
    throw new DataError(
      `${files.length} files cannot be opened together: choose one, or two that belong together.`,
    );
  }
  const opened = await Promise.all(files.map(openFile));
  return fileSet(opened.flat());
}

/** Looks at the beginning of one or two files. Rejects with a DataError of one sentence. */
export async function previewFiles(files: readonly NamedBlob[]): Promise<Preview> {
  return guarded(files, async () => previewOf(await openSet(files)));
}

function previewOf(set: FileSet): Preview {
  const { preset, looks, main, joined } = set;
  const general = guessRoles(looks, set.whole);
  const guesses =
    preset === 'aliexpress' || preset === 'tianchi'
      ? aliExpressRoles(looks)
      : preset === 'kuairand'
        ? looks.map((look, i) => kuaiRandRole(look) ?? general[i]!)
        : general;
  let columns = columnsOf(looks, guesses);
  if (preset === 'kuairand') columns = kuaiRandParents(columns);
  if (preset === 'aliexpress' || preset === 'tianchi') {
    columns = columns.map((c) => (c.role === 'label' ? { ...c, parent: ALIEXPRESS_PARENTS[c.name]! } : c));
  }
  const known = preset === 'aliexpress' || preset === 'tianchi';
  const names = [...main.map((f) => f.source.file), ...(joined ? [joined.source.file] : [])];
  const country = known ? marketOf(looks, names) : null;
  const asksCountry = known && country === null && !columns.some((c) => c.role === 'country');
  const guess = mappingSchema.parse({
    columns: columns.length >= 2 ? columns : [...columns, ...columns],
    country,
    split: guessSplit(
      columns,
      main.some((f) => f.part === 'test rows'),
    ),
  });
  return {
    files: [...main, ...(joined ? [joined] : [])].map(({ source, part }) => ({
      name: source.file,
      bytes: source.bytes,
      part,
    })),
    format: set.format,
    preset,
    columns: looks.map((look, i) => ({
      name: look.name,
      kind: look.kind,
      distinct: look.distinct,
      missing: look.missing,
      examples: look.examples,
      ...(guesses[i]!.why && { why: guesses[i]!.why }),
    })),
    rows: set.head.slice(0, SHOWN),
    seen: set.head.length,
    estimatedRows: set.estimatedRows,
    certain: preset !== null && !asksCountry && set.estimatedRows <= guess.sampling.rows,
    guess,
  };
}

/** Reads files into a table; with null by what `previewFiles` guesses. Rejects with a DataError of one sentence. */
export async function readFiles(
  files: readonly NamedBlob[],
  mapping: Mapping | null,
  work: LongWork = {},
): Promise<Table> {
  return guarded(files, async () => {
    work.signal?.throwIfAborted();
    const set = await openSet(files);
    const plan = planOf(mapping ?? previewOf(set).guess, set.columns, set.main.length);
    return readSet(set, plan, work);
  });
}

/** Reads opened files by a plan. */
export async function readSet(set: FileSet, plan: Plan, work: LongWork): Promise<Table> {
  const { main, joined } = set;
  const all = [...main, ...(joined ? [joined] : [])];
  const total = Math.max(
    1,
    all.reduce((n, f) => n + f.source.bytes, 0),
  );
  const beat = pace(work);
  const started = performance.now();
  const collector = new Collector(plan);
  let before = 0;
  const at = (bytes: number) => {
    const read = before + bytes;
    return beat(Math.min(0.99, (read / total) * 0.98), () => {
      const bytesPerSecond = read / Math.max(1e-3, (performance.now() - started) / 1000);
      return {
        bytesPerSecond,
        secondsLeft: (total - read) / Math.max(1, bytesPerSecond),
        rows: collector.rows,
      };
    });
  };
  await at(0);
  for (const file of main) {
    const key = joined ? joined.mainKey : null;
    const part = file.part === 'test rows' || (plan.mapping.split.by === 'file' && file !== main[0]) ? 1 : 0;
    await collector.read(planned(file, plan, set, key, part), at, work.signal);
    before += file.source.bytes;
  }
  const notes: string[] = [];
  let unjoined: ReadonlySet<number> | null = null;
  if (joined) {
    const skipBroken = plan.mapping.brokenRows === 'skip';
    const done = await join(
      { file: joined, features: featuresOf(joined, plan, set), skipBroken },
      collector,
      at,
      work.signal,
    );
    const { without, repeated, broken } = done;
    const key = main[0]!.source.columns[joined.mainKey]!;
    const id = set.preset === 'tianchi' ? 'search id' : key;
    // A row without its user half is no row; one without further features is a row with missing values.
    const inner = joined.part === 'user rows';
    if (inner) unjoined = without;
    const name = joined.source.file;
    if (without.size > 0) {
      notes.push(
        `${plural(without.size, 'row')} ${without.size === 1 ? 'has' : 'have'} a ${id} that ${name} does not have, so that ${inner ? 'they were left out' : `its columns are missing there`}.`,
      );
    }
    if (repeated > 0)
      notes.push(`${plural(repeated, 'row')} of ${name} repeat a ${id}; the first row of each counts.`);
    if (broken > 0) notes.push(`${plural(broken, 'row')} of ${name} could not be read and were left out.`);
  }
  await beat(0.99);
  const table = finishTable({
    plan,
    columns: set.columns,
    collector,
    title: main[0]!.source.file,
    files: list(all.map((f) => f.source.file)),
    groupsByFile: set.preset === 'aliexpress',
    unjoined,
    notes,
  });
  await beat(1);
  return table;
}

function featuresOf({ places }: OpenFile, plan: Plan, set: FileSet): Places {
  return {
    categorical: plan.categorical.map((c) => places[c]!),
    numerical: plan.numerical.map((c) => places[c]!),
    lists: plan.lists.map((c) => places[c]!),
    separators: plan.lists.map((c) => set.looks[c]!.separator),
  };
}

function planned(file: OpenFile, plan: Plan, set: FileSet, key: number | null, part: 0 | 1): FileUse {
  const { source, places } = file;
  const place = (c: number | null, role: string) => {
    if (c === null) return null;
    const at = places[c]!;
    if (at >= 0) return at;
    throw new DataError(
      `The column "${set.columns[c]!}" cannot have the role ${role}, for it is not in ${source.file}, the file of the rows; give the role to a column of that file.`,
      { column: set.columns[c]! },
    );
  };
  return {
    source,
    part,
    features: featuresOf(file, plan, set),
    labels: plan.labels.map((c) => {
      const column = place(c, 'label')!;
      return set.preset === 'tianchi' ? { column, atLeast: tianchiLevel(set.columns[c]!) } : { column };
    }),
    group: place(plan.group, 'group'),
    weight: place(plan.weight, 'weight'),
    time: place(plan.time, 'time'),
    key,
  };
}

/** Lets refusals and stops through; anything else that a hostile file brings about becomes one sentence too. */
async function guarded<T>(files: readonly NamedBlob[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof DataError || !(fault instanceof RangeError)) throw fault;
    const names = list(files.map((f) => f.name));
    throw new DataError(
      `There is not enough memory to read ${names}: close other pages, keep fewer rows or ignore columns.`,
    );
  }
}
