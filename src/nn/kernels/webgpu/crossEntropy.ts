/** Weighted cross-entropy of yes/no tasks from logits, and its gradient: one dispatch each. */
import type { tf } from '../../tensor';
import { forThreads, type Gpu, i32 } from './gpu';
import { type Infos, KEEP_NAN, SOFTPLUS, size, workgroupSum } from './wgsl';

/** Threads that go over the rows of one task. */
const ROWS = 256;

/** Weights of the positive and of the negative part of (row i, task k): `a` and `c`. */
const PARTS = `
  let a = weights[i] * labels[at] * positive[k];
  let c = weights[i] * (1.0 - labels[at]);`;

/** L_k = (1/B) Σ_i w_i·( v_k·y·softplus(−l) + (1−y)·softplus(l) ). logits, labels [B, K], weights [B, 1], positive v [K] → [K] */
export function crossEntropyProgram(gpu: Gpu, { logits, labels, weights, positive }: Infos): tf.TensorInfo[] {
  const [B, K] = logits!.shape as [number, number];
  return gpu.run({
    key: 'crossEntropy',
    inputs: { logits: logits!, labels: labels!, weights: weights!, positive: positive! },
    outputs: [[K]],
    numbers: { rows: i32(B), tasks: i32(K) },
    workgroups: K,
    lanes: ROWS,
    code: () => `
${KEEP_NAN}
${SOFTPLUS}
${workgroupSum(ROWS)}
// A workgroup for each task.
fn main(index : i32) {
  let k = index / ${ROWS};
  let lane = i32(localIndex);
  var sum = 0.0;
  for (var i = lane; i < uniforms.rows; i += ${ROWS}) {
    let at = i * uniforms.tasks + k;
    ${PARTS}
    // The two terms are kept apart: (a+c)·softplus(l) − a·l cancels for large l.
    sum += a * softplus(-logits[at]) + c * softplus(logits[at]);
  }
  let all = total(lane, sum);
  if (lane == 0 && k < uniforms.tasks) { result[k] = all / f32(uniforms.rows); }
}`,
  });
}

/** dl = dL_k/B·( (a+c)·σ(l) − a ) with a = w·v_k·y and c = w·(1−y). @returns [B, K] */
export function crossEntropyGradientProgram(
  gpu: Gpu,
  { dLosses, logits, labels, weights, positive }: Infos,
): tf.TensorInfo[] {
  const [B, K] = logits!.shape as [number, number];
  return gpu.run({
    key: 'crossEntropyGradient',
    inputs: {
      dLosses: dLosses!,
      logits: logits!,
      labels: labels!,
      weights: weights!,
      positive: positive!,
    },
    outputs: [logits!.shape],
    numbers: { rows: i32(B), tasks: i32(K), count: i32(size(logits!.shape)) },
    workgroups: forThreads(B * K),
    code: () => `
${KEEP_NAN}
${SOFTPLUS}
fn main(at : i32) {
  if (at >= uniforms.count) { return; }
  let i = at / uniforms.tasks;
  let k = at % uniforms.tasks;
  ${PARTS}
  result[at] = dLosses[k] / f32(uniforms.rows) * ((a + c) * sigmoid(logits[at]) - a);
}`,
  });
}
