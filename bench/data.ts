/** The rows that the bench trains on: made up, since a step takes the same time whatever the numbers say. */
import type { Dataset } from '../src/data/dataset';
import { Rng } from '../src/data/random';

export const CATEGORICAL = 16;
export const VOCABULARY = 1000;
export const NUMERICAL = 63;

export interface BenchDataOptions {
  /** Values of each of the 16 categorical columns. */
  readonly vocabulary?: number;
  readonly tasks?: number;
}

/** Names of the label columns: those of the default pipeline first. */
export const taskName = (k: number): string => ['click', 'conversion'][k] ?? `event${k + 1}`;

/**
 * Events on 16 categorical columns and 63 numerical ones. The first is a click; every other one needs it.
 * @param rows of which the last 1,024 are the validation part
 */
export function benchData(
  rows: number,
  { vocabulary = VOCABULARY, tasks = 2 }: BenchDataOptions = {},
): Dataset {
  const rng = new Rng(20_26);
  const names = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
  const categorical = new Int32Array(rows * CATEGORICAL);
  for (let i = 0; i < categorical.length; i++) categorical[i] = Math.floor(rng.uniform() * vocabulary);
  const numerical = new Float32Array(rows * NUMERICAL);
  for (let i = 0; i < numerical.length; i++) numerical[i] = rng.normal();
  const labels = new Uint8Array(rows * tasks);
  for (let r = 0; r < rows; r++) {
    const taste = numerical[r * NUMERICAL]! + (categorical[r * CATEGORICAL]! % 7) / 4 - 1;
    const click = rng.uniform() < 1 / (1 + Math.exp(-taste));
    labels[tasks * r] = click ? 1 : 0;
    for (let k = 1; k < tasks; k++) labels[tasks * r + k] = click && rng.uniform() < 0.3 ? 1 : 0;
  }
  return {
    schema: {
      categorical: names('c', CATEGORICAL).map((name) => ({ name, vocabulary })),
      numerical: names('n', NUMERICAL),
      tasks: Array.from({ length: tasks }, (_, k) => ({ name: taskName(k), parent: k === 0 ? null : 0 })),
      group: null,
    },
    source: { kind: 'simulated', title: 'bench', detail: 'made up' },
    fingerprint: `bench-${rows}-${vocabulary}-${tasks}`,
    rows,
    trainRows: rows - 1024,
    categorical,
    numerical,
    labels,
    weights: new Float32Array(rows).fill(1),
    groups: Uint32Array.from({ length: rows }, (_, i) => i),
    rowIds: Uint32Array.from({ length: rows }, (_, i) => i),
  };
}
