/** Gradients of the tasks on shared parameters, layer by layer, each number with how far it would move on other rows. */
import type { GradientReading, Measured, Pull } from '../pipeline/run';
import { type Agreement, agreements, type ConflictSource, taskGradients } from './conflict';
import type { Stretch } from './stretches';

/** Parts of the rows over which the standard errors are found. */
const PARTS = 8;

/** Where a layer's numbers lie in the flat vector. */
interface Layer extends Stretch {
  readonly block: string;
  readonly title: string;
  readonly name: string;
}

/** Layers of a model: neighbouring parameters whose names differ in their last part alone, e.g. W and b. */
export function layersOf({ model }: Pick<ConflictSource, 'model'>): Layer[] {
  const layers: Layer[] = [];
  for (const { name, offset, size } of model.layout.parameters) {
    const block = model.blocks.find(({ path }) => name.startsWith(`${path}.`));
    if (!block) continue;
    const inside = name.slice(block.path.length + 1);
    const layer = inside.includes('.') ? inside.slice(0, inside.lastIndexOf('.')) : inside;
    const before = layers.at(-1);
    if (before && before.block === block.path && before.name === layer && before.to === offset) {
      layers[layers.length - 1] = { ...before, to: offset + size };
    } else {
      layers.push({ block: block.path, title: block.title, name: layer, from: offset, to: offset + size });
    }
  }
  return layers;
}

/** Jackknife: what is found on all rows, and its standard error from leaving out one part after the other. */
function measured<T>(all: T, without: readonly T[], f: (of: T) => number | null): Measured | null {
  const value = f(all);
  const each = without.map(f);
  if (value === null || !Number.isFinite(value) || each.some((x) => x === null || !Number.isFinite(x)))
    return null;
  const n = each.length;
  const mean = each.reduce((sum: number, x) => sum + x!, 0) / n;
  const variance = ((n - 1) / n) * each.reduce((sum: number, x) => sum + (x! - mean) ** 2, 0);
  return { value, se: Math.sqrt(variance) };
}

/** @param without the same with one part of the rows left out, for each part */
function pullOf(all: Agreement, without: readonly Agreement[], weights: readonly number[]): Pull {
  const tasks = all.norms.map((_, k) => k);
  const pairs = (f: (of: Agreement, j: number, k: number) => number | null) =>
    tasks.map((j) => tasks.map((k) => measured(all, without, (of) => f(of, j, k))));
  return {
    shared: all.shared,
    cosine: pairs((of, j, k) => of.cosine[j]![k]!),
    logRatio: pairs((of, j, k) => Math.log(of.norms[j]! / of.norms[k]!)),
    norms: all.norms,
    progress: tasks.map((k) =>
      measured(all, without, (of) => {
        const own = weights[k]! * of.norms[k]! ** 2;
        return own > 0 ? tasks.reduce((sum, j) => sum + weights[j]! * of.dots[k]![j]!, 0) / own : null;
      }),
    ),
  };
}

/**
 * Reads gradients over the rows, in parts that each take every eighth row.
 * Noise of few rows draws cosines towards that of the noise and lengthens norms; the standard errors say how much a reading
 * moves with the rows, and no more.
 * @param weights [K] c_k in the loss
 * @param onChunk is awaited between chunks
 * @throws Error where there are fewer rows than parts
 */
export async function readGradients(
  source: ConflictSource,
  rows: ArrayLike<number>,
  weights: readonly number[],
  onChunk?: () => Promise<void>,
): Promise<Omit<GradientReading, 'positives'>> {
  if (rows.length < PARTS) {
    throw new Error(`Gradients are read in ${PARTS} parts, so at least ${PARTS} training rows are needed.`);
  }
  const K = weights.length;
  const P = source.model.layout.size;
  const parts: { readonly share: number; readonly gradients: Float32Array[] }[] = [];
  const sums = Array.from({ length: K }, () => new Float64Array(P));
  for (let c = 0; c < PARTS; c++) {
    const own = Array.from(rows).filter((_, i) => i % PARTS === c);
    const share = own.length / rows.length;
    const gradients = (await taskGradients(source, own, onChunk)).map((g) => Float32Array.from(g));
    parts.push({ share, gradients });
    gradients.forEach((g, k) => {
      const sum = sums[k]!;
      for (let p = 0; p < P; p++) sum[p]! += share * g[p]!;
    });
  }
  const layers = layersOf(source);
  const all = agreements(sums, layers);
  const without: (typeof all)[] = [];
  const rest = sums.map(() => new Float64Array(P));
  for (const { share, gradients } of parts) {
    rest.forEach((numbers, k) => {
      const sum = sums[k]!;
      const part = gradients[k]!;
      for (let p = 0; p < P; p++) numbers[p] = (sum[p]! - share * part[p]!) / (1 - share);
    });
    without.push(agreements(rest, layers));
    await onChunk?.();
  }
  const pull = (of: (found: typeof all) => Agreement) => pullOf(of(all), without.map(of), weights);
  return {
    step: source.step,
    rows: rows.length,
    weights,
    overall: all.overall.shared > 0 ? pull((found) => found.overall) : null,
    layers: layers.flatMap(({ block, title, name }, i) =>
      all.each[i]!.shared > 0 ? [{ block, title, name, ...pull((found) => found.each[i]!) }] : [],
    ),
  };
}
