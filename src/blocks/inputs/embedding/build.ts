import { concatColumns, embed, offsetIds } from '../../../nn';
import type { BuildInput } from '../../contract';

/** x = [e_1;…;e_C; z] with e_i = E_i[c_i]. All E_i lie in one table, column i's rows from offset Σ_{j<i} V_j. */
export const build: BuildInput = ({ scope, params }, { categorical, numerical }) => {
  const d = params.dim as number;
  const offsets: number[] = [];
  let rows = 0;
  for (const column of categorical) {
    offsets.push(rows);
    rows += column.vocabulary;
  }
  const table =
    rows === 0
      ? null
      : scope.parameter(
          'table',
          [rows, d],
          { kind: 'normal', sd: 0.05 },
          'E_1 … E_C one under the other, (column, code) × d',
        );
  return {
    output: { groups: 1, width: categorical.length * d + numerical.length },
    forward(features, _upstream, pass) {
      const parts = [];
      if (table && features.categorical) {
        parts.push(embed(pass.weight(table), offsetIds(features.categorical, offsets))); // [B, C·d]
      }
      if (features.numerical) parts.push(features.numerical); // [B, M]
      return { t: concatColumns(parts), ...this.output };
    },
  };
};
