/** Batches: which rows learn from whose labels, and that all of it follows from seed and step. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../nn';
import { defaultPipeline } from '../pipeline/defaults';
import { Batcher, disposeBatch } from './batches';
import { tinyData } from './testing/data';

const data = tinyData({ rows: 6000 });
const SIZE = 4000;

/** Labels [B][K], weights [B] and codes of a step's batch. */
function read(noise: number, step = 3, seed = 5) {
  const batch = new Batcher(data, defaultPipeline(), SIZE, seed).training(step, noise);
  const labels = batch.labels.arraySync() as number[][];
  const weights = (batch.weights.arraySync() as number[][]).map(([w]) => w!);
  const codes = [...batch.codes];
  disposeBatch(batch);
  return { labels, weights, codes };
}

const changed = (a: number[][], b: number[][]) => a.flatMap((y, i) => (`${y}` === `${b[i]}` ? [] : [i]));

describe('label noise', () => {
  beforeAll(() => openCpu());

  it('leaves features and their order alone, and changes nothing at 0', () => {
    const clean = read(0);
    expect(read(0.5).codes).toEqual(clean.codes);
    const plain = new Batcher(data, defaultPipeline(), SIZE, 5).training(3);
    expect(plain.labels.arraySync()).toEqual(clean.labels);
    disposeBatch(plain);
  });

  it('is a function of seed and step', () => {
    const noisy = read(1);
    expect(read(1).labels).toEqual(noisy.labels);
    expect(changed(read(1, 4).labels, noisy.labels).length).toBeGreaterThan(0);
    expect(changed(read(1, 3, 6).labels, noisy.labels).length).toBeGreaterThan(0);
  });

  it('takes all labels of another row: a purchase stays a click, and the base rates stay', () => {
    const clean = read(0);
    const noisy = read(1);
    for (const [click, purchase] of noisy.labels) expect(purchase!).toBeLessThanOrEqual(click!);
    const share = ({ labels, weights }: typeof clean) =>
      labels.reduce((n, [click], i) => n + click! * weights[i]!, 0) / weights.reduce((n, w) => n + w, 0);
    // Four standard errors of a difference of two shares over 4,000 rows each.
    const p = share(clean);
    expect(Math.abs(share(noisy) - p)).toBeLessThan(4 * Math.sqrt((2 * p * (1 - p)) / SIZE));
    // Labels say nothing of the row any more: p² + (1−p)² of the clicks agree by chance.
    const agree = SIZE - changed(clean.labels, noisy.labels).length;
    expect(agree / SIZE).toBeLessThan(1 - p * (1 - p));
  });

  it('replaces with a larger share whatever a smaller one does, and about as many rows as it says', () => {
    const clean = read(0);
    const few = read(0.2);
    const many = read(0.6);
    const byFew = changed(clean.labels, few.labels);
    const byMany = changed(clean.labels, many.labels);
    const all = changed(clean.labels, read(1).labels);
    expect(byFew.every((i) => `${few.labels[i]}` === `${many.labels[i]}`)).toBe(true);
    // Of the rows whose other row has other labels, the share that has gone over to it.
    const deviation = (share: number) => 4 * Math.sqrt((share * (1 - share)) / all.length);
    expect(Math.abs(byFew.length / all.length - 0.2)).toBeLessThan(deviation(0.2));
    expect(Math.abs(byMany.length / all.length - 0.6)).toBeLessThan(deviation(0.6));
  });
});
