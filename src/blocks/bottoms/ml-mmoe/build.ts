import {
  asTokens,
  GateLayer,
  gateMix,
  gateMixForTasks,
  Mlp,
  openPart,
  regroup,
  type StreamShape,
  stackProbes,
  type Tensor,
} from '../../../nn';
import type { BuildStream } from '../../contract';
import { expertsOf } from '../../paper';

/**
 * Multi-level MMoE. As in the code of AdaTT every gate reads the input itself, not the level before it. Where each task has its
 * own input, the shared part runs on each, and task k's gate reads what came of x_k.
 */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const E = params.experts as number;
  const L = params.levels as number;
  const bias = params.gateBias as boolean;
  const one = { groups: 1, width: input.width };
  let reads: StreamShape = one;
  const levels = Array.from({ length: L }, (_, i) => {
    const part = scope.within(`level${i + 1}`);
    const experts = new Mlp(part, { input: reads, groups: E, ...expertsOf(params) });
    reads = experts.output;
    const gate =
      i === L - 1
        ? new GateLayer(part, { input, gates: K, experts: E, bias, symbol: 'W_k' })
        : new GateLayer(part, { input: one, gates: E, experts: E, bias, symbol: 'V^l_e' });
    return { experts, gate };
  });
  const output = { groups: K, width: reads.width };

  return {
    output,
    forward(x, pass) {
      const tokens = { t: asTokens(x), ...one }; // [N, F] with N = B, or B·K
      let h = levels[0]!.experts.forward(tokens, pass); // f^1_e(x), [N, E·D]
      const below: Tensor[] = [];
      const shape = [x.groups, L - 1, E, E];
      const lower = L > 1 ? pass.wires(path, 'levelGates', shape) : null;
      for (let l = 1; l < L; l++) {
        const open = lower && openPart(lower.open, shape, l - 1, 1); // of each input in turn, as the rows of `tokens` are
        const { mixed, gates } = gateMix(levels[l - 1]!.gate.logits(tokens, pass), h.t, E, open); // x^{l+1}, [N, E·D]
        below.push(gates); // [N, E, E]
        h = levels[l]!.experts.forward({ ...h, t: mixed }, pass);
      }
      const wires = pass.wires(path, 'gates', [1, K, E]);
      const { mixed, gates } = gateMixForTasks(levels[L - 1]!.gate.logits(x, pass), h.t, K, wires.open);
      wires.publish(() => stackProbes([gates]));
      lower?.publish(() => regroup(stackProbes(below), x.groups));
      return { t: mixed, ...output }; // [B, K·D]
    },
  };
};
