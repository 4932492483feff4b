/** Softmax of one short row. */
import { expNegative, loadPart, storePart } from './lanes';

/** out = softmax(x) of n numbers; `out` may be `x`. A NaN among them makes all NaN. */
export function softmaxRow(x: usize, n: i32, out: usize): void {
  let largest = load<f32>(x);
  for (let j = 1; j < n; j++) largest = max<f32>(largest, load<f32>(x + ((<usize>j) << 2)));
  const shift = f32x4.splat(largest);
  let sum: f32 = 0;
  for (let j = 0; j < n; j += 4) {
    const at = (<usize>j) << 2;
    const e = expNegative(f32x4.sub(loadPart(x + at, n - j), shift));
    storePart(out + at, e, n - j);
    const rest = min(4, n - j);
    sum += f32x4.extract_lane(e, 0);
    if (rest > 1) sum += f32x4.extract_lane(e, 1);
    if (rest > 2) sum += f32x4.extract_lane(e, 2);
    if (rest > 3) sum += f32x4.extract_lane(e, 3);
  }
  const inverse = f32x4.splat(1 / sum);
  for (let j = 0; j < n; j += 4) {
    const at = (<usize>j) << 2;
    storePart(out + at, f32x4.mul(loadPart(out + at, n - j), inverse), n - j);
  }
}
