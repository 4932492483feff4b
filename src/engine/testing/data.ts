/** Small data sets for tests of the engine. */
import type { Dataset } from '../../data/dataset';
import { hash32, Rng } from '../../data/random';

export interface TinyOptions {
  readonly rows?: number;
  readonly trainRows?: number;
  readonly tasks?: readonly { readonly name: string; readonly parent: number | null }[];
  readonly vocabularies?: readonly number[];
  readonly numericals?: number;
  readonly seed?: number;
}

/** A funnel (or tree) that can be learned: events depend on the first numerical and the first category. */
export function tinyData(options: TinyOptions = {}): Dataset {
  const {
    rows = 400,
    trainRows = Math.floor(rows * 0.75),
    tasks = [
      { name: 'click', parent: null },
      { name: 'conversion', parent: 0 },
    ],
    vocabularies = [5, 3],
    numericals = 4,
    seed = 1,
  } = options;
  const C = vocabularies.length;
  const M = numericals;
  const K = tasks.length;
  const rng = new Rng(hash32(seed, 77));
  const categorical = new Int32Array(rows * C);
  const numerical = new Float32Array(rows * M);
  const labels = new Uint8Array(rows * K);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < C; c++) categorical[r * C + c] = Math.floor(rng.uniform() * vocabularies[c]!);
    for (let m = 0; m < M; m++) numerical[r * M + m] = rng.normal();
    for (let k = 0; k < K; k++) {
      const parent = tasks[k]!.parent;
      const possible = parent === null || labels[r * K + parent] === 1;
      const signal = (M > 0 ? numerical[r * M + (k % M)]! : 0) + (C > 0 ? categorical[r * C]! - 2 : 0) * 0.4;
      labels[r * K + k] = possible && rng.uniform() < 1 / (1 + Math.exp(-signal)) ? 1 : 0;
    }
  }
  return {
    schema: {
      categorical: vocabularies.map((vocabulary, i) => ({ name: `c${i}`, vocabulary })),
      numerical: Array.from({ length: M }, (_, i) => `n${i}`),
      tasks,
      group: null,
    },
    source: { kind: 'simulated', title: 'tiny', detail: 'made for a test' },
    fingerprint: `tiny-${seed}-${rows}`,
    rows,
    trainRows,
    categorical,
    numerical,
    labels,
    weights: new Float32Array(rows).fill(1),
    groups: Uint32Array.from({ length: rows }, (_, i) => i),
    rowIds: Uint32Array.from({ length: rows }, (_, i) => i),
  };
}
