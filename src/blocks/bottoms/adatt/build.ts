import {
  add,
  concatColumns,
  GateLayer,
  gateMix,
  type Init,
  Mlp,
  meanOfGroups,
  openPart,
  type Parameter,
  type Pass,
  type Scope,
  type Stream,
  type StreamShape,
  stackProbes,
  sumMembers,
  type Tensor,
} from '../../../nn';
import type { BuildContext, BuildStream } from '../../contract';
import { expertsOf } from '../../paper';

/**
 * Adaptive task-to-task fusion (Li et al. 2023): x_k ← softmax(W_k x_k)·A + Σ_i w_{k,i} E_{k,i}, level by level. With shared experts
 * there is one stream more, whose own gate and residual the last level does not have, since nothing would read them.
 */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const own = params.experts as number; // m
  const shared = params.shared as number; // m_s
  const L = params.levels as number;
  const E = K * own + shared;
  let reads: StreamShape = input;
  const levels = Array.from({ length: L }, (_, i) => {
    const made = level(scope.within(`level${i + 1}`), params, reads, { K, own, shared, last: i === L - 1 });
    reads = { groups: K, width: made.experts.output.width };
    return made;
  });
  const output = { groups: K, width: reads.width };

  return {
    output,
    forward(x, pass) {
      let stream: Stream = x; // x^{l−1}_k, [B, K·D] (or one vector for all at the first level)
      let sharedStream = meanOfGroups(x); // x^{l−1}_s, [B, D]
      const readings: Tensor[] = [];
      const sharedReadings: Tensor[] = [];
      const shapes = { gates: [L, K, E], sharedGate: [L - 1, 1, E] };
      const wires = pass.wires(path, 'gates', shapes.gates);
      const between = shared > 0 && L > 1 ? pass.wires(path, 'sharedGate', shapes.sharedGate) : null;
      for (const [l, level] of levels.entries()) {
        const { experts, sharedExperts, gate, sharedGate, weights, sharedWeights } = level;
        const onShared: Stream = { t: sharedStream, groups: 1, width: stream.width };
        const ofTasks = experts.forward(stream, pass).t; // E^l_{k,i}, [B, K·m·D]
        const ofAll = sharedExperts?.forward(onShared, pass).t ?? null; // E^l_s, [B, m_s·D]
        const A = ofAll ? concatColumns([ofTasks, ofAll]) : ofTasks; // [B, E·D]
        const open = openPart(wires.open, shapes.gates, l);
        const { mixed, gates } = gateMix(gate.logits(stream, pass), A, K, open); // softmax(W_k x_k)·A, [B, K·D]
        readings.push(gates); // [B, K, E]
        if (sharedGate && ofAll) {
          const left = between && openPart(between.open, shapes.sharedGate, l);
          const fused = gateMix(sharedGate.logits(onShared, pass), A, 1, left); // softmax(W_s x_s)·A
          sharedStream = add(fused.mixed, residual(ofAll, 1, shared, sharedWeights, pass)); // x^l_s, [B, D]
          sharedReadings.push(fused.gates); // [B, 1, E]
        }
        stream = { t: add(mixed, residual(ofTasks, K, own, weights, pass)), ...output }; // x^l_k
      }
      wires.publish(() => stackProbes(readings));
      between?.publish(() => stackProbes(sharedReadings));
      return stream; // b_k = x^L_k
    },
  };
};

/** Σ_i w_{g,i} E_{g,i} over each group's own experts, [B, G·m·D] → [B, G·D]. */
const residual = (experts: Tensor, groups: number, m: number, w: Parameter | null, pass: Pass) =>
  sumMembers(experts, groups, m, w && pass.weight(w));

interface Counts {
  readonly K: number;
  readonly own: number;
  readonly shared: number;
  readonly last: boolean;
}

/** One level: experts of the tasks and shared ones, a gate for each stream that is read on, and the residuals' weights. */
function level(
  scope: Scope,
  params: BuildContext['params'],
  reads: StreamShape,
  { K, own, shared, last }: Counts,
) {
  const one = { groups: 1, width: reads.width };
  const E = K * own + shared;
  const bias = params.gateBias as boolean;
  const stack = (part: string, input: StreamShape, groups: number) =>
    new Mlp(scope.within(part), { input, groups, ...expertsOf(params) });
  // U(±1/√m) as in the paper's code; where nobody has a second expert the weight is 1 and not learned.
  const single = own === 1 && shared <= 1;
  const init = (m: number): Init => ({ kind: 'uniform', limit: 1 / Math.sqrt(m) });
  const sharedOn = shared > 0 && !last;
  return {
    experts: stack('task', reads, K * own),
    sharedExperts: shared > 0 ? stack('shared', one, shared) : null,
    gate: new GateLayer(scope, { input: reads, gates: K, experts: E, bias, symbol: 'W^l_k' }),
    sharedGate: sharedOn
      ? new GateLayer(scope, { input: one, gates: 1, experts: E, bias, symbol: 'W^l_s' }, 'sharedGate')
      : null,
    weights: single ? null : scope.parameter('residual', [K, own], init(own), 'w^l_{k,i}, task × own expert'),
    sharedWeights:
      single || !sharedOn
        ? null
        : scope.parameter('sharedResidual', [1, shared], init(shared), 'w^l_{s,i}, 1 × shared expert'),
  };
}
