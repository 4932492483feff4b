/** One update of flat parameters and moments: a dispatch for the gradient's norm, and one for all the rest. */
import type { tf } from '../../tensor';
import type { StepAttrs } from '../stepAttrs';
import { f32, forThreads, type Gpu, i32 } from './gpu';
import { type Infos, KEEP_NAN, size, workgroupSum } from './wgsl';

/** Threads of a workgroup, and at most as many workgroups for the norm: the update's workgroups add up their sums once more each. */
const LANES = 256;
/** Numbers of the gradient that a workgroup squares at least. */
const SHARE = 4096;

/** Σ g² in parts, [≤ 256]. */
function squares(gpu: Gpu, g: tf.TensorInfo): tf.TensorInfo {
  const n = size(g.shape);
  const parts = Math.min(LANES, Math.ceil(n / SHARE));
  return gpu.run({
    key: 'squares',
    inputs: { g },
    outputs: [[parts]],
    numbers: { count: i32(n), parts: i32(parts) },
    workgroups: parts,
    lanes: LANES,
    code: () => `
${workgroupSum(LANES)}
fn main(index : i32) {
  let lane = i32(localIndex);
  var sum = 0.0;
  for (var at = index; at < uniforms.count; at += ${LANES} * uniforms.parts) { sum += g[at] * g[at]; }
  let all = total(lane, sum);
  if (lane == 0 && index / ${LANES} < uniforms.parts) { result[index / ${LANES}] = all; }
}`,
  })[0]!;
}

/**
 * Adam (Kingma & Ba 2015), AdamW (Loshchilov & Hutter 2019) or gradient descent; see `update` in nn/optimizer.ts for the numbers.
 * p, m, v, g [P]; m and v for Adam only.
 * @returns new p [P], ‖g‖₂ before clipping, and for Adam the new m and v: one buffer holds them all
 */
export function updateProgram(gpu: Gpu, { p, m, v, g }: Infos, attrs: StepAttrs): tf.TensorInfo[] {
  const { adam, clipNorm, decay, shrink, rate, correction, beta1, beta2, epsilon } = attrs;
  const n = size(p!.shape);
  const parts = squares(gpu, g!);
  const outputs = gpu.run({
    key: adam ? 'adam' : 'descend',
    inputs: { p: p!, ...(adam && { m: m!, v: v! }), g: g!, parts },
    outputs: adam ? [[n], [], [n], [n]] : [[n], []],
    numbers: {
      count: i32(n),
      clip: f32(clipNorm ?? -1),
      decay: f32(decay),
      shrink: f32(shrink),
      rate: f32(rate),
      ...(adam && {
        correction: f32(correction),
        beta1: f32(beta1),
        beta2: f32(beta2),
        rest1: f32(1 - beta1),
        rest2: f32(1 - beta2),
        epsilon: f32(epsilon),
      }),
    },
    workgroups: forThreads(n, LANES),
    lanes: LANES,
    code: () => `
${KEEP_NAN}
${workgroupSum(LANES)}
fn main(at : i32) {
  let lane = i32(localIndex);
  var share = 0.0;
  if (lane < uniforms.partsShape) { share = parts[lane]; }
  let sum = total(lane, share);
  let norm = keepNaN(sqrt(sum), sum);
  if (at == 0) { result[uniforms.at1] = norm; }
  if (at >= uniforms.count) { return; }
  // The floor keeps 0/0 away and changes nothing above it.
  let scale = select(1.0, min(1.0, uniforms.clip / max(norm, 1e-30)), uniforms.clip >= 0.0);
  let grad = g[at] * scale + p[at] * uniforms.decay;
  ${
    adam
      ? `
  let first = m[at] * uniforms.beta1 + grad * uniforms.rest1;
  let second = v[at] * uniforms.beta2 + grad * grad * uniforms.rest2;
  let root = sqrt(second) * uniforms.correction + uniforms.epsilon;
  result[uniforms.at2 + at] = first;
  result[uniforms.at3 + at] = second;
  result[at] = p[at] * uniforms.shrink - first / root * uniforms.rate;`
      : 'result[at] = p[at] * uniforms.shrink - grad * uniforms.rate;'
  }
}`,
  });
  gpu.forget(parts);
  return outputs;
}
