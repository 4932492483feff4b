/**
 * The same models as anybody would write them in TensorFlow.js: `tf.fused.matMul`, `tf.gather`, `tf.train.adam`. Their gradient of an
 * embedding needs a kernel that the wasm backend lacks; it is lent to them (nn/segmentSumWasm.ts), or they could not train at all.
 */
import type { Batch } from '../src/engine/batches';
import { type Layout, tf } from '../src/nn';
import { CATEGORICAL, VOCABULARY } from './data';
import type { ModelId } from './models';

export interface NaiveModel {
  /** One step; the loss stays on the backend. */
  step(batch: Batch): void;
  /** The loss of a batch at the weights as they are. */
  loss(batch: Batch): number;
  dispose(): void;
}

/** Initial values by name, so that both start from the same weights. */
type Take = (name: string) => tf.Tensor;

function takeFrom(layout: Layout, flat: Float32Array): Take {
  return (name) => {
    const p = layout.parameters.find((q) => q.name === name);
    if (!p) throw new Error(`The model has no parameter ${name}.`);
    return tf.tensor(flat.slice(p.offset, p.offset + p.size), p.shape as number[]);
  };
}

/** Task k's columns of a matrix or vector that holds both tasks side by side. */
const half = (t: tf.Tensor, k: number): tf.Tensor => tf.split(t, 2, t.rank - 1)[k]!;
/** Task k's matrix of a stack. */
const one = (t: tf.Tensor, k: number): tf.Tensor => {
  const rest = t.shape.slice(1);
  return tf.reshape(tf.slice(t, [k, ...rest.map(() => 0)], [1, ...rest]), rest);
};

type Affine = (x: tf.Tensor, activation?: 'relu') => tf.Tensor;

/** Makes variables and remembers them. */
class Variables {
  readonly all: tf.Variable[] = [];

  variable(value: tf.Tensor): tf.Variable {
    const v = tf.variable(value);
    this.all.push(v);
    return v;
  }

  dense(W: tf.Tensor, b: tf.Tensor): Affine {
    const [w, bias] = [this.variable(W), this.variable(b)];
    return (x, activation) =>
      tf.fused.matMul({
        a: x as tf.Tensor2D,
        b: w as unknown as tf.Tensor2D,
        bias,
        ...(activation ? { activation } : {}),
      });
  }
}

/** x = [embeddings; numerical features]. */
function inputs(v: Variables, take: Take): (batch: Batch) => tf.Tensor {
  const table = v.variable(take('input.0.table'));
  const d = table.shape[1]!;
  const offsets = tf.keep(
    tf.tensor1d(
      Array.from({ length: CATEGORICAL }, (_, c) => c * VOCABULARY),
      'int32',
    ),
  );
  return ({ features, rows }) => {
    const ids = tf.add(features.categorical!, offsets) as tf.Tensor2D;
    const e = tf.reshape(tf.gather(table, ids), [rows, CATEGORICAL * d]);
    return tf.concat([e, features.numerical!], 1);
  };
}

/** x → one vector a task, and those → one logit a task. */
type Bottom = (x: tf.Tensor) => tf.Tensor[];
type Towers = (b: tf.Tensor[]) => tf.Tensor[];
type Make<T> = (v: Variables, take: Take) => T;

/** Part `i` of `n` of the columns. */
const part = (t: tf.Tensor, n: number, i: number): tf.Tensor => tf.split(t, n, t.rank - 1)[i]!;

const chain = (layers: readonly Affine[], x: tf.Tensor) => layers.reduce((h, layer) => layer(h, 'relu'), x);

const sharedBottom: Make<Bottom> = (v, take) => {
  const layers = [1, 2].map((l) => v.dense(take(`bottom.layer${l}.W`), take(`bottom.layer${l}.b`)));
  return (x) => {
    const h = chain(layers, x);
    return [h, h];
  };
};

const separateNets: Make<Bottom> = (v, take) => {
  const nets = [0, 1].map((k) => [
    v.dense(half(take('bottom.layer1.W'), k), half(take('bottom.layer1.b'), k)),
    v.dense(one(take('bottom.layer2.W'), k), half(take('bottom.layer2.b'), k)),
  ]);
  return (x) => nets.map((net) => chain(net, x));
};

/** Σ_e softmax(gate)_e·expert_e. @param gate [B, E] @param experts E × [B, D] */
function mix(gate: tf.Tensor, experts: readonly tf.Tensor[]): tf.Tensor {
  return tf.sum(tf.mul(tf.stack(experts as tf.Tensor[], 1), tf.expandDims(tf.softmax(gate), 2)), 1);
}

const EXPERTS = 8;

const mmoe: Make<Bottom> = (v, take) => {
  const [W1, b1, W2, b2] = ['layer1.W', 'layer1.b', 'layer2.W', 'layer2.b'].map((name) =>
    take(`bottom.experts.${name}`),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const experts = Array.from({ length: EXPERTS }, (_, e) => [
    v.dense(part(W1, EXPERTS, e), part(b1, EXPERTS, e)),
    v.dense(one(W2, e), part(b2, EXPERTS, e)),
  ]);
  const gates = [0, 1].map((k) => v.variable(half(take('bottom.gate.W'), k)));
  return (x) => {
    const out = experts.map((expert) => chain(expert, x));
    return gates.map((gate) => mix(tf.matMul(x, gate as unknown as tf.Tensor2D), out));
  };
};

/** Experts of a task, and shared ones, at each of two levels. */
const OWN = 4;
const SHARED = 4;

const ple: Make<Bottom> = (v, take) => {
  const levels = [1, 2].map((l) => {
    const get = (name: string) => take(`bottom.level${l}.${name}`);
    const [W, b] = [get('task.layer1.W'), get('task.layer1.b')];
    // At the first level all read one vector, and the weights lie side by side; later each task has a matrix of its own.
    const wide = W.rank === 2;
    const own = [0, 1].map((k) =>
      Array.from({ length: OWN }, (_, e) =>
        v.dense(
          wide ? part(W, 2 * OWN, k * OWN + e) : part(one(W, k), OWN, e),
          part(b, 2 * OWN, k * OWN + e),
        ),
      ),
    );
    const [sharedW, sharedB] = [get('shared.layer1.W'), get('shared.layer1.b')];
    const shared = Array.from({ length: SHARED }, (_, e) =>
      v.dense(part(sharedW, SHARED, e), part(sharedB, SHARED, e)),
    );
    const gateW = get('gate.W');
    const gates = [0, 1].map((k) => v.variable(wide ? half(gateW, k) : one(gateW, k)));
    return { own, shared, gates, sharedGate: l === 1 ? v.variable(get('sharedGate.W')) : null };
  });
  return (x) => {
    let tasks = [x, x];
    let common = x;
    for (const { own, shared, gates, sharedGate } of levels) {
      const of = own.map((experts, k) => experts.map((expert) => expert(tasks[k]!, 'relu')));
      const ofAll = shared.map((expert) => expert(common, 'relu'));
      const next = gates.map((gate, k) =>
        mix(tf.matMul(tasks[k]! as tf.Tensor2D, gate as unknown as tf.Tensor2D), [...of[k]!, ...ofAll]),
      );
      if (sharedGate)
        common = mix(tf.matMul(common as tf.Tensor2D, sharedGate as unknown as tf.Tensor2D), [
          ...of.flat(),
          ...ofAll,
        ]);
      tasks = next;
    }
    return tasks;
  };
};

function heads(v: Variables, take: Take): Affine[] {
  const w = take('top.w');
  const c = take('top.c');
  return [0, 1].map((k) => v.dense(tf.reshape(one(w, k), [-1, 1]), tf.slice(c, [k], [1])));
}

const mlpTowers: Make<Towers> = (v, take) => {
  const W1 = take('towers.layer1.W');
  const towers = [0, 1].map((k) => [
    // Towers on one shared vector lie side by side, those on a vector each one behind the other.
    v.dense(W1.rank === 2 ? half(W1, k) : one(W1, k), half(take('towers.layer1.b'), k)),
    v.dense(one(take('towers.layer2.W'), k), half(take('towers.layer2.b'), k)),
  ]);
  const top = heads(v, take);
  return (b) => towers.map((tower, k) => top[k]!(chain(tower, b[k]!)));
};

/** LayerNorm over the last axis. */
function norm(v: Variables, take: Take, name: string): (x: tf.Tensor) => tf.Tensor {
  const [gamma, beta] = [v.variable(take(`${name}.gamma`)), v.variable(take(`${name}.beta`))];
  return (x) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(normal, gamma), beta);
  };
}

const attentionTowers: Make<Towers> = (v, take) => {
  const T = v.variable(take('towers.T'));
  const layers = ['towers.layer1', 'towers.layer2'].map((name) => attentionLayer(v, take, name));
  const top = heads(v, take);
  return (b) => {
    let h: tf.Tensor = tf.add(tf.stack(b, 1), T); // [B, 2, D]
    for (const layer of layers) h = layer(h);
    return tf.unstack(h, 1).map((t, k) => top[k]!(t));
  };
};

const HEADS = 4;

function attentionLayer(v: Variables, take: Take, name: string): (h: tf.Tensor) => tf.Tensor {
  const projections = tf.split(take(`${name}.Wqkv`), 3, 1).map((W) => v.variable(W));
  const Wo = v.variable(take(`${name}.Wo`));
  const [first, second] = [norm(v, take, `${name}.ln1`), norm(v, take, `${name}.ln2`)];
  const widen = v.dense(take(`${name}.W1`), take(`${name}.b1`));
  const narrow = v.dense(take(`${name}.W2`), take(`${name}.b2`));
  return (h) => {
    const [B, S, D] = h.shape as [number, number, number];
    const flat = tf.reshape(h, [B * S, D]);
    const [q, k, value] = projections.map((W) =>
      tf.transpose(tf.reshape(tf.matMul(flat, W), [B, S, HEADS, D / HEADS]), [0, 2, 1, 3]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [B, h, S, d_k]
    const A = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(D / HEADS)));
    const context = tf.reshape(tf.transpose(tf.matMul(A, value), [0, 2, 1, 3]), [B * S, D]);
    const Z = first(tf.add(flat, tf.matMul(context, Wo)));
    return tf.reshape(second(tf.add(Z, narrow(widen(Z, 'relu')))), [B, S, D]);
  };
}

const PARTS: Readonly<Record<ModelId, readonly [Make<Bottom>, Make<Towers>]>> = {
  SB: [sharedBottom, mlpTowers],
  MMoE: [mmoe, mlpTowers],
  PLE: [ple, attentionTowers],
  TA: [separateNets, attentionTowers],
};

/**
 * A naive model at the given weights, with its optimiser.
 * @param flat initial parameters in the layout's order
 * @param lossWeights λ of the two tasks
 */
export function naiveModel(
  id: ModelId,
  layout: Layout,
  flat: Float32Array,
  lossWeights: readonly number[],
  learningRate: number,
): NaiveModel {
  const v = new Variables();
  let forward!: (batch: Batch) => tf.Tensor[];
  // Variables outlive the scope, what they were cut from does not.
  tf.tidy(() => {
    const take = takeFrom(layout, flat);
    const features = inputs(v, take);
    const [bottom, towers] = PARTS[id].map((make) => make(v, take)) as [Bottom, Towers];
    forward = (batch) => towers(bottom(features(batch)));
  });
  const optimizer = new tf.AdamOptimizer(learningRate, 0.9, 0.999, 1e-8);
  const loss = (batch: Batch) => {
    const logits = forward(batch);
    const labels = tf.split(batch.labels, 2, 1);
    const each = logits.map((l, k) => tf.mul(tf.losses.sigmoidCrossEntropy(labels[k]!, l), lossWeights[k]!));
    return tf.add(each[0]!, each[1]!) as tf.Scalar;
  };
  return {
    step: (batch) => void optimizer.minimize(() => loss(batch), false, v.all),
    loss: (batch) => tf.tidy(() => loss(batch).dataSync()[0]!),
    dispose: () => {
      optimizer.dispose();
      for (const variable of v.all) variable.dispose();
    },
  };
}
