/** Touched-rows Adam on every tier: against a plain reference, against dense Adam, and in whole runs that stop, go back and go on. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../data/random';
import {
  Layout,
  memory,
  openCpu,
  openWasm,
  Pass,
  Scope,
  setFastKernels,
  slices,
  type Tensor,
  tf,
  update,
  valueAndGradients,
  zeros,
} from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { reachAll, TouchedRows } from './reach';
import { Session } from './session';
import { tinyData } from './testing/data';

/** Columns of 7 and 5 codes, one under the other, three numbers a row. */
const SIZES = [7, 5] as const;
const D = 3;
const OFFSETS = [0, SIZES[0]];
const V = SIZES[0] + SIZES[1];
const RATE = 0.05;
/** Some rows twice in a batch, some in one batch only, some in none. */
const BATCHES = [
  [0, 0, 0, 1, 3, 0],
  [3, 2, 3, 2, 6, 4],
  [0, 0, 1, 1, 1, 0],
  [6, 4, 3, 1, 0, 0],
];

/** y_i = [e_i1; e_i2]·w, loss Σy². */
function toyLayout() {
  const layout = new Layout();
  const scope = new Scope(layout, 'toy');
  const before = scope.parameter('unused', [2], zeros, 'u');
  const table = scope.table('table', [V, D], zeros, 'E', { columns: [0, 1], offsets: OFFSETS });
  const w = scope.parameter('w', [2 * D, 1], zeros, 'w');
  return { layout, before, table, w };
}

function start(size: number): Float32Array {
  const rng = new Rng(5);
  return Float32Array.from({ length: size }, () => rng.normal());
}

/** Lazy Adam in plain numbers: ∂E and ∂w by hand, and a row that no code names stays. */
function reference(codes: readonly (readonly number[])[], decay: number): Float64Array {
  const { layout, before, table, w } = toyLayout();
  const p = Float64Array.from(start(layout.size));
  const m = new Float64Array(p.length);
  const v = new Float64Array(p.length);
  codes.forEach((batch, s) => {
    const g = new Float64Array(p.length);
    const reached = new Set<number>();
    for (const { offset, size } of [before, w]) for (let i = 0; i < size; i++) reached.add(offset + i);
    for (let i = 0; i < batch.length / 2; i++) {
      const at = [0, 1].flatMap((c) =>
        [0, 1, 2].map((j) => table.offset + (OFFSETS[c]! + batch[2 * i + c]!) * D + j),
      );
      const y = at.reduce((sum, from, j) => sum + p[from]! * p[w.offset + j]!, 0);
      at.forEach((from, j) => {
        reached.add(from);
        g[from]! += 2 * y * p[w.offset + j]!;
        g[w.offset + j]! += 2 * y * p[from]!;
      });
    }
    for (const i of reached) {
      const d = g[i]! + decay * p[i]!;
      m[i] = 0.9 * m[i]! + 0.1 * d;
      v[i] = 0.999 * v[i]! + 0.001 * d * d;
      const root = Math.sqrt(v[i]! / (1 - 0.999 ** (s + 1))) + 1e-8;
      p[i]! -= (RATE * m[i]!) / (1 - 0.9 ** (s + 1)) / root;
    }
  });
  return p;
}

async function trained(codes: readonly (readonly number[])[], decay: number, rows = true) {
  const { layout, table, w } = toyLayout();
  const touched = rows ? new TouchedRows(layout) : null;
  const P = layout.size;
  let state = { parameters: tf.tensor1d(start(P)) as Tensor, moment1: tf.zeros([P]), moment2: tf.zeros([P]) };
  for (const [s, batch] of codes.entries()) {
    const B = batch.length / 2;
    const ids = tf.tensor2d(batch as number[], [B, 2], 'int32');
    const rowsOf = { codes: Int32Array.from(batch), rows: B } as Parameters<TouchedRows['reach']>[1];
    const reach = touched?.reach(state, rowsOf) ?? reachAll(layout, state);
    const flat = tf.tidy(() => {
      const weights = slices(reach.parameters, reach.vectors.parameters);
      const pass = new Pass(weights, [], { training: true, seed: 1, step: s, places: reach.places });
      const loss = () =>
        tf.sum(
          tf.square(tf.matMul(pass.embed(table, ids, null) as tf.Tensor2D, pass.weight(w) as tf.Tensor2D)),
        );
      const { gradients } = valueAndGradients(loss as () => Tensor, weights);
      const parts = gradients.map((g, i) => g ?? tf.zeros(reach.parameters[i]!.shape as number[]));
      return tf.concat(parts.map((g) => tf.reshape(g, [-1])) as tf.Tensor1D[]);
    });
    const rule = { kind: 'adam', weightDecay: decay, clipNorm: null } as const;
    const { gradientNorm, ...next } = update(rule, reach.vectors, flat, RATE, s + 1);
    const old = state;
    state = reach.finish(next);
    tf.dispose([gradientNorm, flat, ids, old.parameters, old.moment1, old.moment2]);
  }
  const values = (await state.parameters.data()).slice() as Float32Array;
  return { values, state, touched, layout, table };
}

const TIERS = [
  ['wasm, in place', () => openWasm(wasmPaths()), true],
  ['wasm, plain operations', () => openWasm(wasmPaths()), false],
  ['cpu', () => openCpu(), true],
] as const;

describe.each(TIERS)('touched-rows Adam on %s', (name, open, fast) => {
  beforeAll(async () => {
    await open();
    setFastKernels(fast);
  });
  afterEach(() => void setFastKernels(fast));

  it.each([0, 0.1])('equals the reference in plain numbers, weight decay %d', async (decay) => {
    const { values, touched } = await trained(BATCHES, decay);
    expect(touched!.inPlace).toBe(name === 'wasm, in place');
    const expected = reference(BATCHES, decay);
    const worst = Math.max(...values.map((x, i) => Math.abs(x - expected[i]!)));
    expect(worst).toBeLessThan(2e-5);
    touched!.forget();
  });

  it('leaves rows that no batch read as they were, which dense Adam with decay does not', async () => {
    const { values, table, layout, touched } = await trained(BATCHES, 0.1);
    const dense = await trained(BATCHES, 0.1, false);
    const first = start(layout.size);
    // Codes 2, 4, 5 of the first column and 3 of the second stand in no batch.
    for (const row of [2, 4, 5, SIZES[0] + 3]) {
      const at = table.offset + row * D;
      expect(values.subarray(at, at + D)).toEqual(first.subarray(at, at + D));
      expect(dense.values.subarray(at, at + D)).not.toEqual(first.subarray(at, at + D));
    }
    touched!.forget();
  });

  it('equals dense Adam to the last bit where every batch reads every row', async () => {
    const all = Array.from({ length: 7 }, (_, i) => [i, i % SIZES[1]]).flat();
    const rows = await trained([all, all, all], 0.01);
    const dense = await trained([all, all, all], 0.01, false);
    expect(rows.values).toEqual(dense.values);
    rows.touched!.forget();
  });
});

describe('touched rows on wasm, in place', () => {
  beforeAll(async () => {
    await openWasm(wasmPaths());
    setFastKernels(true);
  });

  it('takes steps back to the last bit', async () => {
    const { state, touched, layout } = await trained(BATCHES, 0.1);
    touched!.takeBack(state);
    expect(await state.parameters.data()).toEqual(start(layout.size));
    expect(await state.moment2.data()).toEqual(new Float32Array(layout.size));
  });
});

const data = tinyData({ rows: 1200, vocabularies: [400, 3, 50] });

function pipeline(change: Partial<Pipeline> = {}, training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: { block: 'shared-bottom', params: { layers: [8, 6], dropout: 0.1 } },
    towers: { block: 'mlp', params: { layers: [6], batchNorm: true } },
    ...change,
    training: { ...base.training, steps: 80, batch: 32, optimizer: 'adam-rows', ...training },
  });
}

async function train(session: Session, steps: number): Promise<number[]> {
  for (let i = 0; i < steps; i++) await session.trainStep();
  return [...(await session.readFrame()).steps];
}

describe('a run with touched-rows Adam', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));
  afterEach(() => void setFastKernels(true));

  it.each([
    ['one input', {}],
    ['an input for each task', { bottom: { block: 'single-task', params: { layers: [8] } } }],
    ['a balancer on gradients', { balancer: { block: 'pcgrad', params: {} } }],
    ['GradNorm', { balancer: { block: 'gradnorm', params: {} } }],
  ] as [string, Partial<Pipeline>][])('agrees between the tiers, with %s', async (_name, change) => {
    const run = async (fast: boolean) => {
      setFastKernels(fast);
      // Without batch norm: before it a bias has only rounding for a gradient, which Adam makes as large as any other.
      const towers = { block: 'mlp', params: { layers: [6] } };
      const session = new Session(
        pipeline({ towers, ...change } as Partial<Pipeline>, { clipNorm: 0.5 }),
        data,
      );
      const rows = await train(session, 40);
      session.dispose();
      return rows;
    };
    const fast = await run(true);
    const plain = await run(false);
    expect(fast.length).toBe(40 * 6);
    const worst = Math.max(
      ...fast.map((x, i) => Math.abs(x - plain[i]!) / Math.max(1e-3, Math.abs(plain[i]!))),
    );
    expect(worst).toBeLessThan(1e-3);
    setFastKernels(true);
    expect(await run(true)).toEqual(fast);
  });

  it.each([true, false])(
    'goes on from a snapshot as if it had never stopped (fast kernels: %s)',
    async (fast) => {
      setFastKernels(fast);
      const whole = new Session(pipeline(), data);
      const rows = await train(whole, 20);
      const half = new Session(pipeline(), data);
      await train(half, 9);
      const snapshot = await half.snapshot();
      const resumed = new Session(pipeline(), data, structuredClone(snapshot));
      expect(await train(resumed, 11)).toEqual(rows.slice(9 * 6));
      const [a, b] = [await resumed.snapshot(), await whole.snapshot()];
      expect(a.parameters).toEqual(b.parameters);
      expect(a.moment2).toEqual(b.moment2);
      for (const session of [whole, half, resumed]) session.dispose();
    },
  );

  it('a snapshot keeps its numbers while training goes on', async () => {
    const session = new Session(pipeline(), data);
    await train(session, 3);
    const taking = session.snapshot();
    await session.trainStep();
    const late = await taking;
    const again = new Session(pipeline(), data);
    await train(again, 3);
    expect(late.parameters).toEqual((await again.snapshot()).parameters);
    session.dispose();
    again.dispose();
  });

  it('a reading of gradient conflict is not changed by steps trained meanwhile', async () => {
    const rows = Uint32Array.from({ length: 900 }, (_, i) => i);
    const still = new Session(pipeline(), data);
    const expected = await still.conflict(rows);
    const moving = new Session(pipeline(), data);
    expect(await moving.conflict(rows, () => moving.trainStep())).toEqual(expected);
    still.dispose();
    moving.dispose();
  });

  it('a divergence goes back to the last finite frame to the last bit, and the run can go on', async () => {
    const change = { training: { learningRate: 0.01, decay: 'none' } } as const;
    const session = new Session(pipeline({}, change.training), data);
    await train(session, 5);
    const before = await session.snapshot();
    for (let i = 0; i < 2; i++) await session.trainStep();
    session.edit({ lossWeights: [1e39, 1e39] });
    for (let i = 0; i < 2; i++) await session.trainStep();
    const { divergence } = await session.readFrame();
    expect(divergence?.step).toBe(8);
    expect(session.step).toBe(5);
    const after = await session.snapshot();
    expect(after.parameters).toEqual(before.parameters);
    expect(after.moment1).toEqual(before.moment1);
    expect(after.moment2).toEqual(before.moment2);
    session.edit({ lossWeights: [1, 1] });
    const rest = await train(session, 5);
    expect(rest.every(Number.isFinite)).toBe(true);
    session.dispose();
  });

  it('leaks no tensor', async () => {
    const session = new Session(pipeline({}, { steps: 2000 }), data);
    await train(session, 50);
    await session.evaluate();
    const { tensors } = memory();
    for (let i = 0; i < 4; i++) {
      await train(session, 50);
      await session.evaluate();
    }
    expect(memory().tensors).toBe(tensors);
    session.dispose();
  });
});
