/** Softmax gates with the mixture of experts, and the gradient of both: one dispatch each. */
import type { tf } from '../../tensor';
import { forThreads, type Gpu, i32 } from './gpu';
import { type Infos, KEEP_NAN } from './wgsl';

const sizes = (logits: tf.TensorInfo, experts: tf.TensorInfo, G: number) => {
  const [B, columns] = logits.shape as [number, number];
  const E = columns / G;
  const D = experts.shape[1]! / E;
  return { B, E, D, numbers: { rows: i32(B), gates: i32(G), experts: i32(E), width: i32(D) } };
};

/** m_g = Σ_e softmax(logits_g)_e·expert_e. logits [B, G·E], experts [B, E·D] → mixed [B, G·D], gates [B, G, E] */
export function gateMixProgram(gpu: Gpu, { logits, experts }: Infos, G: number): tf.TensorInfo[] {
  const { B, E, D, numbers } = sizes(logits!, experts!, G);
  return gpu.run({
    key: 'gateMix',
    inputs: { logits: logits!, x: experts! },
    outputs: [
      [B, G * D],
      [B, G, E],
    ],
    numbers,
    workgroups: forThreads(B * G * D),
    code: () => `
${KEEP_NAN}
// A thread for each number of the mixtures. Each works out its gate's softmax: cheaper than a dispatch that would keep it.
fn main(index : i32) {
  let E = uniforms.experts;
  let D = uniforms.width;
  if (index >= uniforms.rows * uniforms.gates * D) { return; }
  let j = index % D;
  let gate = index / D; // b·G + g
  let b = gate / uniforms.gates;
  var largest = logits[gate * E];
  var poison = 0.0;
  for (var e = 0; e < E; e++) {
    let l = logits[gate * E + e];
    largest = max(largest, l);
    poison = keepNaN(poison, l);
  }
  var all = 0.0;
  var mixed = 0.0;
  for (var e = 0; e < E; e++) {
    let w = exp(logits[gate * E + e] - largest);
    all += w;
    mixed += w * x[(b * E + e) * D + j];
  }
  result[index] = keepNaN(mixed / all, poison);
  if (j == 0) {
    for (var e = 0; e < E; e++) {
      result[uniforms.at1 + gate * E + e] = keepNaN(exp(logits[gate * E + e] - largest) / all, poison);
    }
  }
}`,
  });
}

/**
 * dw_ge = ⟨dMixed_g, expert_e⟩ + dGates_ge;  dLogits = w·(dw − Σ_e w·dw);  dExpert_e = Σ_g w_ge·dMixed_g.
 * @param dGates [B, G, E], or none where nothing else depends on the gates
 * @returns dLogits [B, G·E], dExperts [B, E·D]
 */
export function gateMixGradientProgram(
  gpu: Gpu,
  { logits, experts, gates, dMixed, dGates: given }: Infos,
  G: number,
): tf.TensorInfo[] {
  const dGates = gpu.unlessZero(given);
  const { B, E, D, numbers } = sizes(logits!, experts!, G);
  return gpu.run({
    key: `gateMixGradient${dGates ? '+gates' : ''}`,
    inputs: { x: experts!, gates: gates!, dMixed: dMixed!, ...(dGates && { dGates }) },
    outputs: [logits!.shape, experts!.shape],
    numbers,
    workgroups: forThreads(B * E * D + B * G),
    code: () => `
// A thread for each number of dExperts, then one for each gate.
fn main(index : i32) {
  let E = uniforms.experts;
  let D = uniforms.width;
  let G = uniforms.gates;
  let before = uniforms.rows * E * D;
  if (index < before) {
    let j = index % D;
    let e = index / D % E;
    let b = index / D / E;
    var sum = 0.0;
    for (var g = 0; g < G; g++) { sum += gates[(b * G + g) * E + e] * dMixed[(b * G + g) * D + j]; }
    result[uniforms.at1 + index] = sum;
    return;
  }
  let gate = index - before; // b·G + g
  if (gate >= uniforms.rows * G) { return; }
  let b = gate / G;
  var along = 0.0;
  for (var e = 0; e < E; e++) {
    var dw = ${dGates ? 'dGates[gate * E + e]' : '0.0'};
    for (var j = 0; j < D; j++) { dw += dMixed[gate * D + j] * x[(b * E + e) * D + j]; }
    result[gate * E + e] = dw;
    along += gates[gate * E + e] * dw;
  }
  for (var e = 0; e < E; e++) {
    result[gate * E + e] = gates[gate * E + e] * (result[gate * E + e] - along);
  }
}`,
  });
}
