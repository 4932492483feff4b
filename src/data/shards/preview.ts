/** A first look at a shard that somebody opens as a file: nothing has to be asked, for its manifest says it all. */
import { type ColumnPreview, mappingSchema, type Preview, type Role } from '../mapping/mapping';
import { sidesOf } from '../sides';
import type { Manifest } from './manifest';

/** @param bytes size of the ZIP that it came in, or of its parts */
export function previewShard({ schema, rows }: Manifest, name: string, bytes: number): Preview {
  const { categorical, numerical, tasks, sequences = [], group } = schema;
  const sides = sidesOf(schema);
  const column = (name: string, kind: ColumnPreview['kind'], role: Role, parent?: string | null) => ({
    preview: { name, kind, distinct: 0, missing: 0, examples: [] },
    mapping: {
      name,
      role,
      ...(parent !== undefined && { parent }),
      ...(sides.has(name) && { side: sides.get(name) }),
    },
  });
  const columns = [
    ...(group === null ? [] : [column(group, 'whole', 'group')]),
    ...tasks.map((t) => column(t.name, 'whole', 'label', t.parent === null ? null : tasks[t.parent]!.name)),
    ...categorical.map((c) => column(c.name, 'whole', c.name === schema.country ? 'country' : 'categorical')),
    ...numerical.map((n) => column(n, 'real', 'numerical')),
    ...sequences.map((s) => column(s.name, 'list', 'list')),
    column('weight', 'real', 'weight'),
  ];
  return {
    files: [{ name, bytes, part: 'rows' }],
    format: `Seesaw shard, ${rows.toLocaleString('en-US')} rows`,
    preset: null,
    columns: columns.map((c) => c.preview),
    rows: [],
    seen: 0,
    estimatedRows: rows,
    certain: true,
    guess: mappingSchema.parse({ columns: columns.map((c) => c.mapping) }),
  };
}
