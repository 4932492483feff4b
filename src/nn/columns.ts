/** Picking columns, putting them back, and holding a value constant. */
import { asTokens, fromTokens } from './streams';
import { type Stream, type Tensor, tf } from './tensor';
import { picker } from './tree';

/** Columns of x in the order given. @param x [B, N] @returns [B, number of columns] */
export function pickColumns(x: Tensor, columns: readonly number[]): Tensor {
  return byProduct(
    x,
    picker(x.shape[1]!, columns.length, (r, c) => columns[c] === r),
  );
}

/** The same columns of every group's vector: [B, G·N] → [B, G·number of columns]. */
export function pickOfGroups(x: Stream, columns: readonly number[]): Stream {
  const t = fromTokens(pickColumns(asTokens(x), columns), x.groups);
  return { t, groups: x.groups, width: columns.length };
}

/** The way back: column c of x becomes column columns[c] of `width`, and 0 stands in the others. @param x [B, number of columns] */
export function spreadColumns(x: Tensor, columns: readonly number[], width: number): Tensor {
  return byProduct(
    x,
    picker(columns.length, width, (r, c) => columns[r] === c),
  );
}

/** x·P of a constant P, whose own gradient nobody needs. */
function byProduct(x: Tensor, matrix: () => tf.Tensor2D): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x] = args as [Tensor];
    return {
      value: tf.matMul(x, matrix()),
      gradFunc: (dy: Tensor) => tf.matMul(dy, tf.transpose(matrix())),
    };
  });
  return op(x);
}

/** The same numbers, through which no gradient goes. */
export function stopGradient(x: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x] = args as [Tensor];
    return { value: tf.clone(x), gradFunc: (dy: Tensor) => tf.zerosLike(dy) };
  });
  return op(x);
}
