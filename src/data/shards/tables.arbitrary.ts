/** Arbitrary tables for property tests: missing and odd numbers, lists with ages, truth, pages, values, clashing names. */
import fc from 'fast-check';
import type { DatasetSchema } from '../dataset';
import type { Table } from '../table';

const NAMES = [
  'a',
  'A',
  'weight',
  'part',
  'row_id',
  'h',
  'p_t',
  'group',
  'x.y',
  'ü "q"',
  'list',
  'a_age',
  'element',
];

const schemas: fc.Arbitrary<DatasetSchema> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 0, maxLength: 4 }),
    fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 0, maxLength: 4 }),
    fc.uniqueArray(fc.constantFrom('t', 'a', 'u', 'weight'), { minLength: 1, maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom('seen', 'a', 'h'), { maxLength: 2 }),
    fc.option(fc.constantFrom('search_id', 'a', 'part')),
    fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([categorical, numerical, tasks, lists, group, vocabularies, named]) => ({
    categorical: categorical.map((name, i) => ({
      name,
      vocabulary: vocabularies[i]! + 1,
      ...(named &&
        i === 0 && { values: Array.from({ length: vocabularies[0]! + 1 }, (_, v) => `v${v} "é",\n`) }),
    })),
    numerical,
    tasks: tasks.map((name, k) => ({ name, parent: k === 0 ? null : k - 1 })),
    group,
    ...(categorical.length > 1 && named && { country: categorical[1]! }),
    ...(named && numerical.length > 0 && { sides: { [numerical[0]!]: 'item' as const } }),
    ...(lists.length > 0 && {
      sequences: lists.map((name, i) => ({ name, vocabulary: 7, longest: 3 + i })),
    }),
  }));

const float = fc.float({ noDefaultInfinity: true });
const positive = fc.float({ min: 0, max: 1000, noNaN: true, noDefaultInfinity: true });

function rowsOf(
  schema: DatasetSchema,
  options: { truth: boolean; ages: boolean; pages: boolean },
): fc.Arbitrary<Table> {
  const row = fc.record({
    codes: fc.tuple(...schema.categorical.map((c) => fc.nat(c.vocabulary - 1))),
    numbers: fc.tuple(
      ...schema.numerical.map(() => fc.oneof(float, fc.constantFrom(0, -0, Number.NaN, 1e-45))),
    ),
    labels: fc.tuple(...schema.tasks.map(() => fc.nat(1))),
    weight: positive,
    group: fc.nat(2 ** 32 - 1),
    id: fc.nat(2 ** 32 - 1),
    validation: fc.nat(1),
    lists: fc.tuple(
      ...(schema.sequences ?? []).map((s) =>
        fc.array(fc.tuple(fc.nat(s.vocabulary - 1), options.ages ? float : fc.constant(0)), {
          maxLength: s.longest,
        }),
      ),
    ),
    p: fc.tuple(...schema.tasks.map(() => fc.float({ min: 0, max: 1, noNaN: true }))),
    h: positive,
  });
  return fc.array(row, { minLength: 1, maxLength: 23 }).map((rows): Table => {
    const flat = <T>(of: (r: (typeof rows)[number]) => T | T[]) => rows.flatMap(of) as T[];
    return {
      schema,
      source: { kind: 'simulated', title: 'Tïtle', detail: 'detail' },
      rows: rows.length,
      categorical: Int32Array.from(flat((r) => r.codes)),
      numerical: Float32Array.from(flat((r) => r.numbers)),
      labels: Uint8Array.from(flat((r) => r.labels)),
      weights: Float32Array.from(flat((r) => r.weight)),
      groups: Uint32Array.from(flat((r) => r.group)),
      rowIds: Uint32Array.from(flat((r) => r.id)),
      validation: Uint8Array.from(flat((r) => (options.pages ? 1 : r.validation))),
      ...(schema.sequences && {
        sequences: schema.sequences.map((_, s) => ({
          offsets: Uint32Array.from([
            0,
            ...rows.map((_, i) => rows.slice(0, i + 1).reduce((n, r) => n + r.lists[s]!.length, 0)),
          ]),
          codes: Int32Array.from(flat((r) => r.lists[s]!.map(([code]) => code))),
          ages: Float32Array.from(flat((r) => r.lists[s]!.map(([, age]) => age))),
        })),
      }),
      ...(options.truth && {
        truth: {
          probabilities: Float32Array.from(flat((r) => r.p)),
          featureWeights: Float32Array.from(flat((r) => r.h)),
        },
      }),
      ...(!options.pages && {
        origin: {
          rows: 10 * rows.length,
          positives: schema.tasks.map((_, k) => k),
          strata: [{ name: 'all', rows: 10 * rows.length, kept: rows.length }],
        },
      }),
      notes: options.pages ? [] : ['One sentence.'],
    };
  });
}

/** A table with one to 23 rows. */
export const tables: fc.Arbitrary<Table> = fc
  .tuple(schemas, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean())
  .chain(([schema, truth, ages, withPages, pagesTruth]) =>
    fc
      .tuple(
        rowsOf(schema, { truth, ages, pages: false }),
        rowsOf(schema, { truth: truth && pagesTruth, ages, pages: true }),
      )
      .map(([table, pages]) => (withPages ? { ...table, pages } : table)),
  );
