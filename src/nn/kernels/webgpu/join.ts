/** Programs that lay matrices side by side and take them apart: one dispatch for any number of parts. */
import type { tf } from '../../tensor';
import { forThreads, type Gpu, i32, type Uniform } from './gpu';
import { type Infos, size } from './wgsl';

/** The most parts of a join: a device need not bind more than eight storage buffers to a program, and one is the output. */
export const MOST_JOINED = 7;

/** Shape numbers for both programs, and code that runs `use(i)` for the part that holds a thread's number, with its row and `column`. */
function parts(rows: number, widths: readonly number[], use: (i: number) => string) {
  const total = widths.reduce((a, b) => a + b, 0);
  const numbers: Record<string, Uniform> = { count: i32(rows * total), columns: i32(total) };
  widths.forEach((n, i) => {
    numbers[`width${i}`] = i32(n);
  });
  const code = () => `
fn main(at : i32) {
  if (at >= uniforms.count) { return; }
  let row = at / uniforms.columns;
  var column = at % uniforms.columns;
${widths
  .map(
    (_, i) => `  if (column < uniforms.width${i}) {
    ${use(i)}
    return;
  }
  column -= uniforms.width${i};`,
  )
  .join('\n')}
}`;
  return { numbers, code, workgroups: forThreads(rows * total), total };
}

/** [B, n_i] each → [B, Σ n_i]. */
export function joinProgram(gpu: Gpu, inputs: Infos, widths: readonly number[]): tf.TensorInfo[] {
  const rows = inputs[0]!.shape[0]!;
  const { total, ...program } = parts(
    rows,
    widths,
    (i) => `result[at] = part${i}[row * uniforms.width${i} + column];`,
  );
  return gpu.run({
    key: `join ${widths.length}`,
    inputs: Object.fromEntries(widths.map((_, i) => [`part${i}`, inputs[i]!])),
    outputs: [[rows, total]],
    ...program,
  });
}

/** [B, Σ n_i] → [B, n_i] each. */
export function splitProgram(gpu: Gpu, x: tf.TensorInfo, widths: readonly number[]): tf.TensorInfo[] {
  const rows = size(x.shape) / widths.reduce((a, b) => a + b, 0);
  const { total: _, ...program } = parts(
    rows,
    widths,
    (i) => `result[${i === 0 ? '' : `uniforms.at${i} + `}row * uniforms.width${i} + column] = x[at];`,
  );
  return gpu.run({
    key: `split ${widths.length}`,
    inputs: { x },
    outputs: widths.map((n) => [rows, n]),
    ...program,
  });
}
