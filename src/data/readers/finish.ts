/** Turns the rows that a sample kept into a table: split, vocabularies, weights, and what is worth knowing. */
import { DataError, type DatasetSchema, type DatasetSource, type Sequences, type Side } from '../dataset';
import { FEATURE_ROLES } from '../mapping/mapping';
import type { Plan } from '../mapping/plan';
import { hashString } from '../random';
import { DEEP, NONE, SHALLOW } from '../sampling/sampler';
import { split } from '../sampling/split';
import { MISSING, type RowStore } from '../sampling/store';
import { type Vocabulary, vocabularyOf } from '../sampling/vocabulary';
import { statedSides } from '../sides';
import type { Table } from '../table';
import type { Finish, Kept } from './kept';
import { notesOn } from './notes';

/** Names of the strata, from the names of the tasks. */
export function strataNames(plan: Plan): [string, string, string] {
  const parents = new Set(plan.tasks.map((t) => t.parent));
  const deep = plan.tasks.filter((_, k) => !parents.has(k)).map((t) => t.name);
  const shallow = plan.tasks.filter((_, k) => parents.has(k)).map((t) => t.name);
  const any = [...shallow, ...deep].join(' or ');
  return [deep.join(' or '), `${shallow.join(' or ')} without ${deep.join(' or ')}`, `no ${any}`];
}

/** Sides by column, of the features that have one. */
const marksOf = ({ columns }: Plan['mapping']): Record<string, Side> =>
  Object.fromEntries(
    columns.flatMap(({ name, role, side }) => (side && FEATURE_ROLES.includes(role) ? [[name, side]] : [])),
  );

/** Builds the table. Throws a DataError of one sentence where no row is left. */
export function finishTable(finish: Finish): Table {
  const { plan, collector, columns } = finish;
  const { store, sampler } = collector;
  const sampled = sampler.finish();
  const slots = sampled.slots.filter((slot) => !finish.unjoined?.has(slot));
  slots.sort((a, b) => store.rowIds[a]! - store.rowIds[b]!);
  const groups = groupsOf(slots, finish);
  const overlap = plan.mapping.split.by === 'file' && groups ? dropShared(slots, groups, store) : null;
  const kept = overlap?.slots ?? slots;
  const numbers = overlap?.groups ?? groups;
  const rows = kept.length;
  if (rows === 0) throw nothingLeft(finish, overlap !== null);

  const rowIds = Uint32Array.from(kept, (slot) => store.rowIds[slot]!);
  const validation = split({
    by: plan.mapping.split.by,
    share: plan.mapping.split.share,
    rows,
    hashes: numbers && hashesOf(kept, numbers, finish),
    groups: numbers,
    times: plan.time === null ? null : Float64Array.from(kept, (slot) => store.times[slot]!),
    parts: Uint8Array.from(kept, (slot) => store.parts[slot]!),
    rowIds,
  });

  const K = plan.tasks.length;
  const M = plan.numerical.length;
  const labels = new Uint8Array(rows * K);
  const numerical = new Float32Array(rows * M);
  kept.forEach((slot, i) => {
    labels.set(store.labels.subarray(slot * K, slot * K + K), i * K);
    numerical.set(store.numerical.subarray(slot * M, slot * M + M), i * M);
  });
  const { categorical, vocabularies, missing } = categoriesOf(kept, validation, finish);
  const lists = plan.lists.map((_, l) => listOf(kept, validation, l, finish));
  const name = (c: number) => columns[c]!;
  const features: Pick<DatasetSchema, 'categorical' | 'numerical' | 'sequences'> = {
    categorical: plan.categorical.map((c, i) => ({
      name: name(c),
      vocabulary: vocabularies[i]!.size,
      ...(vocabularies[i]!.values && { values: vocabularies[i]!.values }),
    })),
    numerical: plan.numerical.map(name),
    ...(lists.length > 0 && {
      sequences: lists.map((l, i) => ({
        name: name(plan.lists[i]!),
        vocabulary: l.vocabulary.size,
        longest: l.longest,
      })),
    }),
  };
  const { categorical: codes, numerical: numbersOf, ...sequences } = features;
  const schema: DatasetSchema = {
    categorical: codes,
    numerical: numbersOf,
    tasks: plan.tasks,
    group: plan.group === null ? null : name(plan.group),
    ...(plan.country !== null && { country: name(plan.country) }),
    ...statedSides(features, marksOf(plan.mapping)),
    ...sequences,
  };

  const strata = [DEEP, SHALLOW, NONE];
  const by = new Map(Array.from(sampled.slots, (slot, i) => [slot, sampled.strata[i]!]));
  const left = [0, 0, 0];
  for (const slot of kept) left[by.get(slot)!]!++;
  const factor = strata.map((s) => (left[s]! > 0 ? sampler.found[s]! / left[s]! : 1));
  const names = strataNames(plan);
  const facts: Kept = {
    finish,
    slots: kept,
    strata: names,
    left,
    rows,
    validation,
    labels,
    numerical,
    missing,
    vocabularies,
    lists: lists.map((l) => l.vocabulary),
    groups: numbers,
    shared: overlap?.dropped ?? 0,
  };
  return {
    schema,
    source: sourceOf(finish, rows),
    rows,
    categorical,
    numerical,
    labels,
    weights: Float32Array.from(kept, (slot) => factor[by.get(slot)!]! * store.weights[slot]!),
    groups: numbers ?? Uint32Array.from({ length: rows }, (_, i) => i),
    rowIds,
    validation,
    ...(lists.length > 0 && { sequences: lists.map((l) => l.sequences) }),
    origin: {
      rows: collector.rows,
      positives: [...collector.positives],
      strata: strata
        .filter((s) => sampler.found[s]! > 0)
        .map((s) => ({ name: names[s]!, rows: sampler.found[s]!, kept: left[s]! })),
      ...(plan.mapping.sampling.wholePages && { wholePages: true }),
    },
    notes: notesOn(facts),
  };
}

function sourceOf({ plan, title, files, collector }: Finish, rows: number): DatasetSource {
  const n = (v: number) => v.toLocaleString('en-US');
  const all = collector.rows === rows;
  const part = all ? `${n(rows)} ${rows === 1 ? 'row' : 'rows'}` : `${n(rows)} of ${n(collector.rows)} rows`;
  const { country } = plan.mapping;
  return { kind: 'file', title, detail: `${part} of ${files}${country === null ? '' : ` · ${country}`}` };
}

function nothingLeft({ collector, files, unjoined }: Finish, shared: boolean): DataError {
  const why =
    collector.broken > 0
      ? `none of its rows can be read (${collector.firstFault?.message.replace(/\.$/, '')})`
      : shared
        ? 'every group of the training file is in the test file too'
        : unjoined && unjoined.size > 0
          ? 'none of its ids is in the file that belongs to it'
          : 'the columns are there, but no row follows them';
  return new DataError(`${files} holds no data: ${why}; choose a file with at least one row.`);
}

/** [rows] numbers of the groups, by first appearance; null where there is no group column. */
function groupsOf(slots: Uint32Array, { plan, collector, groupsByFile }: Finish): Uint32Array | null {
  if (plan.group === null) return null;
  const { store } = collector;
  const numbers = new Map<number, number>();
  const apart = groupsByFile && plan.mapping.split.by === 'file';
  return Uint32Array.from(slots, (slot) => {
    const key = store.groups[slot]! * 2 + (apart ? store.parts[slot]! : 0);
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
    }
    return number;
  });
}

/** [rows] hash of the text of a row's group: a group falls on the same side whatever else is in the file. */
function hashesOf(slots: Uint32Array, groups: Uint32Array, { collector }: Finish): Uint32Array {
  const { store } = collector;
  const known: number[] = [];
  return Uint32Array.from(slots, (slot, i) => {
    const group = groups[i]!;
    known[group] ??= hashString(store.texts.text(store.groups[slot]!));
    return known[group]!;
  });
}

/** Takes the training rows away whose group is in the test file too; null where there are none. */
function dropShared(slots: Uint32Array, groups: Uint32Array, store: RowStore) {
  const tested = new Set<number>();
  slots.forEach((slot, i) => {
    if (store.parts[slot] === 1) tested.add(groups[i]!);
  });
  const stays = (slot: number, i: number) => store.parts[slot] === 1 || !tested.has(groups[i]!);
  const left = slots.filter(stays);
  if (left.length === slots.length) return null;
  const trains = left.some((slot) => store.parts[slot] === 0);
  if (!trains) return { slots: new Uint32Array(0), groups: new Uint32Array(0), dropped: slots.length };
  const numbers = groups.filter((_, i) => stays(slots[i]!, i));
  return { slots: left, groups: numbers, dropped: slots.length - left.length };
}

function categoriesOf(slots: Uint32Array, validation: Uint8Array, { plan, collector }: Finish) {
  const { store } = collector;
  const C = plan.categorical.length;
  const rows = slots.length;
  const categorical = new Int32Array(rows * C);
  const raw = new Int32Array(rows);
  const missing: number[] = [];
  const vocabularies = plan.categorical.map((_, c): Vocabulary => {
    let absent = 0;
    slots.forEach((slot, i) => {
      raw[i] = store.categorical[slot * C + c]!;
      if (raw[i] === MISSING) absent++;
    });
    missing.push(absent);
    const found = vocabularyOf(raw, (i) => validation[i] === 0, plan.mapping.vocabularyCap, store.texts);
    for (let i = 0; i < rows; i++) categorical[i * C + c] = found.codes.get(raw[i]!) ?? found.other ?? 0;
    return found;
  });
  return { categorical, vocabularies, missing };
}

function listOf(slots: Uint32Array, validation: Uint8Array, l: number, { plan, collector }: Finish) {
  const { store } = collector;
  const offsets = new Uint32Array(slots.length + 1);
  let longest = 1;
  slots.forEach((slot, i) => {
    const n = store.lists[l]![slot]?.length ?? 0;
    offsets[i + 1] = offsets[i]! + n;
    longest = Math.max(longest, n);
  });
  const raw = new Int32Array(offsets.at(-1)!);
  const training = new Uint8Array(raw.length);
  slots.forEach((slot, i) => {
    const entries = store.lists[l]![slot];
    if (!entries) return;
    raw.set(entries, offsets[i]!);
    if (validation[i] === 0) training.fill(1, offsets[i]!, offsets[i + 1]!);
  });
  const vocabulary = vocabularyOf(raw, (i) => training[i] === 1, plan.mapping.vocabularyCap, store.texts);
  const sequences: Sequences = {
    offsets,
    codes: raw.map((code) => vocabulary.codes.get(code) ?? vocabulary.other ?? 0),
    ages: new Float32Array(raw.length),
  };
  return { sequences, vocabulary, longest };
}
