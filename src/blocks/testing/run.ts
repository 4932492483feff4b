/** Builds one Bottom or Tower block by hand and runs it on plain numbers, for tests of invariants. */
import { Layout, Pass, type PassOptions, Scope, type StreamShape, type Tensor, tf } from '../../nn';
import { defaultParams, type ParamValues } from '../../pipeline/spec';
import { findBuild } from '../builds';
import { findSpec } from '../catalog';
import type { TaskContext } from '../contract';

/** A chain of K tasks, or a tree where parents are given. */
export function tasks(K: number, parents?: readonly (number | null)[]): TaskContext[] {
  return Array.from({ length: K }, (_, k) => ({
    id: `task${k}`,
    parent: parents ? parents[k]! : k === 0 ? null : k - 1,
    baseRate: 0.3 ** (k + 1),
  }));
}

/** Small, signed, repeatable numbers. */
export function ramp(size: number, salt = 0): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => (((i * 7 + salt * 5 + 3) % 23) - 11) / 10);
}

export class BlockUnderTest {
  readonly layout = new Layout();
  readonly output: StreamShape;
  readonly values: Map<string, Float32Array>;
  /** The block on a tensor [B, groups·width]. */
  readonly forward: (x: Tensor, pass: Pass) => Tensor;

  constructor(
    pillar: 'bottom' | 'tower',
    id: string,
    params: ParamValues,
    taskList: readonly TaskContext[],
    readonly input: StreamShape,
  ) {
    const block = findBuild(pillar, id)(
      {
        path: 'block',
        params: { ...defaultParams(findSpec(pillar, id)!), ...params },
        tasks: taskList,
        scope: new Scope(this.layout, 'block'),
      },
      input,
    );
    this.output = block.output;
    this.forward = (x, pass) => block.forward({ t: x, ...input }, pass).t;
    const initial = this.layout.initialParameters(5);
    this.values = new Map(
      this.layout.parameters.map((p) => [
        p.name.replace('block.', ''),
        initial.slice(p.offset, p.offset + p.size),
      ]),
    );
  }

  /** Outputs [B·groups·width] row-major, and what was probed. */
  run(
    x: Float32Array,
    options: Partial<PassOptions> = {},
  ): { output: Float32Array; probes: Record<string, Float32Array> } {
    const probes: Record<string, Float32Array> = {};
    const output = tf.tidy((): Tensor => {
      const weights = this.layout.parameters.map((p) =>
        tf.tensor(this.values.get(p.name.replace('block.', ''))!, p.shape as number[]),
      );
      const buffers = this.layout.buffers.map((b) => tf.fill(b.shape as number[], b.initial));
      const pass = new Pass(weights, buffers, {
        training: false,
        seed: 1,
        step: 0,
        onProbe: (_block, name, value) => {
          probes[name] = value.dataSync().slice() as Float32Array;
        },
        ...options,
      });
      const columns = this.input.groups * this.input.width;
      const result = this.forward(tf.tensor(x, [x.length / columns, columns]), pass);
      for (const update of pass.updates.values()) update.dispose();
      return result;
    });
    const values = output.dataSync().slice() as Float32Array;
    output.dispose();
    return { output: values, probes };
  }
}

/** Columns `from`…`to` of a row-major matrix. */
export function columnsOf(matrix: Float32Array, width: number, from: number, to: number): number[] {
  const out: number[] = [];
  for (let row = 0; row < matrix.length / width; row++) {
    for (let c = from; c < to; c++) out.push(matrix[row * width + c]!);
  }
  return out;
}

/** The largest |a−b|, ∞ where lengths differ. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    if (!(d <= worst)) worst = d;
  }
  return worst;
}
