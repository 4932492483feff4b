import { asTokens, fromTokens, GateLayer, gateMixForTasks, Mlp, stackProbes } from '../../../nn';
import type { BuildStream } from '../../contract';
import { expertsOf } from '../../paper';

/** One-gate mixture of experts: b_k = Σ_e softmax(W x)_e · f_e(x), one vector for all tasks. Given an x_k a task, it is run on each. */
export const build: BuildStream = ({ path, scope, params }, input) => {
  const one = { groups: 1, width: input.width };
  const E = params.experts as number;
  const experts = new Mlp(scope.within('experts'), { input: one, groups: E, ...expertsOf(params) });
  const gate = new GateLayer(scope, {
    input: one,
    gates: 1,
    experts: E,
    bias: params.gateBias as boolean,
    symbol: 'W',
  });
  const output = { groups: input.groups, width: experts.output.width };
  return {
    output,
    forward(x, pass) {
      const tokens = { t: asTokens(x), ...one }; // [N, F] with N = B, or B·K
      const f = experts.forward(tokens, pass).t; // [N, E·D]
      const logits = fromTokens(gate.logits(tokens, pass), x.groups); // [B, groups·E]
      const wires = pass.wires(path, 'gates', [1, x.groups, E]);
      const { mixed, gates } = gateMixForTasks(logits, f, x.groups, wires.open);
      wires.publish(() => stackProbes([gates]));
      return { t: mixed, ...output }; // [B, groups·D]
    },
  };
};
