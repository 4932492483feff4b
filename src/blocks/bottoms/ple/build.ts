import {
  concatColumns,
  GateLayer,
  gateMix,
  gateMixAmong,
  Mlp,
  meanOfGroups,
  openPart,
  type Scope,
  type Stream,
  type StreamShape,
  stackProbes,
  type Tensor,
} from '../../../nn';
import type { BuildContext, BuildStream } from '../../contract';
import { expertsOf } from '../../paper';

/**
 * Progressive Layered Extraction (Tang et al. 2020, Eqs 3–7): L levels of task experts and shared experts. The gate of the shared
 * stream reads all experts, as in the paper; the last level has no such gate, since nothing would read what it mixes.
 */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const own = params.experts as number; // m_k
  const shared = params.shared as number; // m_s
  const L = params.levels as number;
  const E = K * own + shared;
  // Task k reads experts k·m_k … (k+1)·m_k of its own, and the shared ones after those of all tasks.
  const allowed = tasks.map((_, k) =>
    Array.from({ length: E }, (_, e) => e >= K * own || Math.floor(e / own) === k),
  );
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
      for (const [l, { experts, sharedExperts, gate, sharedGate }] of levels.entries()) {
        const onShared: Stream = { t: sharedStream, groups: 1, width: stream.width };
        const parts = [experts.forward(stream, pass).t]; // E^l_k, [B, K·m_k·D]
        if (sharedExperts) parts.push(sharedExperts.forward(onShared, pass).t); // E^l_s, [B, m_s·D]
        const all = concatColumns(parts); // [B, E·D]
        const open = openPart(wires.open, shapes.gates, l);
        const { mixed, gates } = gateMixAmong(gate.logits(stream, pass), all, allowed, open); // x^l_k, [B, K·D]
        readings.push(gates); // [B, K, E]
        if (sharedGate) {
          const left = between && openPart(between.open, shapes.sharedGate, l);
          const mix = gateMix(sharedGate.logits(onShared, pass), all, 1, left); // x^l_s
          sharedStream = mix.mixed; // [B, D]
          sharedReadings.push(mix.gates); // [B, 1, E]
        }
        stream = { t: mixed, ...output };
      }
      wires.publish(() => stackProbes(readings));
      between?.publish(() => stackProbes(sharedReadings));
      return stream; // b_k = x^L_k
    },
  };
};

interface Counts {
  readonly K: number;
  readonly own: number;
  readonly shared: number;
  readonly last: boolean;
}

/** One extraction network: experts of the tasks, shared experts, a gate a task, and the shared stream's gate below the last level. */
function level(
  scope: Scope,
  params: BuildContext['params'],
  reads: StreamShape,
  { K, own, shared, last }: Counts,
) {
  const one = { groups: 1, width: reads.width };
  const bias = params.gateBias as boolean;
  const stack = (part: string, input: StreamShape, groups: number) =>
    new Mlp(scope.within(part), { input, groups, ...expertsOf(params) });
  return {
    experts: stack('task', reads, K * own),
    sharedExperts: shared > 0 ? stack('shared', one, shared) : null,
    gate: new GateLayer(scope, { input: reads, gates: K, experts: own + shared, bias, symbol: 'W^l_k' }),
    // Without shared experts nothing reads the shared stream, so that there is none.
    sharedGate:
      last || shared === 0
        ? null
        : new GateLayer(
            scope,
            { input: one, gates: 1, experts: K * own + shared, bias, symbol: 'W^l_s' },
            'sharedGate',
          ),
  };
}
