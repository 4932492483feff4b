/** Builds one Top by hand and runs it on plain numbers: predictions, every loss, gradients, probes. */
import { type Cuts, Layout, Pass, Scope, type Tensor, tf, valueAndGradients } from '../../nn';
import { defaultParams, type ParamValues } from '../../pipeline/spec';
import { findBuild } from '../builds';
import { findSpec } from '../catalog';
import type { TaskContext, TopBlock } from '../contract';

export interface TopRun {
  /** [B·K], row-major. */
  readonly logP: Float32Array;
  readonly log1mP: Float32Array;
  /** L_k, [K]; the Top's own losses by name. */
  readonly losses: Float32Array;
  readonly auxiliary: Record<string, number>;
  readonly probes: Record<string, Float32Array>;
  /** Of Σ_k λ_k L_k + auxiliary, by parameter name and `t`. */
  readonly gradients: Record<string, Float32Array>;
}

export interface TopRunOptions {
  /** [B, K], 0 or 1; all 0 where left out. */
  readonly labels?: readonly number[];
  /** [B]; 1 where left out. */
  readonly weights?: readonly number[];
  /** λ_k, [K]; 1 where left out. */
  readonly lambda?: readonly number[];
  readonly training?: boolean;
  /** Wires to cut; the block's path is `top`. */
  readonly cuts?: Cuts;
}

export class TopUnderTest {
  readonly layout = new Layout();
  readonly values: Map<string, Float32Array>;
  private readonly block: TopBlock;
  private readonly K: number;

  constructor(
    id: string,
    params: ParamValues,
    tasks: readonly TaskContext[],
    readonly width: number,
    private readonly groups = tasks.length,
  ) {
    this.K = tasks.length;
    this.block = findBuild('top', id)(
      {
        path: 'top',
        params: { ...defaultParams(findSpec('top', id)!), ...params },
        tasks,
        scope: new Scope(this.layout, 'top'),
      },
      { groups, width },
    );
    const initial = this.layout.initialParameters(5);
    this.values = new Map(
      this.layout.parameters.map((p) => [
        p.name.replace('top.', ''),
        initial.slice(p.offset, p.offset + p.size),
      ]),
    );
  }

  /** Replaces every number of a parameter. @throws Error where there is none of that name */
  set(name: string, value: number | readonly number[]): this {
    const numbers = this.values.get(name);
    if (!numbers) throw new Error(`The Top has no parameter ${name}.`);
    if (typeof value === 'number') numbers.fill(value);
    else numbers.set(value);
    return this;
  }

  /** @param t [B·groups·width], row-major */
  run(t: ArrayLike<number>, options: TopRunOptions = {}): TopRun {
    const { K, groups, width } = this;
    const rows = t.length / (groups * width);
    const names = this.layout.parameters.map((p) => p.name.replace('top.', ''));
    const probes: Record<string, Float32Array> = {};
    const read = (x: Tensor) => Float32Array.from(x.dataSync());
    return tf.tidy(() => {
      const weights = this.layout.parameters.map((p, i) =>
        tf.tensor(this.values.get(names[i]!)!, p.shape as number[]),
      );
      const input = tf.tensor2d(Array.from(t), [rows, groups * width]);
      const batch = {
        labels: tf.tensor2d(options.labels ? [...options.labels] : new Array(rows * K).fill(0), [rows, K]),
        weights: tf.tensor2d(options.weights ? [...options.weights] : new Array(rows).fill(1), [rows, 1]),
      };
      let out: Omit<TopRun, 'gradients' | 'probes'> | null = null;
      const { gradients } = valueAndGradients(() => {
        const pass = new Pass(
          weights,
          this.layout.buffers.map((b) => tf.fill(b.shape as number[], b.initial)),
          {
            training: options.training ?? false,
            seed: 1,
            step: 0,
            ...(options.cuts && { cuts: options.cuts }),
            onProbe: (_block, name, value) => {
              probes[name] = read(value);
            },
          },
        );
        const { entire, auxiliary } = this.block.forward({ t: input, groups, width }, pass);
        for (const update of pass.updates.values()) update.dispose();
        const losses = entire.losses(batch.labels, batch.weights, tf.ones([K]));
        const own = auxiliary?.(batch) ?? [];
        out = {
          logP: read(entire.logP()),
          log1mP: read(entire.log1mP()),
          losses: read(losses),
          auxiliary: Object.fromEntries(own.map((a) => [a.name, a.value.dataSync()[0]!])),
        };
        const lambda = tf.tensor1d(options.lambda ? [...options.lambda] : new Array(K).fill(1));
        let total: Tensor = tf.sum(tf.mul(losses, lambda));
        for (const a of own) total = tf.add(total, a.value);
        return total;
      }, [...weights, input]);
      const all = [...names, 't'].map((name, i) => {
        const g = gradients[i];
        const size = name === 't' ? input.size : weights[i]!.size;
        return [name, g ? read(g) : new Float32Array(size)] as const;
      });
      return { ...out!, probes, gradients: Object.fromEntries(all) } as unknown as tf.TensorContainer;
    }) as unknown as TopRun;
  }
}

/** p of each event, from its logarithm. */
export const probabilities = ({ logP }: Pick<TopRun, 'logP'>): number[] => Array.from(logP, Math.exp);

/** Whether every prediction, loss, own loss and gradient is a number. */
export function allFinite(run: TopRun): boolean {
  return [
    run.logP,
    run.log1mP,
    run.losses,
    Object.values(run.auxiliary),
    ...Object.values(run.gradients),
  ].every((values) => Array.from(values).every(Number.isFinite));
}
