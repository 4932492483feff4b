/** Affine maps: one, or one a group, with backward passes that keep to the fast path of each backend. */
import { fastRelu } from './kernels/columns';
import { fastDense } from './kernels/dense';
import { columnSum, matMul } from './matmul';
import { backendName, type Tensor, tf } from './tensor';

/**
 * y = x·W + b.
 * @param x [B, I]
 * @param W [I, O]
 * @param b [O]
 * @returns [B, O]
 */
export function dense(x: Tensor, W: Tensor, b: Tensor): Tensor {
  return fastDense(x, W, b, 1, W.shape[0]!, false) ?? plainDense(x, W, b);
}

/** max(x·W + b, 0); shapes as in `dense`. */
export function denseRelu(x: Tensor, W: Tensor, b: Tensor): Tensor {
  return fastDense(x, W, b, 1, W.shape[0]!, true) ?? relu(plainDense(x, W, b));
}

function plainDense(x: Tensor, W: Tensor, b: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, W, b, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc];
    save([x, W]);
    return {
      value: tf.fused.matMul({ a: x, b: W, bias: b }),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, W] = saved as [Tensor, Tensor];
        return [matMul(dy, W, false, true), matMul(x, dy, true, false), columnSum(dy)];
      },
    };
  });
  return op(x, W, b);
}

/** y = x·W without a bias; shapes as in `dense`. */
export function linear(x: Tensor, W: Tensor): Tensor {
  return fastDense(x, W, null, 1, W.shape[0]!, false) ?? plainLinear(x, W);
}

function plainLinear(x: Tensor, W: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, W, save] = args as [Tensor, Tensor, tf.GradSaveFunc];
    save([x, W]);
    return {
      value: tf.matMul(x, W),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, W] = saved as [Tensor, Tensor];
        return [matMul(dy, W, false, true), matMul(x, dy, true, false)];
      },
    };
  });
  return op(x, W);
}

/**
 * One affine map a group on that group's own columns: y_g = x_g·W_g + b_g.
 * @param x [B, G·I], group g in columns g·I … (g+1)·I
 * @param W [G, I, O]
 * @param b [G·O]
 * @returns [B, G·O]
 */
export function groupedDense(x: Tensor, W: Tensor, b: Tensor): Tensor {
  const [G, I] = W.shape as [number, number, number];
  return fastDense(x, W, b, G, I, false) ?? plainGroupedDense(x, W, b);
}

/** As `groupedDense`, then max(·, 0). */
export function groupedDenseRelu(x: Tensor, W: Tensor, b: Tensor): Tensor {
  const [G, I] = W.shape as [number, number, number];
  return fastDense(x, W, b, G, I, true) ?? relu(plainGroupedDense(x, W, b));
}

function plainGroupedDense(x: Tensor, W: Tensor, b: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, W, b, save] = args as [Tensor, Tensor, Tensor, tf.GradSaveFunc];
    save([x, W]);
    return {
      value: tf.add(groupedMatMul(x, W), b),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, W] = saved as [Tensor, Tensor];
        return [groupedMatMul(dy, W, true), groupedWeightGradient(x, dy, W.shape[0]!), columnSum(dy)];
      },
    };
  });
  return op(x, W, b);
}

/** [B, G·I] → [G, B, I], so that a batched product sees one matrix a group. */
function toGroups(x: Tensor, groups: number): Tensor {
  const [B, columns] = x.shape as [number, number];
  return tf.transpose(tf.reshape(x, [B, groups, columns / groups]), [1, 0, 2]);
}

/** [G, B, O] → [B, G·O]. */
function fromGroups(y: Tensor): Tensor {
  const [G, B, O] = y.shape as [number, number, number];
  return tf.reshape(tf.transpose(y, [1, 0, 2]), [B, G * O]);
}

/** x_g·W_g (or x_g·W_gᵀ) side by side. On WebGPU one batched product; elsewhere one plain product a group, which is faster there. */
function groupedMatMul(x: Tensor, W: Tensor, transposeW = false): Tensor {
  const [G, I, O] = W.shape as [number, number, number];
  if (backendName() === 'webgpu') return fromGroups(tf.matMul(toGroups(x, G), W, false, transposeW));
  const inputs = G === 1 ? [x] : tf.split(x, G, 1);
  const outputs = inputs.map((x_g, g) =>
    matMul(x_g, tf.reshape(tf.slice(W, [g, 0, 0], [1, I, O]), [I, O]), false, transposeW),
  );
  return outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 1);
}

/** dW_g = x_gᵀ·dy_g, stacked: [G, I, O]. */
function groupedWeightGradient(x: Tensor, dy: Tensor, G: number): Tensor {
  if (backendName() === 'webgpu') return tf.matMul(toGroups(x, G), toGroups(dy, G), true, false);
  const inputs = G === 1 ? [x] : tf.split(x, G, 1);
  const outputs = G === 1 ? [dy] : tf.split(dy, G, 1);
  return tf.stack(inputs.map((x_g, g) => matMul(x_g, outputs[g]!, true, false)));
}

/**
 * One number a group: y_g = ⟨x_g, w_g⟩ + c_g.
 * @param x [B, G·D]
 * @param w [G, D]
 * @param c [G]
 * @returns [B, G]
 */
export function groupedDot(x: Tensor, w: Tensor, c: Tensor): Tensor {
  const [G, D] = w.shape as [number, number];
  return fastDense(x, w, c, G, D, false) ?? plainGroupedDense(x, tf.reshape(w, [G, D, 1]), c);
}

/** max(x, 0), any shape. */
export function relu(x: Tensor): Tensor {
  return fastRelu(x) ?? tf.relu(x);
}

/** Repeats a shared vector once a group: [B, D] → [B, G·D]. */
export function repeatGroups(x: Tensor, groups: number): Tensor {
  return groups === 1 ? x : tf.tile(x, [1, groups]);
}
