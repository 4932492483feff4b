/** Balancers in a run: what is shared, what an update follows, what a snapshot carries, and what it costs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import type { Direction } from '../blocks/contract';
import type { Dataset } from '../data/dataset';
import { memory, openWasm, type Tensor, tf } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import { type Pipeline, pipelineSchema, type Task } from '../pipeline/schema';
import type { BlockSpec, ParamValue } from '../pipeline/spec';
import { Batcher, disposeBatch } from './batches';
import { Session } from './session';
import { disposeGradient, disposeState, type TrainingState } from './state';
import { tinyData } from './testing/data';

const BALANCERS = CATALOG.balancer.map((s: BlockSpec) => s.id);
const ON_GRADIENTS = ['mgda', 'pe-ltr', 'pcgrad', 'gradvac', 'cagrad', 'nash-mtl'];

/** Short windows, so that state moves within a few steps. */
const QUICK: Record<string, Record<string, ParamValue>> = {
  dwa: { window: 2 },
  gradnorm: { warmup: 2 },
};

const task = (k: number, parents: readonly (number | null)[], lossWeight = 1): Task => ({
  id: `task${k}`,
  label: `task ${k}`,
  metric: `T${k}`,
  parent: parents[k] === null ? null : `task${parents[k]}`,
  lossWeight,
  positiveWeight: 1,
});

interface Wanted {
  readonly bottom?: string;
  readonly tower?: string;
  readonly top?: string;
  readonly parents?: readonly (number | null)[];
  readonly lossWeights?: readonly number[];
  readonly params?: Record<string, ParamValue>;
}

function pipelineOf(balancer: string, wanted: Wanted = {}): Pipeline {
  const { bottom = 'shared-bottom', tower = 'mlp', top = 'identity', parents = [null, 0] } = wanted;
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: blockWith('bottom', bottom, bottom === 'shared-bottom' ? { layers: [6, 5] } : {}),
    towers: blockWith('tower', tower, tower === 'mlp' ? { layers: [4] } : {}),
    top: blockWith('top', top),
    balancer: blockWith('balancer', balancer, { ...QUICK[balancer], ...wanted.params }),
    tasks: parents.map((_, k) => task(k, parents, wanted.lossWeights?.[k])),
    training: { ...base.training, steps: 60, batch: 64 },
  });
}

const dataOf = (parents: readonly (number | null)[] = [null, 0], rows = 600) =>
  tinyData({ rows, tasks: parents.map((parent, k) => ({ name: `task${k}`, parent })) });

async function train(session: Session, steps: number) {
  for (let i = 0; i < steps; i++) await session.trainStep();
  return session.readFrame();
}

/** The gradient of the first batch at the initial parameters, with what the balancer did. */
async function firstGradient(p: Pipeline, data: Dataset) {
  const session = new Session(p, data);
  const { layout, balancer } = session.model;
  const state: TrainingState = {
    parameters: tf.tensor1d(layout.initialParameters(p.training.seed)),
    moment1: tf.zeros([layout.size]),
    moment2: tf.zeros([layout.size]),
    buffers: tf.tensor1d(layout.initialBuffers()),
    balancer: Float32Array.from(balancer.initial),
    step: 0,
  };
  const batch = new Batcher(data, p, p.training.batch, p.training.seed).training(0);
  const gradient = await session.gradient(state, batch, 0);
  const read = async (t: Tensor) => Float32Array.from(await t.data());
  const found = {
    flat: await read(gradient.flat),
    losses: await read(gradient.losses),
    reading: gradient.reading,
  };
  disposeGradient(gradient);
  disposeBatch(batch);
  disposeState(state);
  session.dispose();
  return { ...found, layout };
}

/** Gradients of the single tasks: fixed weights of 1 for one and 0 for the others. */
const alone = (data: Dataset, wanted: Wanted, K: number) =>
  Promise.all(
    Array.from({ length: K }, (_, k) =>
      firstGradient(
        pipelineOf('fixed', { ...wanted, lossWeights: Array.from({ length: K }, (_, j) => Number(j === k)) }),
        data,
      ).then(({ flat }) => flat),
    ),
  );

describe('on wasm', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));

  it.each(ON_GRADIENTS)(
    '%s: shared numbers follow Σ c_k ∇L_k, a task’s own ones its plain λ_k ∇L_k',
    async (id) => {
      const parents = [null, 0, 1];
      const wanted = { parents, lossWeights: [1, 3, 0.5] };
      const data = dataOf(parents);
      const rows = await alone(data, wanted, 3);
      const { flat, reading } = await firstGradient(pipelineOf(id, wanted), data);
      let shared = 0;
      let own = 0;
      let worst = 0;
      const scale = Math.max(...flat.map(Math.abs));
      flat.forEach((got, p) => {
        const reached = rows.filter((g) => g[p] !== 0).length;
        if (reached >= 2) shared++;
        else if (reached === 1) own++;
        const c = reached >= 2 ? reading.weights : wanted.lossWeights;
        const want = rows.reduce((s, g, k) => s + c[k]! * g[p]!, 0);
        worst = Math.max(worst, Math.abs(got - want) / scale);
      });
      expect(shared).toBeGreaterThan(100);
      expect(own).toBeGreaterThan(50);
      expect(worst).toBeLessThan(1e-5);
      // Norms and cosines are those of the shared part.
      const dots = (j: number, k: number) =>
        rows[j]!.reduce(
          (s, x, p) => s + (rows.filter((g) => g[p] !== 0).length >= 2 ? x * rows[k]![p]! : 0),
          0,
        );
      expect(reading.norms![1]!).toBeCloseTo(Math.sqrt(dots(1, 1)), 5);
      expect(reading.cosine![0]![2]!).toBeCloseTo(dots(0, 2) / Math.sqrt(dots(0, 0) * dots(2, 2)), 4);
    },
  );

  it('a Top’s own losses are added to the update as they are', async () => {
    const data = dataOf();
    const wanted = { bottom: 'nse', top: 'escm2-ipw', lossWeights: [1, 2] };
    const plain = await firstGradient(pipelineOf('fixed', wanted), data);
    // c = 0 is the mean of λ_k ∇L_k: half of the sum, on shared numbers.
    const mean = await firstGradient(pipelineOf('cagrad', { ...wanted, params: { c: 0 } }), data);
    expect(mean.reading.weights).toEqual([0.5, 1]);
    expect(mean.losses[0]).toBeCloseTo(plain.losses[0]!, 5);
    const own = await firstGradient(pipelineOf('fixed', { ...wanted, lossWeights: [0, 0] }), data);
    const rows = await alone(data, wanted, 2);
    const scale = Math.max(...plain.flat.map(Math.abs));
    let compared = 0;
    mean.flat.forEach((got, p) => {
      const [a, b] = rows.map((g) => g[p]! - own.flat[p]!) as [number, number];
      // What is certainly shared: both differences are far above their rounding.
      if (Math.min(Math.abs(a), Math.abs(b)) < 1e-3 * scale) return;
      compared++;
      expect(Math.abs(got - (own.flat[p]! + 0.5 * a + b)) / scale).toBeLessThan(1e-4);
    });
    expect(compared).toBeGreaterThan(20);
    expect(Math.max(...own.flat.map(Math.abs))).toBeGreaterThan(0.01 * scale);
  });

  it.each(BALANCERS)('%s: K identical gradients leave the direction of an equal sum', async (id) => {
    const parents = [null, null, null];
    const base = dataOf(parents);
    const labels = base.labels.slice();
    for (let r = 0; r < base.rows; r++) labels[r * 3 + 1] = labels[r * 3 + 2] = labels[r * 3]!;
    const data = { ...base, labels };
    const session = new Session(pipelineOf(id, { parents }), data);
    // Towers of the tasks are made alike, so that the three losses are one.
    const snapshot = await session.snapshot();
    for (const p of session.model.layout.parameters) {
      if (!/^(towers|top)\./.test(p.name)) continue;
      const values = snapshot.parameters.subarray(p.offset, p.offset + p.size);
      const [rows, width] =
        p.shape.length === 2 && p.name.endsWith('W') ? [p.shape[0]!, p.shape[1]!] : [1, p.size];
      for (let r = 0; r < rows; r++) {
        const row = values.subarray(r * width, (r + 1) * width);
        for (const k of [1, 2]) row.copyWithin((k * width) / 3, 0, width / 3);
      }
    }
    session.dispose();
    const directionOf = async (balancer: string) => {
      const run = new Session(pipelineOf(balancer, { parents }), data, {
        ...snapshot,
        pipeline: pipelineOf(balancer, { parents }),
        balancer: new Float32Array(0),
      });
      const batch = new Batcher(data, run.pipeline, 64, 1).training(0);
      const tensors = [snapshot.parameters, snapshot.moment1, snapshot.moment2, snapshot.buffers].map((v) =>
        tf.tensor1d(v),
      ) as [Tensor, Tensor, Tensor, Tensor];
      const [parameters, moment1, moment2, buffers] = tensors;
      const initial = Float32Array.from(run.model.balancer.initial);
      const gradient = await run.gradient(
        { parameters, moment1, moment2, buffers, balancer: initial, step: 0 },
        batch,
        0,
      );
      const flat = await gradient.flat.data();
      const ends = run.model.layout.parameters.filter((p) => /^(input|bottom)/.test(p.name));
      const values = ends.flatMap((p) => [...flat.subarray(p.offset, p.offset + p.size)]);
      const cosine = gradient.reading.cosine?.[0]?.[1] ?? 1;
      disposeGradient(gradient);
      disposeBatch(batch);
      tf.dispose(tensors);
      run.dispose();
      expect(cosine).toBeCloseTo(1, 5);
      return values;
    };
    const [equal, mine] = [await directionOf('equal'), await directionOf(id)];
    const dot = (a: number[], b: number[]) => a.reduce((s, x, i) => s + x * b[i]!, 0);
    const cosine = dot(equal, mine) / Math.sqrt(dot(equal, equal) * dot(mine, mine));
    expect(dot(equal, equal)).toBeGreaterThan(1e-8);
    expect(cosine).toBeGreaterThan(1 - 1e-5);
  });

  it.each(BALANCERS)('%s: a run resumed from a snapshot equals one that never stopped', async (id) => {
    const data = dataOf([null, 0, 0]);
    const p = pipelineOf(id, { parents: [null, 0, 0] });
    const whole = new Session(p, data);
    await train(whole, 6);
    const rest = await train(whole, 5);
    const half = new Session(p, data);
    await train(half, 6);
    const snapshot = structuredClone(await half.snapshot());
    half.dispose();
    const resumed = new Session(p, data, snapshot);
    const again = await train(resumed, 5);
    expect(again.steps).toEqual(rest.steps);
    expect(again.balance).toEqual(rest.balance);
    const [a, b] = [await resumed.snapshot(), await whole.snapshot()];
    expect(a.parameters).toEqual(b.parameters);
    expect(a.balancer).toEqual(b.balancer);
    if (whole.model.balancer.initial.length > 0) {
      expect([...b.balancer]).not.toEqual([...whole.model.balancer.initial]);
      expect(() => new Session(p, data, { ...snapshot, balancer: new Float32Array(1) })).toThrow(
        /another pipeline/,
      );
    }
    whole.dispose();
    resumed.dispose();
  });

  it.each(BALANCERS)(
    '%s: trains with every extreme, tells its weights and leaves nothing behind',
    async (id) => {
      const without = dataOf();
      without.labels.fill(0);
      const trees: [readonly (number | null)[], Dataset][] = [
        [[null], dataOf([null])],
        [[null, 0], without],
        [[null, 0, 0, 1], dataOf([null, 0, 0, 1])],
      ];
      for (const [parents, data] of trees) {
        const lossWeights = parents.map((_, k) => (k === 2 ? 0 : 2));
        const before = memory().tensors;
        const session = new Session(pipelineOf(id, { parents, lossWeights }), data);
        const frame = await train(session, 8);
        expect(frame.divergence).toBeNull();
        expect([...frame.steps].every(Number.isFinite)).toBe(true);
        const readings = (await session.probe(null)).filter((r) => r.block === 'balancer');
        const spec = CATALOG.balancer.find((s: BlockSpec) => s.id === id)!;
        expect(readings.map((r) => r.name)).toEqual(Object.keys(spec.probes));
        for (const { cohorts, shape } of readings) {
          expect(cohorts[0]!.mean).toHaveLength(shape.reduce((a, b) => a * b, 1));
        }
        if (frame.balance) {
          const K = parents.length;
          const columns = frame.balance.length / 8;
          const weights = frame.balance.subarray(frame.balance.length - columns + 1).subarray(0, K);
          expect([...weights].every((w) => Number.isFinite(w) && w >= -1e-6)).toBe(true);
        }
        session.dispose();
        expect(memory().tensors).toBe(before);
      }
    },
  );

  it.each(BALANCERS.filter((id) => id !== 'equal'))(
    '%s: a live edit of λ acts from the next step on',
    async (id) => {
      const data = dataOf();
      const p = pipelineOf(id);
      const kept = new Session(p, data);
      const edited = new Session(p, data);
      await train(kept, 4);
      await train(edited, 4);
      edited.edit({ lossWeights: [0, 3] });
      await train(kept, 1);
      const frame = await train(edited, 1);
      expect(frame.divergence).toBeNull();
      const reading = (await edited.probe(new Set(['weights'])))[0];
      if (reading) expect(reading.cohorts[0]!.mean[0]).toBeCloseTo(0, 6);
      expect((await edited.snapshot()).parameters).not.toEqual((await kept.snapshot()).parameters);
      kept.dispose();
      edited.dispose();
    },
  );

  it('GradNorm reads the last shared layer of the graph, not an embedding (regression: torch-rechub takes the first table)', async () => {
    const lastShared = async (wanted: Wanted) => {
      const p = pipelineOf('gradnorm', wanted);
      const data = dataOf(wanted.parents);
      const session = new Session(p, data);
      await session.trainStep();
      const norms = (await session.probe(new Set(['norms'])))[0]!.cohorts[0]!.mean;
      const rows = await alone(data, wanted, p.tasks.length);
      const { layout } = session.model;
      session.dispose();
      const matching = layout.parameters.filter(({ offset, size }) =>
        rows.every((g, k) => {
          const norm = Math.sqrt(g.subarray(offset, offset + size).reduce((s, x) => s + x * x, 0));
          return norm > 0 && Math.abs(norm - norms[k]!) < 1e-5 * norm;
        }),
      );
      return matching.map((m) => m.name);
    };
    expect(await lastShared({})).toEqual(['bottom.layer2.W']);
    expect(await lastShared({ parents: [null, 0, 1] })).toEqual(['bottom.layer2.W']);
    // Separate nets share the table alone, which is then the last shared layer.
    expect(await lastShared({ bottom: 'nse' })).toEqual(['input.0.table']);
  });

  it('GradNorm runs and moves its weights (regression: torch-rechub raises on the first batch)', async () => {
    const session = new Session(pipelineOf('gradnorm'), dataOf());
    const { balance, divergence } = await train(session, 30);
    session.dispose();
    expect(divergence).toBeNull();
    const columns = balance!.length / 30;
    expect(columns).toBe(1 + 2 + 2);
    const weights = (step: number) => [...balance!.subarray(step * columns + 1, step * columns + 3)];
    expect(weights(0)).toEqual([1, 1]);
    expect(weights(29)[0]).not.toBeCloseTo(1, 2);
    expect(weights(29)[0]! + weights(29)[1]!).toBeCloseTo(2, 5);
  });

  it('UWL’s weights move towards 1/(2L) for each task (regression: torch-rechub’s stick at 2.0)', async () => {
    const p = pipelineOf('uwl', { params: { rate: 0.05 } });
    const data = dataOf(undefined, 2400);
    const session = new Session({ ...p, training: { ...p.training, steps: 400, batch: 256 } }, data);
    const { steps, columns, balance } = await train(session, 400);
    session.dispose();
    const mean = (k: number) => {
      const last = Array.from({ length: 50 }, (_, i) => steps[(350 + i) * columns + 4 + k]!);
      return last.reduce((a, b) => a + b, 0) / 50;
    };
    const weights = [...balance!.subarray(399 * 3 + 1, 400 * 3)];
    for (const k of [0, 1]) {
      expect(weights[k]! * 2 * mean(k)).toBeGreaterThan(0.8);
      expect(weights[k]! * 2 * mean(k)).toBeLessThan(1.25);
    }
    expect(Math.max(...weights)).toBeLessThan(1.9);
  });

  it.each([
    ['fixed', 1],
    ['equal', 1],
    ['uwl', 1],
    ['dwa', 1],
    ['pcgrad', 3],
  ] as const)('%s costs %d backward passes for three tasks', async (id, passes) => {
    const session = new Session(pipelineOf(id, { parents: [null, 0, 1] }), dataOf([null, 0, 1]));
    await session.trainStep();
    const { Bernoulli } = await import('../nn');
    let backward = 0;
    const original = Bernoulli.prototype.losses;
    // The cross-entropy is the first thing that each backward pass goes through.
    Bernoulli.prototype.losses = function (...args) {
      const each = original.apply(this, args);
      const op = tf.customGrad((...x: unknown[]) => ({
        value: tf.clone(x[0] as Tensor),
        gradFunc: (dy: Tensor) => {
          backward++;
          return tf.mul(dy, 1);
        },
      }));
      return op(each);
    };
    try {
      await session.trainStep();
    } finally {
      Bernoulli.prototype.losses = original;
    }
    session.dispose();
    expect(backward).toBe(passes);
  });

  it('a number that is not finite reaches the update, so that its cause is searched for', async () => {
    const { findBuild } = await import('../blocks/builds');
    for (const id of ON_GRADIENTS) {
      const balancer = findBuild(
        'balancer',
        id,
      )({
        path: 'balancer',
        params: blockWith('balancer', id).params,
        tasks: [0, 1].map((k) => ({ id: `${k}`, parent: null, baseRate: 0.5 })),
      }) as Direction;
      const { weights } = balancer.direct(
        { step: 0, seed: 1, lossWeights: [1, 2], state: balancer.initial },
        {
          losses: [Number.NaN, 1],
          gram: [
            [Number.NaN, Number.NaN],
            [Number.NaN, 1],
          ],
        },
      );
      expect(
        weights.some((w) => w !== 0),
        id,
      ).toBe(true);
    }
  });
});
