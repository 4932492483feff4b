/** Eight small sums with known answers: a backend that gets one wrong is not used. Drivers do get them wrong. */
import { dense, groupedDense } from './dense';
import { embed } from './embed';
import { gateMix } from './gates';
import { valueAndGradients } from './gradients';
import { layerNorm } from './norm';
import { type Tensor, tf } from './tensor';

/** Values of i ↦ ((i·7+3) mod 11 − 5)/4: small, signed, repeatable. */
const ramp = (shape: number[]): Tensor =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (((i * 7 + 3) % 11) - 5) / 4),
    shape,
  );

/** Each check returns numbers; the same code on the cpu backend gives what they should be. */
const CHECKS: readonly (readonly [name: string, run: () => Tensor])[] = [
  ['matrix product', () => tf.matMul(ramp([5, 7]), ramp([7, 3]))],
  ['dense layer', () => dense(ramp([5, 7]), ramp([7, 9]), ramp([9]))],
  ['grouped dense layer', () => groupedDense(ramp([5, 6]), ramp([2, 3, 5]), ramp([10]))],
  [
    'dense gradient',
    () => {
      const W = ramp([7, 9]);
      const { gradients } = valueAndGradients(
        () => tf.sum(tf.square(tf.relu(dense(ramp([5, 7]), W, ramp([9]))))),
        [W],
      );
      return gradients[0]!;
    },
  ],
  [
    'embedding gradient',
    () => {
      const table = ramp([6, 3]);
      const ids = tf.tensor([0, 5, 5, 2, 5, 1], [3, 2], 'int32');
      const { gradients } = valueAndGradients(() => tf.sum(tf.square(embed(table, ids))), [table]);
      return gradients[0]!;
    },
  ],
  ['layer norm', () => layerNorm(ramp([5, 8]), ramp([8]), ramp([8]))],
  ['gates and mixture', () => gateMix(ramp([5, 6]), ramp([5, 12]), 2).mixed],
  ['logarithm of small numbers', () => tf.log1p(tf.exp(tf.mul(ramp([11]), 8)))],
];

async function results(): Promise<Float32Array[]> {
  const out: Float32Array[] = [];
  for (const [, run] of CHECKS) {
    const tensor = tf.tidy(run);
    out.push((await tensor.data()) as Float32Array);
    tensor.dispose();
  }
  return out;
}

/**
 * Runs the checks on the current backend and on cpu.
 * @returns null if they agree within 1e-4, else the name of the first that does not
 */
export async function selfCheck(switchToCpu: () => Promise<void>): Promise<string | null> {
  const got = await results();
  await switchToCpu();
  const want = await results();
  for (let c = 0; c < CHECKS.length; c++) {
    const a = got[c]!;
    const b = want[c]!;
    for (let i = 0; i < b.length; i++) {
      if (!(Math.abs(a[i]! - b[i]!) <= 1e-4 * (1 + Math.abs(b[i]!)))) return CHECKS[c]![0];
    }
  }
  return null;
}
