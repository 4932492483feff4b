/** What a row costs: floating-point operations of each block's forward pass, counted on the assembled graph as it runs. */
import type { Dataset } from '../data/dataset';
import { marketShifts } from '../data/marketShift';
import { onCpu, Pass, sliceParameters, slices, tf } from '../nn';
import type { BlockCost } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { assemble } from './assemble';
import { Batcher, baseRates, disposeBatch } from './batches';

/** Rows of the pass that is counted: what is done once a batch (a mask a market) is spread over as many. */
const ROWS = 32;

/** Kernels that compute nothing: they move, cut and join numbers, or look them up. */
const MOVES: ReadonlySet<string> = new Set([
  'Cast',
  'Concat',
  'ExpandDims',
  'Fill',
  'GatherV2',
  'Identity',
  'OneHot',
  'OnesLike',
  'Pack',
  'PadV2',
  'Reshape',
  'Slice',
  'SplitV',
  'StridedSlice',
  'Tile',
  'Transpose',
  'Unpack',
  'ZerosLike',
]);

const PRODUCTS: ReadonlySet<string> = new Set(['BatchMatMul', 'MatMul', '_FusedMatMul']);

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The profile has null for an input that was left out, e.g. a bias. */
const present = (shapes: readonly (readonly number[] | null)[]) => shapes.filter((shape) => shape !== null);

/**
 * Operations of one kernel: 2·m·k·n for a product of m×k and k×n, nothing for one that only moves numbers, else one for each
 * number that it reads or writes, whichever are more.
 */
export function operationsOf(
  name: string,
  inputs: readonly (readonly number[])[],
  outputs: readonly (readonly number[])[],
): number {
  if (MOVES.has(name)) return 0;
  const written = outputs.reduce((n, shape) => n + sizeOf(shape), 0);
  const read = inputs.map(sizeOf);
  if (PRODUCTS.has(name)) {
    const [a, b] = inputs as [readonly number[], readonly number[]];
    const batches = Math.max(sizeOf(a.slice(0, -2)), sizeOf(b.slice(0, -2)));
    // Whichever way they are transposed: |A|·|B| = (m·k)·(k·n) = |C|·k², batch by batch.
    const ofA = sizeOf(a.slice(-2));
    const ofB = sizeOf(b.slice(-2));
    const k = written === 0 ? 0 : Math.sqrt((ofA * ofB) / (written / batches));
    return 2 * written * Math.round(k);
  }
  return Math.max(written, ...read);
}

/**
 * Counts on plain JavaScript, whatever backend trains: there every operation is a kernel of its own and none is fused away.
 * @returns one entry a block, in the order in which data flows; the balancer has none
 * @throws Error as `assemble`
 */
export async function forwardCost(pipeline: Pipeline, data: Dataset): Promise<BlockCost[]> {
  const { seed } = pipeline.training;
  const model = assemble(pipeline, data.schema, baseRates(pipeline, data), () => marketShifts(data));
  const { layout } = model;
  const rows = Math.min(ROWS, data.trainRows);
  const batcher = new Batcher(data, pipeline, rows, seed);
  const kernels = () => tf.engine().state.activeProfile.kernels.length;
  /** Number of kernels that had run when each block was done. */
  const ends: number[] = [];
  const { kernels: ran } = await tf.profile(() =>
    onCpu(() =>
      tf
        .tidy(() => {
          const batch = batcher.gather(Uint32Array.from({ length: rows }, (_, i) => i));
          const parameters = tf.tensor1d(layout.initialParameters(seed));
          const weights = sliceParameters(layout, parameters);
          const buffers = slices(layout.buffers, tf.tensor1d(layout.initialBuffers()));
          const begin = kernels();
          ends.push(begin);
          const options = { training: false, seed, step: 0, onOutput: () => void ends.push(kernels()) };
          model.forward(batch.features, new Pass(weights, buffers, options)).entire.logP();
          ends.push(kernels());
          disposeBatch(batch);
          return tf.scalar(0);
        })
        .dispose(),
    ),
  );
  return model.blocks.map(({ path }, b) => {
    const mine = ran.slice(ends[b], ends[b + 1]);
    const flops = mine.reduce(
      (n, { name, inputShapes, outputShapes }) =>
        n + operationsOf(name, present(inputShapes), present(outputShapes)),
      0,
    );
    return { path, flops: Math.round(flops / rows) };
  });
}
