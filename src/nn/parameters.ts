/** What a model owns: parameters laid out in one flat vector, running statistics, and the pass that hands them to blocks. */
import { dropoutMask, dropoutNumbers, fillInitial, type Init } from './draws';
import { embedFeatures } from './embed';
import { fastDropout } from './kernels/columns';
import { batchNormEvaluation, batchNormTraining } from './norm';
import type { StepTimer } from './stepTimer';
import { type Tensor, tf } from './tensor';
import type { Cuts, Open } from './wires';

/** Which rows of a table an example reads: row offsets[j] + its code in column columns[j], for each j of J. */
export interface RowReading {
  /** Columns of the data's codes; one may stand there several times, with other rows. */
  readonly columns: readonly number[];
  /** Rising. */
  readonly offsets: readonly number[];
}

/** One trainable tensor, a slice of the flat parameter vector. */
export interface Parameter {
  readonly index: number;
  /** Full name, e.g. `towers.layer1.Wqkv`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Which symbol of the block's equation it is, with orientation. */
  readonly symbol: string;
  readonly init: Init;
  readonly offset: number;
  readonly size: number;
  /** Of a table [V, d]: a batch reads few of its rows, and all others have no gradient. */
  readonly reads?: RowReading;
}

/** Running statistics: not trained, but part of a snapshot. */
export interface RunningBuffer {
  readonly index: number;
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: number;
  readonly offset: number;
  readonly size: number;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The layout of a model's flat vectors; blocks add to it while they are assembled. */
export class Layout {
  readonly parameters: Parameter[] = [];
  readonly buffers: RunningBuffer[] = [];
  /** Number of trainable numbers, P. */
  size = 0;
  bufferSize = 0;
  private sites = 0;

  addParameter(
    name: string,
    shape: readonly number[],
    init: Init,
    symbol: string,
    reads?: RowReading,
  ): Parameter {
    if (this.parameters.some((p) => p.name === name)) throw new Error(`Two parameters are named ${name}.`);
    const parameter: Parameter = {
      index: this.parameters.length,
      name,
      shape,
      symbol,
      init,
      offset: this.size,
      size: sizeOf(shape),
      ...(reads && { reads }),
    };
    this.parameters.push(parameter);
    this.size += parameter.size;
    return parameter;
  }

  addBuffer(name: string, shape: readonly number[], initial: number): RunningBuffer {
    const buffer = {
      index: this.buffers.length,
      name,
      shape,
      initial,
      offset: this.bufferSize,
      size: sizeOf(shape),
    };
    this.buffers.push(buffer);
    this.bufferSize += buffer.size;
    return buffer;
  }

  /** A number that tells one dropout from all others in the model. */
  nextSite(): number {
    return this.sites++;
  }

  /** Initial parameters, [P]. */
  initialParameters(seed: number): Float32Array {
    const flat = new Float32Array(this.size);
    for (const p of this.parameters) {
      fillInitial(flat.subarray(p.offset, p.offset + p.size), p.init, seed, p.name);
    }
    return flat;
  }

  initialBuffers(): Float32Array {
    const flat = new Float32Array(this.bufferSize);
    for (const b of this.buffers) flat.fill(b.initial, b.offset, b.offset + b.size);
    return flat;
  }
}

/** The part of a layout that one block fills; names are prefixed by the block's path. */
export class Scope {
  constructor(
    private readonly layout: Layout,
    private readonly path: string,
  ) {}

  /**
   * @param name name within the block, as in docs/WEIGHTS.md
   * @param symbol which symbol of the equation it is, with orientation
   */
  parameter(name: string, shape: readonly number[], init: Init, symbol: string): Parameter {
    return this.layout.addParameter(`${this.path}.${name}`, shape, init, symbol);
  }

  /**
   * A table whose rows are looked up by the codes of an example; `Pass.embed` reads it.
   * @param shape [V, d]
   * @param reads the rows of an example
   */
  table(name: string, shape: readonly number[], init: Init, symbol: string, reads: RowReading): Parameter {
    return this.layout.addParameter(`${this.path}.${name}`, shape, init, symbol, reads);
  }

  buffer(name: string, shape: readonly number[], initial: number): RunningBuffer {
    return this.layout.addBuffer(`${this.path}.${name}`, shape, initial);
  }

  dropoutSite(): number {
    return this.layout.nextSite();
  }

  /** A part of the block, whose names begin with `part` and a dot. */
  within(part: string): Scope {
    return new Scope(this.layout, `${this.path}.${part}`);
  }
}

export interface PassOptions {
  readonly training: boolean;
  readonly seed: number;
  readonly step: number;
  /**
   * By parameter index, for tables of which the pass has the rows of its batch alone (rows.ts): which of them stands at
   * each place, [B, J] int32.
   */
  readonly places?: ReadonlyMap<number, Tensor>;
  /** Wires that this pass cuts; never in training. */
  readonly cuts?: Cuts;
  /** Wants the named tensors that blocks publish. */
  readonly onProbe?: (block: string, name: string, value: Tensor, shape: readonly number[]) => void;
  /** Times the step whose pass this is. */
  readonly timer?: StepTimer | null;
  /** Receives each block's output in order; used to find where a number first stopped being finite. */
  readonly onOutput?: (block: string, value: Tensor) => void;
}

/** Weights by which a block reads, as a pass has them. */
export interface Wires {
  /** Which of them stay, row-major in their shape, or null for all: a block honours it. */
  readonly open: Open;
  /** Publishes them as they were used. @param value [B, …shape] */
  readonly publish: (value: () => Tensor) => void;
}

/** One forward pass: where blocks find their weights, dropout, running statistics and probes. */
export class Pass {
  /** New values of running statistics after a training pass, by buffer index; owned by whoever runs the pass. */
  readonly updates = new Map<number, Tensor>();

  constructor(
    private readonly weights: readonly Tensor[],
    private readonly buffers: readonly Tensor[],
    readonly options: PassOptions,
  ) {}

  /** The parameter's value in its own shape. */
  weight(p: Parameter): Tensor {
    return this.weights[p.index]!;
  }

  /**
   * Rows of a table side by side, then numbers: [B, J·d + M].
   * @param table declared by `Scope.table`
   * @param codes [B, C] int32, all columns of the data
   * @param numbers [B, M], or null
   */
  embed(table: Parameter, codes: Tensor, numbers: Tensor | null): Tensor {
    const reads = table.reads;
    if (!reads) throw new Error(`${table.name} is not declared as a table.`);
    const value = this.weight(table);
    const places = this.options.places?.get(table.index);
    if (places) return embedFeatures(value, places, new Array<number>(reads.offsets.length).fill(0), numbers);
    return embedFeatures(value, columnsOf(codes, reads.columns), reads.offsets, numbers);
  }

  /** This pass, in which parameters have the values that `change` makes of them; running statistics still go to this one. */
  withWeights(change: (p: Parameter, value: Tensor) => Tensor): Pass {
    return Object.create(this, {
      weight: { value: (p: Parameter) => change(p, this.weight(p)) },
    }) as Pass;
  }

  /** Inverted dropout in training; the identity in evaluation or at rate 0. */
  dropout(x: Tensor, rate: number, site: number): Tensor {
    if (!this.options.training || rate === 0) return x;
    const { seed, step } = this.options;
    const fast = fastDropout(x, dropoutNumbers(rate, seed, step, site));
    return fast ?? tf.mul(x, tf.tensor(dropoutMask(x.size, rate, seed, step, site), x.shape));
  }

  /**
   * Batch normalisation: the batch's moments in training (running ones move by 0.1 towards them, the variance unbiased, as
   * in PyTorch), the running ones in evaluation.
   */
  batchNorm(
    x: Tensor,
    gamma: Parameter,
    beta: Parameter,
    mean: RunningBuffer,
    variance: RunningBuffer,
  ): Tensor {
    const running = { mean: this.buffers[mean.index]!, variance: this.buffers[variance.index]! };
    if (!this.options.training) return batchNormEvaluation(x, this.weight(gamma), this.weight(beta), running);
    const B = x.shape[0]!;
    return batchNormTraining(x, this.weight(gamma), this.weight(beta), (moments) => {
      const move = (index: number, old: Tensor, seen: Tensor) => {
        this.updates.set(index, tf.keep(tf.add(tf.mul(old, 0.9), tf.mul(seen, 0.1))));
      };
      move(mean.index, running.mean, moments.mean);
      move(variance.index, running.variance, tf.mul(moments.variance, B / Math.max(1, B - 1)));
    });
  }

  /**
   * Declares weights by which a block reads others, under the name of their probe: what a pass cuts of them is told here, and
   * what they are is published here.
   * @param shape without the batch axis
   */
  wires(block: string, name: string, shape: readonly number[]): Wires {
    return {
      open: this.options.cuts?.of(block, name, shape) ?? null,
      publish: (value) => this.probe(block, name, value, shape),
    };
  }

  /**
   * Publishes a small tensor for whoever looks; nothing is computed while nobody does.
   * @param value [B, …shape]
   * @param shape its shape without the batch axis
   */
  probe(block: string, name: string, value: () => Tensor, shape: readonly number[]): void {
    this.options.onProbe?.(block, name, value(), shape);
  }
}

/** Columns of codes in the order given; the codes themselves where that is all of them. @param codes [B, C] int32 */
function columnsOf(codes: Tensor, columns: readonly number[]): Tensor {
  const all = columns.length === codes.shape[1] && columns.every((c, j) => c === j);
  return all ? codes : tf.gather(codes, tf.tensor1d(columns as number[], 'int32'), 1);
}
