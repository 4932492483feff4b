/** What is read of a row is what the model predicts of it; rows and pages are found by what happened on them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { completePages, judgedPages, takeRows } from '../data/completePages';
import type { Dataset } from '../data/dataset';
import { prepare } from '../data/table';
import { madeUp } from '../data/testing/tables';
import { DEFAULT_FUSIONS } from '../metrics/fusion';
import { openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import type { RowFilter, RowPick } from '../pipeline/rowReading';
import { pipelineSchema } from '../pipeline/schema';
import { RowReader } from './rowReader';
import { Session } from './session';

const ANY = { withEvent: null, without: null };
const ALL: RowFilter = { event: ANY, country: null };
const pipeline = pipelineSchema.parse({
  ...defaultPipeline(),
  bottom: { block: 'mmoe', params: { experts: 3, layers: [8] } },
  towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 1 } },
  training: { ...defaultPipeline().training, steps: 100, batch: 32 },
});

/** A log of whole pages: 150 pages of 5 rows, none left out. */
const whole = (): Dataset => {
  const table = madeUp({ rows: 750, numerical: 6 });
  return prepare({ ...table, weights: table.weights.fill(1) });
};
/** The same with its rows thinned, and 20 complete pages beside it, as a simulated world has. */
const thinned = (): Dataset => {
  const table = madeUp({ rows: 600, numerical: 6, truth: true });
  const pages = madeUp({ rows: 100, numerical: 6, truth: true, seed: 2 });
  return prepare({ ...table, pages: { ...pages, validation: new Uint8Array(100).fill(1) } });
};

let data: Dataset;
let session: Session;
let reader: RowReader;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const use = async (d: Dataset, steps = 5) => {
  session?.dispose();
  data = d;
  session = new Session(pipeline, data);
  for (let i = 0; i < steps; i++) await session.trainStep();
  reader = new RowReader(() => session, turn);
};
const row = (seek: RowPick['seek'], filter = ALL, part: RowPick['part'] = 'validation') =>
  reader.row({ part, filter, seek });
const labelsOf = (r: number) => [
  ...data.labels.subarray((data.trainRows + r) * 2, (data.trainRows + r) * 2 + 2),
];
const predicted = async (r: number, from: Dataset = data) => {
  const { logP, log1mP } = await session.predict([r], undefined, from);
  return { logP: [...logP], log1mP: [...log1mP] };
};

beforeEach(async () => {
  await openWasm(wasmPaths());
  await use(thinned());
});

describe('a row', () => {
  it('has the predictions that Session.predict gives of that row, to the last bit, and its loss', async () => {
    const reading = await row({ kind: 'row', row: 17 });
    const { logP, log1mP } = await predicted(data.trainRows + 17);
    expect(reading.logP).toEqual(logP);
    const labels = labelsOf(17);
    expect(reading.labels).toEqual(labels);
    const loss = labels.reduce((sum, y, k) => sum - (y ? logP[k]! : log1mP[k]!), 0);
    expect(reading.loss).toBeCloseTo(loss, 12);
    expect(reading).toMatchObject({ step: 5, row: 17, rows: data.rows - data.trainRows });
    const at = data.trainRows + 17;
    expect(reading.truth).toEqual([...data.truth!.probabilities.subarray(at * 2, at * 2 + 2)]);
  });

  it('has gates and attention of its own: a batch of one, of which each gate and each reader adds up to 1', async () => {
    const reading = await row({ kind: 'first' });
    expect(reading.probes.map((p) => p.name).sort()).toEqual(['attention', 'gates']);
    for (const { cohorts, shape, step } of reading.probes) {
      expect([cohorts.length, cohorts[0]!.rows, step]).toEqual([1, 1, 5]);
      const width = shape.at(-1)!;
      const { mean } = cohorts[0]!;
      for (let i = 0; i < mean.length; i += width) {
        expect([...mean.subarray(i, i + width)].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
    }
    const other = await row({ kind: 'next', row: reading.row });
    expect(other.probes[0]!.cohorts[0]!.mean).not.toEqual(reading.probes[0]!.cohorts[0]!.mean);
  });

  it('has its columns in words: codes, the raw number that the z-score came from, what is missing', async () => {
    const { columns } = await row({ kind: 'row', row: 3 });
    const at = data.trainRows + 3;
    expect(columns).toHaveLength(8);
    expect(columns[0]).toEqual({
      kind: 'categorical',
      name: 'c1',
      code: data.categorical[at * 2],
      value: null,
    });
    const number = columns[3]!;
    const { mean, scale } = data.scaling!;
    const z = data.numerical[at * 6 + 1]!;
    expect(number).toMatchObject({ kind: 'numerical', name: 'n2', z, raw: mean[1]! + z / scale[1]! });
  });

  it('is found by what happened on it, and next, previous and random stay within that', async () => {
    const bought: RowFilter = { event: { withEvent: 1, without: null }, country: null };
    const first = await row({ kind: 'first' }, bought);
    expect(first.labels).toEqual([1, 1]);
    expect(first.place).toBe(0);
    expect(first.matches).toBe(
      Array.from({ length: first.rows }, (_, r) => labelsOf(r)).filter(([, b]) => b === 1).length,
    );
    const second = await row({ kind: 'next', row: first.row }, bought);
    expect([second.place, second.labels[1]]).toEqual([1, 1]);
    expect((await row({ kind: 'previous', row: second.row }, bought)).row).toBe(first.row);
    // Past the ends it goes round.
    const last = await row({ kind: 'previous', row: first.row }, bought);
    expect(last.place).toBe(first.matches - 1);
    expect((await row({ kind: 'next', row: last.row }, bought)).row).toBe(first.row);
    const random = await row({ kind: 'random', seed: 4 }, bought);
    expect(random.labels).toEqual([1, 1]);
    expect((await row({ kind: 'random', seed: 4 }, bought)).row).toBe(random.row);
    const only: RowFilter = { event: { withEvent: 0, without: 1 }, country: null };
    expect((await row({ kind: 'first' }, only)).labels).toEqual([1, 0]);
    const without: RowFilter = { event: { withEvent: null, without: 0 }, country: null };
    expect((await row({ kind: 'first' }, without)).labels).toEqual([0, 0]);
  });

  it('that surprises most has the largest loss of all', async () => {
    const losses: number[] = [];
    for (let r = 0; r < data.rows - data.trainRows; r++)
      losses.push((await row({ kind: 'row', row: r })).loss);
    const sorted = [...losses].sort((a, b) => b - a);
    expect((await row({ kind: 'surprising', rank: 0 })).loss).toBeCloseTo(sorted[0]!, 5);
    expect((await row({ kind: 'surprising', rank: 3 })).loss).toBeCloseTo(sorted[3]!, 5);
  });

  it('that is not there is refused in a sentence', async () => {
    await expect(row({ kind: 'row', row: 9999 })).rejects.toThrow(/There are \d+ rows/);
    await expect(row({ kind: 'first' }, { event: ANY, country: 1 })).rejects.toThrow(/tells the market/);
    await expect(row({ kind: 'first' }, ALL, 'redrawn')).rejects.toThrow(/validation part/);
    const none = whole();
    await use({ ...none, labels: new Uint8Array(none.labels.length) });
    await expect(
      row({ kind: 'first' }, { event: { withEvent: 1, without: null }, country: null }),
    ).rejects.toThrow(/No row matches/);
  });

  it('leaves the run as it was', async () => {
    const before = (await session.snapshot()).parameters;
    await row({ kind: 'surprising', rank: 0 });
    await reader.fusions({ fusions: [DEFAULT_FUSIONS.last], k: 5 });
    expect((await session.snapshot()).parameters).toEqual(before);
  });
});

describe('a page', () => {
  it('of a simulated world is one of those drawn whole, with the predictions and the truth of its rows', async () => {
    const page = await reader.page({ kind: 'page', page: 2 });
    expect(page).toMatchObject({ part: 'pages', page: 2, pages: 20, size: 5, step: 5 });
    expect(new Set(page.rows.map((r) => data.pages!.groups[r]!))).toEqual(new Set([page.group]));
    const { logP } = await predicted(page.rows[1]!, data.pages!);
    expect([...page.logP.subarray(2, 4)]).toEqual(logP.map((v) => expect.closeTo(v, 6)));
    expect(page.truth).toHaveLength(10);
    const bought = await reader.page({ kind: 'next', page: -1, event: 1 });
    expect(bought.labels.filter((_, i) => i % 2 === 1)).toContain(1);
    expect((await row({ kind: 'row', row: page.rows[0]! }, ALL, 'pages')).page).toEqual({ kind: 'here' });
  });

  it('of a row that was sampled is drawn again, and read as it is handed in', async () => {
    expect((await row({ kind: 'first' })).page).toEqual({ kind: 'redraw' });
    const given = takeRows(data.pages!, Uint32Array.of(5, 6, 7));
    const page = await reader.page({ kind: 'given', data: given });
    expect(page).toMatchObject({ part: 'redrawn', page: null, size: 3 });
    const { logP } = await predicted(6, data.pages!);
    expect([...page.logP.subarray(2, 4)]).toEqual(logP.map((v) => expect.closeTo(v, 6)));
    expect((await reader.page({ kind: 'last given' })).ids).toEqual(page.ids);
    expect((await row({ kind: 'row', row: 1 }, ALL, 'redrawn')).id).toBe(page.ids[1]);
  });

  it('of a log whose rows are all there is its group, and a row finds its own', async () => {
    await use(whole());
    const reading = await row({ kind: 'row', row: 7 });
    expect(reading.page).toEqual({ kind: 'here' });
    const page = await reader.page({ kind: 'group', group: reading.group! });
    expect(page.part).toBe('validation');
    expect(page.rows).toContain(7);
    expect(page.truth).toBeNull();
  });

  it('is refused where rows were left out one by one, and where no column groups them', async () => {
    const { pages: _, ...alone } = thinned();
    await use(alone);
    const { page } = await row({ kind: 'first' });
    expect(page).toMatchObject({ kind: 'none', reason: expect.stringContaining('left out one by one') });
    await expect(reader.page({ kind: 'page', page: 0 })).rejects.toThrow(/left out one by one/);
    await expect(reader.fusions({ fusions: [DEFAULT_FUSIONS.first], k: 5 })).rejects.toThrow(/left out/);
    await use({ ...alone, schema: { ...alone.schema, group: null } });
    await expect(reader.pages()).rejects.toThrow(/role “group”/);
  });
});

describe('all pages', () => {
  it('are judged under each fusion; the fusion of CTCVR alone agrees with the metrics of that output', async () => {
    const { first, last, sum } = DEFAULT_FUSIONS;
    const reading = await reader.fusions({ fusions: [first, last, sum], k: 10 });
    expect(reading).toMatchObject({ step: 5, pages: 20, rows: 100 });
    const { pages } = await reader.pages();
    for (const [fusion, space] of [
      [0, 'click'],
      [1, 'conversion'],
    ] as const) {
      const wanted = pages.spaces.find((s) => s.space === space)!;
      const found = reading.judged[fusion]!.events[fusion]!;
      const { ndcg } = found.labels;
      expect(ndcg.metric.ok && ndcg.metric.value).toBeCloseTo(
        wanted.labels.ndcg.ok ? wanted.labels.ndcg.value : -1,
        9,
      );
      const truth = found.truth!.recall.metric;
      const other = wanted.truth!.recall;
      expect(truth.ok && truth.value).toBeCloseTo(other.ok ? other.value : -1, 9);
    }
  });

  it('can be stopped, and give way to a run that goes on', async () => {
    const stopped = reader.pages();
    reader.cancel();
    await expect(stopped).rejects.toThrow(/Stopped/);
    const overtaken = reader.fusions({ fusions: [DEFAULT_FUSIONS.first], k: 5 });
    await session.trainStep();
    await expect(overtaken).rejects.toThrow(/went on/);
  });

  it('of a log are at most 1,000, the same every time', () => {
    const many = prepare({
      ...madeUp({ rows: 24_000, page: 4, numerical: 1, categorical: 1 }),
      weights: new Float32Array(24_000).fill(1),
    });
    const found = completePages(many);
    expect(found.ok && found.pages.length).toBeGreaterThan(1000);
    const judged = judgedPages(many)!;
    expect(new Set(judged.groups).size).toBe(1000);
    expect(judged.rows).toBe(4000);
    expect(judgedPages(many)!.rowIds).toEqual(judged.rowIds);
  });
});
