/** The rows that the bench trains on: made up, since a step takes the same time whatever the numbers say. */
import type { Dataset } from '../src/data/dataset';
import { Rng } from '../src/data/random';

export const CATEGORICAL = 16;
export const VOCABULARY = 1000;
export const NUMERICAL = 63;

/** Clicks and purchases on 16 categorical columns of 1,000 values and 63 numerical ones. */
export function benchData(rows: number): Dataset {
  const rng = new Rng(20_26);
  const names = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
  const categorical = new Int32Array(rows * CATEGORICAL);
  for (let i = 0; i < categorical.length; i++) categorical[i] = Math.floor(rng.uniform() * VOCABULARY);
  const numerical = new Float32Array(rows * NUMERICAL);
  for (let i = 0; i < numerical.length; i++) numerical[i] = rng.normal();
  const labels = new Uint8Array(rows * 2);
  for (let r = 0; r < rows; r++) {
    const taste = numerical[r * NUMERICAL]! + (categorical[r * CATEGORICAL]! % 7) / 4 - 1;
    const click = rng.uniform() < 1 / (1 + Math.exp(-taste));
    labels[2 * r] = click ? 1 : 0;
    labels[2 * r + 1] = click && rng.uniform() < 0.3 ? 1 : 0;
  }
  return {
    schema: {
      categorical: names('c', CATEGORICAL).map((name) => ({ name, vocabulary: VOCABULARY })),
      numerical: names('n', NUMERICAL),
      tasks: [
        { name: 'click', parent: null },
        { name: 'conversion', parent: 0 },
      ],
      group: null,
    },
    source: { kind: 'simulated', title: 'bench', detail: 'made up' },
    fingerprint: `bench-${rows}`,
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
