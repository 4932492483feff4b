/** Stacks of Lin → [BatchNorm] → ReLU → Dropout, one or one a task: the body of most blocks. */
import { dense, denseRelu, groupedDense, groupedDenseRelu, relu, repeatGroups } from './dense';
import { he, ones, zeros } from './draws';
import type { Parameter, Pass, RunningBuffer, Scope } from './parameters';
import type { Stream, StreamShape, Tensor } from './tensor';

export interface MlpOptions {
  /** What arrives: one shared vector, or several, each read by the same number of networks: network n reads n·G_in/G. */
  readonly input: StreamShape;
  /** Number of networks side by side, a multiple of the input's groups. */
  readonly groups: number;
  readonly widths: readonly number[];
  /** Rate in [0, 1). */
  readonly dropout: number;
  readonly batchNorm: boolean;
  /** What the networks are, in the words of docs/WEIGHTS.md: one a task, unless this says otherwise. */
  readonly each?: string;
  /** What the vectors are that several networks read each: one a task, unless this says otherwise. */
  readonly from?: string;
}

interface Layer {
  readonly W: Parameter;
  readonly b: Parameter;
  readonly norm: { gamma: Parameter; beta: Parameter; mean: RunningBuffer; variance: RunningBuffer } | null;
  readonly site: number;
  /** True where all networks read the same vector: one wide product then serves them all. */
  readonly wide: boolean;
}

/**
 * h_l = Drop(ReLU(BN(h_{l−1}·W_l + b_l))), for each network with its own weights.
 * Weights: `layer1.W` is [F, G·d] where all G networks read one vector (network g in columns g·d …); where they read G_in
 * vectors [G_in, F, (G/G_in)·d], the networks of one vector side by side. The layers after it are [G, d_in, d], or [d_in, d]
 * with one network.
 */
export class Mlp {
  readonly output: StreamShape;
  private readonly layers: readonly Layer[];

  constructor(
    scope: Scope,
    private readonly options: MlpOptions,
  ) {
    const { groups, widths, batchNorm, each = 'task', from = 'task' } = options;
    if (groups % options.input.groups !== 0) {
      throw new Error(`${groups} networks cannot share ${options.input.groups} inputs evenly.`);
    }
    let width = options.input.width;
    // Vectors that the layer reads: those of the input, then one a network.
    let sources = options.input.groups;
    this.layers = widths.map((units, i) => {
      const name = `layer${i + 1}`;
      const wide = sources === 1;
      const side = groups / sources;
      const shape = wide ? [width, groups * units] : [sources, width, side * units];
      const own = groups > 1 ? ` of every ${each}` : '';
      const orientation = wide
        ? groups > 1
          ? `input × (${each}·unit), ${each} k in columns k·d …`
          : 'input × unit'
        : side > 1
          ? `${from} × input × (${each} of the ${from}·unit)`
          : `${each} × input × unit`;
      const layer: Layer = {
        W: scope.parameter(
          `${name}.W`,
          shape,
          he(width),
          `weights${own} of MLP layer ${i + 1}, ${orientation}`,
        ),
        b: scope.parameter(
          `${name}.b`,
          [groups * units],
          zeros,
          `biases${own} of MLP layer ${i + 1}${groups > 1 ? `, ${each} k in k·d …` : ''}`,
        ),
        norm: batchNorm
          ? {
              gamma: scope.parameter(
                `${name}.gamma`,
                [groups * units],
                ones,
                `batch-norm scale of layer ${i + 1}`,
              ),
              beta: scope.parameter(
                `${name}.beta`,
                [groups * units],
                zeros,
                `batch-norm shift of layer ${i + 1}`,
              ),
              mean: scope.buffer(`${name}.mean`, [groups * units], 0),
              variance: scope.buffer(`${name}.variance`, [groups * units], 1),
            }
          : null,
        site: scope.dropoutSite(),
        wide,
      };
      width = units;
      sources = groups;
      return layer;
    });
    this.output = { groups, width };
  }

  /** Weights of the first layer: what it makes of each part of its input. */
  get first(): Parameter {
    return this.layers[0]!.W;
  }

  /**
   * [B, input.groups·input.width] → [B, groups·width of the last layer]
   * @param behind what is made of each layer's output, [B, groups·d], before the next layer reads it
   */
  forward(x: Stream, pass: Pass, behind: (h: Tensor) => Tensor = (h) => h): Stream {
    let h = x.t;
    for (const layer of this.layers) {
      const [W, b] = [pass.weight(layer.W), pass.weight(layer.b)];
      if (layer.norm) {
        const { gamma, beta, mean, variance } = layer.norm;
        h = (layer.wide ? dense : groupedDense)(h, W, b);
        h = relu(pass.batchNorm(h, gamma, beta, mean, variance));
      } else h = (layer.wide ? denseRelu : groupedDenseRelu)(h, W, b);
      h = behind(pass.dropout(h, this.options.dropout, layer.site));
    }
    return { ...this.output, t: h };
  }
}

/** Every task's own copy: a shared vector is repeated, per-task vectors pass. */
export function perTask(x: Stream, tasks: number): Stream {
  return x.groups === tasks ? x : { t: repeatGroups(x.t, tasks), groups: tasks, width: x.width };
}
