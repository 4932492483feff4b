import { asTokens, fromTokens, Mlp } from '../../../nn';
import type { BuildStream } from '../../contract';
import { mlpOf } from '../../paper';

/** b_k = MLP_s(x) for every task k: one network. Where an input module gives each task its own x_k, it is run on each. */
export const build: BuildStream = ({ scope, params }, input) => {
  const mlp = new Mlp(scope, {
    input: { groups: 1, width: input.width },
    groups: 1,
    ...mlpOf(params),
  });
  const output = { groups: input.groups, width: mlp.output.width };
  return {
    output,
    forward(x, pass) {
      const b = mlp.forward({ t: asTokens(x), groups: 1, width: x.width }, pass).t; // [B·groups, D]
      return { t: fromTokens(b, output.groups), ...output };
    },
  };
};
