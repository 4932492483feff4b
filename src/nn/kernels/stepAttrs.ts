/** What both backends' updates are told of a step. */

/** The numbers of a step; see `update` in nn/optimizer.ts. */
export interface StepAttrs {
  /** Adam and AdamW; else plain gradient descent. */
  readonly adam: boolean;
  readonly clipNorm: number | null;
  /** Added to the gradient, times the weights. */
  readonly decay: number;
  /** Factor on the weights. */
  readonly shrink: number;
  /** Step size; for Adam with its bias correction, η/(1−β₁ᵗ). */
  readonly rate: number;
  /** 1/√(1−β₂ᵗ). */
  readonly correction: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}
