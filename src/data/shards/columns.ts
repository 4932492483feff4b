/** Which Parquet column holds which part of a table, and how columns are told apart that would bear the same name. */
import type { DatasetSchema } from '../dataset';
import type { COLUMN_KINDS, Manifest } from './manifest';

export type ColumnKind = (typeof COLUMN_KINDS)[number];

export interface ShardColumn {
  readonly kind: ColumnKind;
  /** Which of its kind, from 0: the categorical column, the task, … */
  readonly index: number;
  /** Name in the Parquet files. */
  readonly column: string;
}

/** All columns that a shard of this schema may have, under the names that they have where nothing clashes. */
function plainColumns(schema: DatasetSchema): ShardColumn[] {
  const { categorical, numerical, tasks, group, sequences = [] } = schema;
  const one = (kind: ColumnKind, column: string): ShardColumn => ({ kind, index: 0, column });
  const many = (kind: ColumnKind, names: readonly string[]): ShardColumn[] =>
    names.map((column, index) => ({ kind, index, column }));
  return [
    ...many(
      'categorical',
      categorical.map((c) => c.name),
    ),
    ...many('numerical', numerical),
    ...many(
      'task',
      tasks.map((t) => t.name),
    ),
    ...many(
      'list',
      sequences.map((s) => s.name),
    ),
    one('group', group ?? 'group'),
    one('row id', 'row_id'),
    one('part', 'part'),
    one('weight', 'weight'),
    ...many(
      'age',
      sequences.map((s) => `${s.name}_age`),
    ),
    ...many(
      'probability',
      tasks.map((t) => `p_${t.name}`),
    ),
    one('feature weight', 'h'),
  ];
}

/**
 * Columns for a new shard. The table's own columns keep their names; a later one whose name is taken (capitals aside: SQL
 * does not tell them apart) gets `_2`, `_3`, … and stands in `renamed`.
 */
export function nameColumns(schema: DatasetSchema): {
  columns: ShardColumn[];
  renamed: NonNullable<Manifest['renamed']>;
} {
  const taken = new Set<string>();
  const renamed: ShardColumn[] = [];
  const columns = plainColumns(schema).map((plain) => {
    let { column } = plain;
    for (let n = 2; taken.has(column.toLowerCase()); n++) column = `${plain.column}_${n}`;
    taken.add(column.toLowerCase());
    if (column === plain.column) return plain;
    renamed.push({ ...plain, column });
    return { ...plain, column };
  });
  return { columns, renamed };
}

/** Columns of a shard as its manifest names them. */
export function columnsOf({ schema, renamed = [] }: Pick<Manifest, 'schema' | 'renamed'>): ShardColumn[] {
  const other = new Map(renamed.map((r) => [`${r.kind} ${r.index}`, r.column]));
  return plainColumns(schema).map((c) => ({ ...c, column: other.get(`${c.kind} ${c.index}`) ?? c.column }));
}
