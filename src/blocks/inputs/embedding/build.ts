import { concatColumns, embed, embedFeatures, joinGroups, offsetIds, repeatGroups } from '../../../nn';
import type { BuildInput } from '../../contract';

/**
 * x = [e_1;…;e_C; z] with e_i = E_i[c_i]. All E_i lie in one table, column i's rows from offset Σ_{j<i} V_j. Where the Bottom wants an
 * input for each task, there are K such tables one under the other, and x_k reads the k-th.
 */
export const build: BuildInput = ({ scope, params, tasks, ownInputs }, { categorical, numerical }) => {
  const d = params.dim as number;
  const K = ownInputs ? tasks.length : 1;
  let rows = 0;
  // Where each column of each task begins, task by task.
  const offsets = Array.from({ length: K }, () =>
    categorical.map((column) => {
      const at = rows;
      rows += column.vocabulary;
      return at;
    }),
  ).flat();
  const table =
    rows === 0
      ? null
      : scope.parameter(
          'table',
          [rows, d],
          { kind: 'normal', sd: 0.05 },
          K > 1
            ? 'E_{k,1} … E_{k,C} of task after task one under the other, (task, column, code) × d'
            : 'E_1 … E_C one under the other, (column, code) × d',
        );
  const output = { groups: K, width: categorical.length * d + numerical.length };
  return {
    output,
    forward(features, _upstream, pass) {
      if (K === 1 && table && features.categorical) {
        const { categorical: ids, numerical: z } = features;
        return { t: embedFeatures(pass.weight(table), ids, offsets, z), ...output };
      }
      const parts = [];
      if (table && features.categorical) {
        const ids = offsetIds(repeatGroups(features.categorical, K), offsets); // [B, K·C]
        parts.push({
          t: embed(pass.weight(table), ids), // [B, K·C·d]
          groups: K,
          width: categorical.length * d,
        });
      }
      if (features.numerical) parts.push({ t: features.numerical, groups: 1, width: numerical.length }); // [B, M]
      if (K === 1) return { t: concatColumns(parts.map((p) => p.t)), ...output };
      return joinGroups(parts, K);
    },
  };
};
