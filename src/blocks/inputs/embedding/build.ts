import { sidesOf } from '../../../data/sides';
import { concatColumns, joinGroups, oneHot } from '../../../nn';
import type { BuildInput, Field } from '../../contract';

/**
 * x = [e_1;…;e_C; z; o] with e_i = E_i[c_i]. All E_i lie in one table, column i's rows from offset Σ_{j<i} V_j. Where the Bottom
 * wants an input for each task, there are K such tables one under the other, and x_k reads the k-th. The country column has an
 * embedding like any other, or joins as a one-hot vector o, or is left out.
 */
export const build: BuildInput = ({ scope, params, tasks, ownInputs }, schema) => {
  const { categorical, numerical } = schema;
  const d = params.dim as number;
  const K = ownInputs ? tasks.length : 1;
  const all = categorical.map((_, c) => c);
  // Data without a country column have none to leave out.
  const apart = params.country === 'one-hot' || params.country === 'none' ? countryOf(schema) : -1;
  const embedded = all.filter((c) => c !== apart);
  const codes = apart >= 0 && params.country === 'one-hot' ? categorical[apart]!.vocabulary : 0;
  let rows = 0;
  // Where each column of each task begins, task by task.
  const offsets = Array.from({ length: K }, () =>
    embedded.map((c) => {
      const at = rows;
      rows += categorical[c]!.vocabulary;
      return at;
    }),
  ).flat();
  const table =
    rows === 0
      ? null
      : scope.table(
          'table',
          [rows, d],
          { kind: 'normal', sd: 0.05 },
          K > 1
            ? 'E_{k,1} … E_{k,C} of task after task one under the other, (task, column, code) × d'
            : 'E_1 … E_C one under the other, (column, code) × d',
          { columns: Array.from({ length: K }, () => embedded).flat(), offsets },
        );
  const sides = sidesOf(schema);
  const field = (name: string, kind: Field['kind'], width: number): Field => ({
    name,
    kind,
    width,
    side: sides.get(name) ?? null,
  });
  const fields = [
    ...embedded.map((c) => field(categorical[c]!.name, 'categorical', d)),
    ...numerical.map((name) => field(name, 'numerical', 1)),
    ...(codes > 0 ? [field(categorical[apart]!.name, 'categorical', codes)] : []),
  ];
  const width = embedded.length * d + numerical.length + codes;
  if (width === 0)
    throw new Error(
      'No feature is left once the country column is out: let it join, or open data with more features.',
    );
  const output = { groups: K, width };
  return {
    output,
    fields,
    forward(features, _upstream, pass) {
      const { categorical: ids, numerical: z } = features; // [B, all columns], [B, M]
      const o = codes > 0 && ids ? oneHot(ids, apart, codes) : null; // [B, V_c]
      if (K === 1 && table && ids) {
        const x = pass.embed(table, ids, z);
        return { t: o ? concatColumns([x, o]) : x, ...output };
      }
      const parts = [];
      if (table && ids) {
        parts.push({
          t: pass.embed(table, ids, null), // [B, K·C·d]
          groups: K,
          width: embedded.length * d,
        });
      }
      if (z) parts.push({ t: z, groups: 1, width: numerical.length }); // [B, M]
      if (o) parts.push({ t: o, groups: 1, width: codes });
      if (K === 1) return { t: concatColumns(parts.map((p) => p.t)), ...output };
      return joinGroups(parts, K);
    },
  };
};

const countryOf = ({ categorical, country }: Parameters<BuildInput>[1]): number =>
  categorical.findIndex((c) => c.name === country);
