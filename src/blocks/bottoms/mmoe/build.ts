import { asTokens, GateLayer, gateMixForTasks, Mlp, stackProbes } from '../../../nn';
import type { BuildStream } from '../../contract';
import { expertsOf } from '../../paper';

/** Multi-gate Mixture-of-Experts (Ma et al. 2018, Eqs 6–8): b_k = Σ_e softmax(W_k x)_e · f_e(x). */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const E = params.experts as number;
  // On each task's own input the same experts run once a task: tokens of one vector.
  const experts = new Mlp(scope.within('experts'), {
    input: { groups: 1, width: input.width },
    groups: E,
    ...expertsOf(params),
  });
  const gates = new GateLayer(scope, {
    input,
    gates: K,
    experts: E,
    bias: params.gateBias as boolean,
    symbol: 'W_k',
  });
  const output = { groups: K, width: experts.output.width };
  return {
    output,
    forward(x, pass) {
      const f = experts.forward({ t: asTokens(x), groups: 1, width: x.width }, pass).t; // [B, E·D], or [B·K, E·D]
      const wires = pass.wires(path, 'gates', [1, K, E]);
      const { mixed, gates: g } = gateMixForTasks(gates.logits(x, pass), f, K, wires.open); // Eqs 6, 7
      wires.publish(() => stackProbes([g]));
      return { t: mixed, ...output }; // [B, K·D]
    },
  };
};
