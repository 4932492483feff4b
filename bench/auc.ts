/** Exact AUC of 200,000 rows × 2 tasks. */
import { Rng } from '../src/data/random';
import { weightedAuc } from '../src/metrics/auc';
import { race } from './measure';

const ROWS = 200_000;

/** Milliseconds, the median over rounds. Labels are as mixed as they can be, about as many of either kind. */
export async function benchAuc(rounds: number): Promise<number> {
  const rng = new Rng(5);
  const tasks = [0, 1].map(() => {
    const scores = Float32Array.from({ length: ROWS }, () => rng.normal());
    const labels = Uint8Array.from(scores, (s) => (rng.uniform() < 1 / (1 + Math.exp(-s)) ? 1 : 0));
    return { scores, labels };
  });
  const weights = new Float32Array(ROWS).fill(1);
  const run = () => {
    for (const { scores, labels } of tasks) weightedAuc(scores, labels, weights);
  };
  const [timing] = await race([{ name: 'auc', run }], rounds, 100);
  return timing!.median;
}
