/** The linear layer before a softmax gate: one or several gates on one vector, or on a vector each. */
import { dense, groupedDense, linear } from './dense';
import { zeros } from './draws';
import type { Parameter, Pass, Scope } from './parameters';
import { type Stream, type StreamShape, type Tensor, tf } from './tensor';

export interface GateOptions {
  /** What the gates read: one vector for all of them, or one each. */
  readonly input: StreamShape;
  readonly gates: number;
  /** Experts that each gate chooses among. */
  readonly experts: number;
  readonly bias: boolean;
  /** What W is in the block's equation, e.g. `W_k`. */
  readonly symbol: string;
}

/**
 * ℓ_g = x_g·W_g (+ b_g). Weights: `gate.W` is [F, G·E] where all gates read one vector (gate g in columns g·E …), else
 * [G, F, E]; `gate.b` is [G·E]. They start as torch's Linear does, U(±1/√F), at which the gates are mild.
 */
export class GateLayer {
  private readonly W: Parameter;
  private readonly b: Parameter | null;
  private readonly own: boolean;

  constructor(
    scope: Scope,
    private readonly options: GateOptions,
    name = 'gate',
  ) {
    const { input, gates, experts, bias, symbol } = options;
    if (input.groups !== 1 && input.groups !== gates) {
      throw new Error(`${gates} gates cannot read ${input.groups} vectors.`);
    }
    this.own = input.groups > 1;
    const orientation = this.own
      ? 'gate × input × expert'
      : gates === 1
        ? 'input × expert'
        : 'input × (gate·expert), gate k in columns k·E …';
    this.W = scope.parameter(
      `${name}.W`,
      this.own ? [gates, input.width, experts] : [input.width, gates * experts],
      { kind: 'uniform', limit: 1 / Math.sqrt(input.width) },
      `${symbol}, ${orientation}`,
    );
    this.b = bias
      ? scope.parameter(`${name}.b`, [gates * experts], zeros, `bias of the gates, gate·expert`)
      : null;
  }

  /** [B, groups·F] → [B, gates·experts] */
  logits(x: Stream, pass: Pass): Tensor {
    const W = pass.weight(this.W);
    const b = this.b && pass.weight(this.b);
    if (!this.own) return b ? dense(x.t, W, b) : linear(x.t, W);
    const { gates, experts } = this.options;
    return groupedDense(x.t, W, b ?? tf.zeros([gates * experts]));
  }
}
