/** Clicks and conversions without features: what tests of metrics judge predictions on. */
import type { Dataset } from '../../data/dataset';
import type { Task } from '../../pipeline/schema';
import { type OutputSpace, outputSpaces } from '../../pipeline/spaces';

/** A task with weights of 1. */
export const task = (id: string, metric: string, parent: string | null): Task => ({
  id,
  label: id,
  metric,
  parent,
  lossWeight: 1,
  positiveWeight: 1,
});

/** A click, and a conversion that needs one. */
export const TASKS: readonly Task[] = [task('click', 'CTR', null), task('conversion', 'CTCVR', 'click')];

/** Their columns: CTR, CTCVR, CVR. */
export const SPACES: readonly OutputSpace[] = outputSpaces(TASKS);

/** What a row is; the others of a data set follow. */
interface Rows {
  readonly trainRows: number;
  /** [N·2] click, conversion. */
  readonly labels: ArrayLike<number>;
  /** [N] */
  readonly weights: Float32Array;
  /** [N·2] true probabilities. */
  readonly probabilities: ArrayLike<number>;
  /** [N] weights of label-free metrics; 1 unless they are given. */
  readonly featureWeights?: Float32Array;
}

/** A data set of such rows, each a group of its own. */
export function clicksData({ trainRows, labels, weights, probabilities, featureWeights }: Rows): Dataset {
  const rows = weights.length;
  const numbers = Uint32Array.from({ length: rows }, (_, i) => i);
  return {
    schema: {
      categorical: [],
      numerical: [],
      tasks: [
        { name: 'click', parent: null },
        { name: 'conversion', parent: 0 },
      ],
      group: null,
    },
    source: { kind: 'simulated', title: 'clicks', detail: 'made for a test' },
    fingerprint: 'clicks',
    rows,
    trainRows,
    categorical: new Int32Array(0),
    numerical: new Float32Array(0),
    labels: Uint8Array.from(labels),
    weights,
    groups: numbers.slice(),
    rowIds: numbers,
    truth: {
      probabilities: Float32Array.from(probabilities),
      featureWeights: featureWeights ?? new Float32Array(rows).fill(1),
    },
  };
}
