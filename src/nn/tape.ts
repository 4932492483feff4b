/**
 * One forward pass and several backward passes over it. TensorFlow.js (4.22) offers one backward pass a forward pass, so this
 * file walks its tape itself; it may go as soon as the library can pull several cotangents back through one recording.
 */
import type { StepTimer } from './stepTimer';
import { type Tensor, tf } from './tensor';

interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly Tensor[];
  /** Cotangents of the outputs → by input, how to get its cotangent. */
  readonly gradient?: (dys: readonly (Tensor | null)[]) => Record<string, () => Tensor>;
  readonly saved?: readonly Tensor[];
}

/** What of the library's engine is used here. */
interface Recorder {
  startTape(): void;
  endTape(): void;
  readonly state: { activeTape: TapeNode[] | null };
}

/**
 * Gradients of a scalar, or of a tensor with a cotangent, with respect to weights.
 * @param y a result of the recorded forward pass
 * @param cotangent in y's shape; null for 1
 * @returns by weight, null where y does not depend on it
 */
export type Pull = (y: Tensor, cotangent: Tensor | null, weights: readonly Tensor[]) => (Tensor | null)[];

/**
 * Runs `forward` on the tape, then `backward`, which may pull back through it as often as it likes. Tensors in what
 * `backward` returns (at any depth of lists and objects) are the caller's; all others are freed. It must not be nested.
 * @param timer is told what is under way
 */
export function recorded<T, U>(
  forward: () => T,
  backward: (result: T, pull: Pull) => U,
  timer?: StepTimer | null,
): U {
  const engine = tf.engine();
  const recorder = engine as unknown as Recorder;
  const run = (): U => {
    let tape: readonly TapeNode[] = [];
    try {
      recorder.startTape();
      timer?.beginForward(() => recorder.state.activeTape?.length ?? 0);
      let result: T;
      try {
        result = engine.tidy('forward', forward as () => tf.TensorContainer) as T;
      } finally {
        tape = recorder.state.activeTape ?? [];
        recorder.endTape();
        recorder.state.activeTape = null;
      }
      timer?.between();
      return backward(result, (y, cotangent, weights) => {
        const gradients = pullBack(tape, y, cotangent, weights, timer);
        timer?.between();
        return gradients;
      });
    } finally {
      for (const node of tape) for (const tensor of node.saved ?? []) tensor.dispose();
    }
  };
  return engine.tidy('recorded', run as () => tf.TensorContainer) as U;
}

/** Cotangents from y down to the weights, along the nodes that lie between them. */
function pullBack(
  tape: readonly TapeNode[],
  y: Tensor,
  cotangent: Tensor | null,
  weights: readonly Tensor[],
  timer?: StepTimer | null,
): (Tensor | null)[] {
  const fromWeights = new Set(weights.map((w) => w.id));
  for (const node of tape) {
    if (Object.values(node.inputs).some((t) => fromWeights.has(t.id))) {
      for (const out of node.outputs) fromWeights.add(out.id);
    }
  }
  const walk = () => {
    const of = new Map<number, Tensor>([[y.id, cotangent ?? tf.ones(y.shape)]]);
    for (let n = tape.length - 1; n >= 0; n--) {
      const node = tape[n]!;
      if (!node.outputs.some((out) => of.has(out.id))) continue;
      const inputs = Object.entries(node.inputs).filter(([, t]) => fromWeights.has(t.id));
      if (inputs.length === 0) continue;
      timer?.backThrough(n);
      if (!node.gradient) throw new Error(`No gradient is registered for ${node.kernelName}.`);
      const gradients = node.gradient(node.outputs.map((out) => of.get(out.id) ?? null));
      for (const [name, input] of inputs) {
        const part = tf.tidy(() => gradients[name]!());
        const before = of.get(input.id);
        // An op may hand its cotangent on as it is, so none is freed before the end.
        of.set(input.id, before ? tf.add(before, part) : part);
      }
    }
    return weights.map((w) => of.get(w.id) ?? null);
  };
  return tf.tidy(walk as () => tf.TensorContainer) as (Tensor | null)[];
}
