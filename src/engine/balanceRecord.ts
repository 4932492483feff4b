/** What a balancer did, as rows of a frame and as probes: for whoever watches. */

import type { ProbeReading } from '../pipeline/run';
import { blocksOf } from '../pipeline/schema';
import type { Model } from './assemble';
import type { BalanceReading } from './balance';

/** Cosines above the diagonal: (1,2), (1,3), … (K−1,K). */
const pairs = (cosine: readonly (readonly (number | null)[])[]): number[] =>
  cosine.flatMap((row, j) => row.slice(j + 1).map((x) => x ?? Number.NaN));

/** Whether the balancer says more than the user's own weights: its spec names what it publishes. */
const speaks = ({ pipeline }: Model): boolean => {
  const { spec } = blocksOf(pipeline).find(({ pillar }) => pillar === 'balancer')!;
  return Object.keys(spec.probes).length > 0;
};

/** Rows of a frame (`balance` of a RunEvent), or null for a balancer that publishes nothing. */
export function balanceRows(
  model: Model,
  steps: readonly { readonly step: number; readonly balance: BalanceReading }[],
): Float64Array | null {
  if (!speaks(model)) return null;
  return Float64Array.from(
    steps.flatMap(({ step, balance: { weights, norms, cosine } }) => [
      step,
      ...weights,
      ...(norms ?? []),
      ...(cosine ? pairs(cosine) : []),
    ]),
  );
}

/** The last step's weights [K], norms [K] and cosines [K, K] as probes of the block `balancer`. */
export function balanceProbes(model: Model, step: number, reading: BalanceReading | null): ProbeReading[] {
  if (!reading || !speaks(model)) return [];
  const K = model.tasks.length;
  const rows = model.pipeline.training.batch;
  const probe = (name: string, shape: readonly number[], values: readonly number[]): ProbeReading => ({
    step,
    block: 'balancer',
    name,
    shape,
    cohorts: [{ name: 'last step', rows, mean: Float32Array.from(values) }],
  });
  const { weights, norms, cosine } = reading;
  const found = [probe('weights', [K], weights)];
  if (norms) found.push(probe('norms', [K], norms));
  if (cosine)
    found.push(
      probe(
        'cosine',
        [K, K],
        cosine.flat().map((x) => x ?? Number.NaN),
      ),
    );
  return found;
}
