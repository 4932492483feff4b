/** Gradients of losses with respect to a model's parameters, as one flat vector. */
import { fastFlatten } from './kernels/columns';
import { fastViews } from './kernels/views';
import type { Layout, Parameter } from './parameters';
import { recorded } from './tape';
import { type Tensor, tf } from './tensor';

export interface ValueAndGradients {
  readonly value: Tensor;
  /** By parameter index; null where the loss does not reach the parameter. */
  readonly gradients: readonly (Tensor | null)[];
}

/** Views of the flat vector in the parameters' own shapes. */
export function sliceParameters(layout: Layout, flat: Tensor): Tensor[] {
  return slices(layout.parameters, flat);
}

/** As `sliceParameters`, for anything that lies in a flat vector. */
export function slices(
  entries: readonly { offset: number; size: number; shape: readonly number[] }[],
  flat: Tensor,
): Tensor[] {
  return (
    fastViews(flat, entries) ??
    entries.map((p) => tf.tidy(() => tf.reshape(tf.slice(flat, [p.offset], [p.size]), p.shape as number[])))
  );
}

/**
 * Value and gradients of a scalar with respect to weights.
 * Unlike `tf.grads` a weight that the scalar does not reach is allowed: its gradient is null.
 */
export function valueAndGradients(f: () => Tensor, weights: readonly Tensor[]): ValueAndGradients {
  return recorded(f, (value, pull) => ({ value, gradients: pull(value, null, weights) }));
}

/** Side by side in the layout's order, zeros where there is no gradient: [P]. */
export function flatten(parameters: readonly Parameter[], gradients: readonly (Tensor | null)[]): Tensor {
  const fast = fastFlatten(
    gradients,
    parameters.map((p) => p.size),
  );
  if (fast) return fast;
  const parts = parameters.map((p, i) => {
    const g = gradients[i];
    return g ? tf.reshape(g, [p.size]) : tf.zeros([p.size]);
  });
  return parts.length === 1 ? parts[0]! : tf.concat(parts as tf.Tensor1D[]);
}
