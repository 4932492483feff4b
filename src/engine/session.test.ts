/** Sessions on wasm: what follows from the seed, what a snapshot carries, what leaks, what a divergence says. */
import { beforeAll, describe, expect, it } from 'vitest';
import { memory, openCpu, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { Session } from './session';
import { tinyData } from './testing/data';

const data = tinyData();

function pipeline(change: Partial<Pipeline> = {}, training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: { block: 'nse', params: { layers: [8, 6], dropout: 0.2 } },
    towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 1, ratio: 1, dropout: 0.1 } },
    ...change,
    training: { ...base.training, steps: 60, batch: 32, evaluateEvery: 20, ...training },
  });
}

const withNorm: Partial<Pipeline> = {
  bottom: { block: 'nse', params: { layers: [8, 6], batchNorm: true } },
  towers: { block: 'mlp', params: { layers: [6], batchNorm: true, dropout: 0.3 } },
};

async function train(session: Session, steps: number): Promise<number[]> {
  for (let i = 0; i < steps; i++) session.trainStep();
  const { steps: rows } = await session.readFrame();
  return [...rows];
}

describe('on wasm', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));

  it('the same seed gives the same losses to the last digit, another seed others', async () => {
    const run = async (seed: number) => {
      const session = new Session(pipeline({}, { seed }), data);
      const rows = await train(session, 12);
      session.dispose();
      return rows;
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it('learns: the loss falls and both AUCs rise well above chance', async () => {
    const session = new Session(pipeline({}, { batch: 256, steps: 80 }), tinyData({ rows: 4000 }));
    const start = await session.evaluate();
    const rows = await train(session, 80);
    const end = await session.evaluate();
    session.dispose();
    const auc = (e: typeof end, i: number) => {
      const { auc } = e.metrics[i]!;
      if (!auc.ok) throw new Error(auc.reason);
      return auc.value;
    };
    expect(rows.at(-3)).toBeLessThan(rows[3]!);
    for (const i of [0, 1]) {
      expect(auc(end, i)).toBeGreaterThan(0.7);
      expect(auc(end, i)).toBeGreaterThan(auc(start, i));
    }
    expect(end.metrics.map((m) => m.space)).toEqual(['click', 'conversion', 'conversion|click']);
  });

  it.each([
    ['attention and dropout', {}],
    ['batch norm', withNorm],
  ] as const)('a run resumed from a snapshot equals one that never stopped (%s)', async (_name, change) => {
    const whole = new Session(pipeline(change), data);
    const rows = await train(whole, 20);
    const half = new Session(pipeline(change), data);
    await train(half, 9);
    const snapshot = await half.snapshot();
    half.dispose();
    expect(snapshot.step).toBe(9);
    const resumed = new Session(pipeline(change), data, structuredClone(snapshot));
    const rest = await train(resumed, 11);
    expect(rest).toEqual(rows.slice(9 * 6));
    expect((await resumed.snapshot()).parameters).toEqual((await whole.snapshot()).parameters);
    expect((await resumed.snapshot()).buffers).toEqual((await whole.snapshot()).buffers);
    whole.dispose();
    resumed.dispose();
  });

  it('refuses a snapshot of other data or of another pipeline, in one sentence', async () => {
    const session = new Session(pipeline(), data);
    const snapshot = await session.snapshot();
    session.dispose();
    expect(() => new Session(pipeline(), tinyData({ seed: 2 }), snapshot)).toThrow(/other data/);
    expect(() => new Session(pipeline(withNorm), data, snapshot)).toThrow(/another pipeline/);
  });

  it('live edits act from the next step on: rate and loss weights', async () => {
    const session = new Session(pipeline({}, { decay: 'none' }), data);
    await train(session, 1);
    session.edit({ learningRate: 0.5, lossWeights: [0, 2] });
    const [, rate, , total, click, purchase] = await train(session, 1);
    expect(rate).toBe(0.5);
    expect(total).toBeCloseTo(2 * purchase!, 6);
    expect(click).toBeGreaterThan(0);
    expect(() => session.edit({ lossWeights: [1] })).toThrow(/2 tasks/);
    session.dispose();
  });

  it('label noise acts from the next step on, and what is edited goes with a snapshot', async () => {
    const run = async (noise: number | null, from?: Awaited<ReturnType<Session['snapshot']>>) => {
      const session = new Session(pipeline(), data, from);
      const rows = await train(session, 2);
      if (noise !== null) session.edit({ labelNoise: noise });
      const later = await train(session, 2);
      const snapshot = await session.snapshot();
      session.dispose();
      return { rows, later, snapshot };
    };
    const clean = await run(null);
    const noisy = await run(1);
    expect(noisy.rows).toEqual(clean.rows);
    expect(noisy.later).not.toEqual(clean.later);
    expect((await run(0)).later).toEqual(clean.later);
    expect(noisy.snapshot.edits).toEqual({ labelNoise: 1 });
    expect((await run(null, noisy.snapshot)).rows).toEqual((await run(1, noisy.snapshot)).rows);
  });

  it('every row of an epoch is seen once, whatever the batch size', async () => {
    const { Batcher } = await import('./batches');
    const batcher = new Batcher(data, pipeline(), 37, 5);
    const seen = new Map<number, number>();
    const steps = Math.ceil((2 * data.trainRows) / 37);
    for (let s = 0, n = 0; s < steps; s++) {
      for (const row of batcher.rowsOf(s)) {
        if (n++ < 2 * data.trainRows) seen.set(row, (seen.get(row) ?? 0) + 1);
      }
    }
    expect(seen.size).toBe(data.trainRows);
    expect([...seen.values()].every((v) => v === 2)).toBe(true);
  });

  it.each([
    ['attention', 2000, {}],
    ['batch norm', 400, withNorm],
  ] as const)(
    'with %s leaks no tensor over %d steps, and the heap stays',
    async (_name, steps, change) => {
      const session = new Session(pipeline(change, { steps: 5000 }), data);
      const round = async () => {
        await train(session, 100);
        await session.evaluate();
        await session.probe(null);
        await session.snapshot();
        return memory();
      };
      await round();
      const first = await round();
      for (let i = 300; i < steps; i += 100) await round();
      const last = await round();
      expect(first.heap).toBeGreaterThan(0);
      expect(last).toEqual(first);
      session.dispose();
    },
    180_000,
  );

  it('frees everything it held', async () => {
    const before = memory().tensors;
    const session = new Session(pipeline(), data);
    await train(session, 3);
    session.trainStep();
    session.dispose();
    expect(memory().tensors).toBe(before);
  });

  it('attention probes: one reading a cohort, rows sum to 1, and it moves', async () => {
    const session = new Session(pipeline(), data);
    const [before] = await session.probe(new Set(['attention']));
    await train(session, 30);
    const [after] = await session.probe(new Set(['attention']));
    expect(after!.shape).toEqual([1, 2, 2, 2]);
    expect(after!.cohorts.map((c) => c.name)).toEqual(['all', 'click', 'purchase']);
    for (const { mean } of after!.cohorts) {
      for (let i = 0; i < mean.length; i += 2) expect(mean[i]! + mean[i + 1]!).toBeCloseTo(1, 5);
    }
    const moved = after!.cohorts[0]!.mean.some((v, i) => Math.abs(v - before!.cohorts[0]!.mean[i]!) > 1e-3);
    expect(moved).toBe(true);
    expect(await session.probe(new Set(['nothing']))).toEqual([]);
    session.dispose();
  });

  it('a divergence names step, block and parameter, and leaves the last finite state', async () => {
    const session = new Session(
      pipeline(withNorm, { optimizer: 'sgd', learningRate: 1, decay: 'none' }),
      data,
    );
    await train(session, 3);
    session.edit({ lossWeights: [1e38, 1e38] });
    for (let i = 0; i < 5; i++) session.trainStep();
    const { divergence, steps } = await session.readFrame();
    expect(divergence).not.toBeNull();
    expect(divergence!.step).toBe(4 + steps.length / 6);
    expect(divergence!.parameter).toMatch(/^(bottom|towers|top|input\.0)\./);
    expect(divergence!.message).toContain(`Step ${divergence!.step} diverged in`);
    expect(session.step).toBe(3);
    expect((await session.snapshot()).parameters.every(Number.isFinite)).toBe(true);
    session.dispose();
  });

  it('a NaN among the inputs is found where it enters', async () => {
    const poisoned = tinyData();
    poisoned.numerical.fill(Number.NaN, 0, 4 * 40);
    const session = new Session(pipeline(withNorm), poisoned);
    for (let i = 0; i < 10; i++) session.trainStep();
    const { divergence } = await session.readFrame();
    expect(divergence?.block).toBe('input.0');
    session.dispose();
  });

  it('three tasks in a tree train, and each conditional column has its parent', async () => {
    const tasks = [
      { name: 'click', parent: null },
      { name: 'cart', parent: 0 },
      { name: 'like', parent: 0 },
    ];
    const base = defaultPipeline().tasks;
    const session = new Session(
      pipeline({
        tasks: [
          base[0]!,
          { ...base[1]!, id: 'cart', label: 'cart', metric: 'CTCART' },
          { ...base[1]!, id: 'like', label: 'like', metric: 'CTLIKE' },
        ],
      }),
      tinyData({ tasks }),
    );
    const rows = await train(session, 5);
    expect(rows.every(Number.isFinite)).toBe(true);
    const { metrics } = await session.evaluate();
    expect(metrics.map((m) => m.space)).toEqual(['click', 'cart', 'like', 'cart|click', 'like|click']);
    session.dispose();
  });

  it('a validation part without purchases gives a reason, not a number', async () => {
    const none = tinyData();
    const K = 2;
    for (let r = none.trainRows; r < none.rows; r++) none.labels[r * K + 1] = 0;
    const session = new Session(pipeline(), none);
    const { metrics } = await session.evaluate();
    session.dispose();
    expect(metrics[1]!.auc).toMatchObject({ ok: false, positives: 0 });
    expect(metrics[1]!.auc.ok ? '' : metrics[1]!.auc.reason).toMatch(/no purchase/);
  });

  it('predicts a list that is longer than a chunk, in any order, as it predicts its parts', async () => {
    await openWasm(wasmPaths());
    const session = new Session(pipeline(), data);
    const rows = Uint32Array.from({ length: 1500 }, (_, i) => (i * 7) % data.rows);
    const whole = await session.predict(rows);
    const last = await session.predict(rows.subarray(1000));
    expect(whole.logP).toHaveLength(2 * rows.length);
    expect(whole.logP.slice(2 * 1000)).toEqual(last.logP);
    expect(whole.log1mP.slice(2 * 1000)).toEqual(last.log1mP);
    session.dispose();
  });

  it('training data without a purchase starts at a finite bias and trains', async () => {
    const none = tinyData();
    for (let r = 0; r < none.rows; r++) none.labels[r * 2 + 1] = 0;
    const session = new Session(pipeline(), none);
    expect((await train(session, 5)).every(Number.isFinite)).toBe(true);
    session.dispose();
  });

  it('names the label columns that exist when one is missing', () => {
    const other = tinyData({ tasks: [{ name: 'like', parent: null }] });
    expect(() => new Session(pipeline(), other)).toThrow(
      'The data has no label column "click"; it has like.',
    );
  });

  it('trains with a batch of one, with no categorical and with no numerical columns', async () => {
    for (const options of [{ vocabularies: [] }, { numericals: 0 }]) {
      const session = new Session(pipeline({}, { batch: 1 }), tinyData(options));
      expect((await train(session, 3)).every(Number.isFinite)).toBe(true);
      session.dispose();
    }
  });
});

it.each([
  ['attention', {}],
  ['batch norm', withNorm],
] as const)('on plain JavaScript, with %s, a step leaks no tensor either', async (_name, change) => {
  await openCpu();
  const session = new Session(pipeline(change), data);
  const round = async () => {
    await train(session, 2);
    await session.evaluate();
    await session.probe(null);
    return memory().tensors;
  };
  const first = await round();
  expect(await round()).toBe(first);
  expect(await round()).toBe(first);
  session.dispose();
});

it('cpu and wasm agree over 10 steps within 1e-4', async () => {
  const run = async () => {
    const session = new Session(pipeline(), data);
    const rows = await train(session, 10);
    session.dispose();
    return rows;
  };
  await openWasm(wasmPaths());
  const wasm = await run();
  await openCpu();
  const cpu = await run();
  cpu.forEach((v, i) => {
    expect(Math.abs(v - wasm[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(v)));
  });
});

describe('cohorts', () => {
  beforeAll(async () => void (await openCpu()));

  it('are each event’s rows, those that could have had it, and each country’s; a mean of one is that of its rows alone', async () => {
    const plain = tinyData({ rows: 200 });
    const [first, second] = plain.schema.categorical;
    const named = { ...second!, values: ['ES', 'FR', 'NL'] };
    const lands = { ...plain, schema: { ...plain.schema, categorical: [first!, named], country: 'c1' } };
    const session = new Session(
      pipeline({ towers: { block: 'task-attention', params: { width: 8, heads: 1, layers: 1 } } }),
      lands,
    );
    const every = session.cohorts(true);
    expect(every.map((c) => c.name).slice(0, 5)).toEqual([
      'all',
      'click',
      'no click',
      'purchase',
      'click, no purchase',
    ]);
    expect(
      every
        .map((c) => c.name)
        .slice(5)
        .sort(),
    ).toEqual(['country ES', 'country FR', 'country NL']);
    const label = (r: number, k: number) => lands.labels[r * 2 + k];
    expect(every[4]!.rows.every((r) => label(r, 0) === 1 && label(r, 1) === 0)).toBe(true);
    expect(every[2]!.rows.length + every[1]!.rows.length).toBe(every[0]!.rows.length);
    expect(session.cohorts(false).map((c) => c.name)).toEqual(['all', 'click', 'purchase']);
    const [together] = await session.probe(new Set(['attention']), every);
    for (const cohort of every) {
      const [alone] = await session.probe(new Set(['attention']), [cohort]);
      const mean = together!.cohorts.find((c) => c.name === cohort.name)!.mean;
      for (const [i, v] of mean.entries()) expect(v).toBeCloseTo(alone!.cohorts[0]!.mean[i]!, 5);
    }
    session.dispose();
  });
});
