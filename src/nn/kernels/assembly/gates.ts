/** Softmax gates and the mixture of experts that they weigh, and the gradient of both. */
import { dot, loadPart, storePart } from './lanes';
import { softmaxRow } from './softmax';

/**
 * gates = softmax over e of logits, mixed_g = Σ_e gates_ge·expert_e.
 * @param logits [B, G·E]
 * @param experts [B, E·D]
 * @param gates [B, G, E]
 * @param mixed [B, G·D]
 */
export function gateMix(
  logits: usize,
  experts: usize,
  B: i32,
  G: i32,
  E: i32,
  D: i32,
  gates: usize,
  mixed: usize,
): void {
  for (let b = 0; b < B; b++) {
    for (let g = 0; g < G; g++) {
      softmaxRow(logits, E, gates);
      for (let j = 0; j < D; j += 4) {
        let sum = f32x4.splat(0);
        let from = experts + ((<usize>j) << 2);
        for (let e = 0; e < E; e++) {
          const weight = v128.load32_splat(gates + ((<usize>e) << 2));
          sum = f32x4.add(sum, f32x4.mul(weight, loadPart(from, D - j)));
          from += (<usize>D) << 2;
        }
        storePart(mixed + ((<usize>j) << 2), sum, D - j);
      }
      logits += (<usize>E) << 2;
      gates += (<usize>E) << 2;
      mixed += (<usize>D) << 2;
    }
    experts += (<usize>E * <usize>D) << 2;
  }
}

/**
 * dw_ge = ⟨dMixed_g, expert_e⟩ + dGates_ge;  dLogits = w·(dw − Σ_e w·dw);  dExpert_e = Σ_g w_ge·dMixed_g.
 * @param dGates what else depends on the gates, [B, G, E]
 */
export function gateMixGradient(
  gates: usize,
  experts: usize,
  dMixed: usize,
  dGates: usize,
  B: i32,
  G: i32,
  E: i32,
  D: i32,
  dLogits: usize,
  dExperts: usize,
): void {
  const width = (<usize>D) << 2;
  const row = (<usize>E) << 2;
  for (let b = 0; b < B; b++) {
    for (let e = 0; e < E; e++) {
      const to = dExperts + <usize>e * width;
      for (let j = 0; j < D; j += 4) {
        const at = (<usize>j) << 2;
        let sum = f32x4.splat(0);
        for (let g = 0; g < G; g++) {
          const weight = v128.load32_splat(gates + <usize>g * row + ((<usize>e) << 2));
          sum = f32x4.add(sum, f32x4.mul(weight, loadPart(dMixed + <usize>g * width + at, D - j)));
        }
        storePart(to + at, sum, D - j);
      }
    }
    for (let g = 0; g < G; g++) {
      let along: f32 = 0;
      for (let e = 0; e < E; e++) {
        const at = (<usize>e) << 2;
        const dw = dot(dMixed, experts + <usize>e * width, D) + load<f32>(dGates + at);
        store<f32>(dLogits + at, dw);
        along += load<f32>(gates + at) * dw;
      }
      for (let e = 0; e < E; e++) {
        const at = (<usize>e) << 2;
        store<f32>(dLogits + at, load<f32>(gates + at) * (load<f32>(dLogits + at) - along));
      }
      dMixed += width;
      dGates += row;
      dLogits += row;
      gates += row;
    }
    experts += <usize>E * width;
    dExperts += <usize>E * width;
  }
}
