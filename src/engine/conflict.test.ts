/** Gradient conflict: known angles, what counts as shared, and that a reading depends on rows and state alone. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../data/dataset';
import { memory, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import { type Pipeline, pipelineSchema, type Task } from '../pipeline/schema';
import { agreement, spreadRows } from './conflict';
import { Session } from './session';
import { tinyData } from './testing/data';

const task = (id: string, parent: string | null, lossWeight = 1): Task => ({
  id,
  label: id,
  metric: id,
  parent,
  lossWeight,
  positiveWeight: 1,
});

function pipeline(bottom: string, tasks: Task[]): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: { block: bottom, params: { layers: [6, 3] } },
    towers: { block: 'mlp', params: { layers: [4] } },
    tasks,
    training: { ...base.training, steps: 60, batch: 64 },
  });
}

const roots = (n: number) => Array.from({ length: n }, (_, k) => ({ name: `t${k}`, parent: null }));

/** A data set whose tasks' labels are set by hand. */
function relabelled(K: number, label: (row: number, k: number, first: number) => number): Dataset {
  const data = tinyData({ rows: 1600, tasks: roots(K) });
  const labels = new Uint8Array(data.rows * K);
  for (let r = 0; r < data.rows; r++) {
    for (let k = 0; k < K; k++) labels[r * K + k] = label(r, k, data.labels[r * K]!);
  }
  return { ...data, labels };
}

/** Gives every task the tower and output of task 0, so that tasks with equal labels have equal gradients. */
async function withEqualTowers(p: Pipeline, data: Dataset, sign: readonly number[]): Promise<Session> {
  const first = new Session(p, data);
  const snapshot = await first.snapshot();
  const { parameters } = first.model.layout;
  first.dispose();
  const K = p.tasks.length;
  for (const { name, offset, size } of parameters) {
    if (!/^(towers|top)\./.test(name)) continue;
    const part = size / K;
    const flat = snapshot.parameters;
    const layer1 = name === 'towers.layer1.W';
    for (let k = 1; k < K; k++) {
      for (let i = 0; i < part; i++) {
        // The first layer of towers on a shared vector lies as [D, K·d].
        const width = 4;
        const at = layer1 ? Math.floor(i / width) * K * width + (i % width) : i;
        const from = flat[offset + at]!;
        flat[offset + at + k * (layer1 ? width : part)] = name.startsWith('top.') ? sign[k]! * from : from;
      }
    }
  }
  return new Session(p, data, snapshot);
}

describe('agreement', () => {
  it('compares a pair only where both gradients reach, and counts what at least two reach', () => {
    const g = [
      [1, 2, 0, 5, 0],
      [-1, 0, 3, 5, 0],
      [0, 0, 4, 0, 9],
    ].map((row) => Float64Array.from(row));
    const all = agreement(g, 0, 5);
    expect(all.shared).toBe(3); // 0 and 3 by tasks 0 and 1, 2 by tasks 1 and 2
    expect(all.cosine[0]![1]).toBeCloseTo((-1 + 25) / 26, 12);
    expect(all.cosine[1]![2]).toBe(1);
    expect(all.cosine[0]![2]).toBeNull();
    expect(all.norms[0]).toBeCloseTo(Math.sqrt(26), 12);
    expect(all.norms[1]).toBeCloseTo(Math.sqrt(35), 12);
    expect(all.norms[2]).toBeCloseTo(4, 12);
    expect(agreement(g, 0, 1).cosine[0]![1]).toBe(-1);
    expect(agreement(g, 4, 5)).toEqual({
      shared: 0,
      cosine: [
        [null, null, null],
        [null, null, null],
        [null, null, null],
      ],
      dots: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      norms: [0, 0, 0],
    });
  });

  it('spreads rows over the training part', () => {
    expect([...spreadRows(10, 4)]).toEqual([0, 2, 5, 7]);
    expect([...spreadRows(3, 8)]).toEqual([0, 1, 2]);
  });
});

describe('on wasm', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));

  it('identical tasks agree in full: cosine 1 and equal norms, for K = 3', async () => {
    const data = relabelled(3, (_r, _k, first) => first);
    const p = pipeline('shared-bottom', [task('t0', null), task('t1', null), task('t2', null)]);
    const session = await withEqualTowers(p, data, [1, 1, 1]);
    const { overall, blocks, rows, step } = await session.conflict(spreadRows(data.trainRows, 1100));
    session.dispose();
    expect({ rows, step }).toEqual({ rows: 1100, step: 0 });
    for (const row of overall!.cosine) for (const c of row) expect(c).toBeCloseTo(1, 6);
    expect(overall!.norms[1]).toBeCloseTo(overall!.norms[0]!, 6);
    expect(overall!.norms[0]).toBeGreaterThan(1e-3);
    expect(blocks.map((b) => b.path)).toEqual(['input.0', 'bottom']);
    expect(blocks[0]!.shared + blocks[1]!.shared).toBe(overall!.shared);
  });

  it('tasks that want the contrary of the same outputs oppose in full: cosine −1', async () => {
    const data = relabelled(2, (_r, k, first) => (k === 0 ? first : 1 - first));
    const p = pipeline('shared-bottom', [task('t0', null), task('t1', null)]);
    const session = await withEqualTowers(p, data, [1, 1]);
    // Equal outputs near log-odds 0, contrary labels: residuals p−y and p−(1−y) are opposed where p = ½.
    const snapshot = await session.snapshot();
    const c = session.model.layout.parameters.find(({ name }) => name === 'top.c')!;
    const w = session.model.layout.parameters.find(({ name }) => name === 'top.w')!;
    session.dispose();
    snapshot.parameters.fill(0, c.offset, c.offset + c.size);
    for (let i = 0; i < w.size; i++) snapshot.parameters[w.offset + i]! *= 1e-4;
    const flat = new Session(p, data, snapshot);
    const { overall } = await flat.conflict(spreadRows(data.trainRows, 1000));
    flat.dispose();
    expect(overall!.cosine[0]![1]).toBeCloseTo(-1, 4);
    expect(overall!.cosine[0]![0]).toBe(1);
  });

  it('separate nets share the embeddings alone, a single task nothing', async () => {
    const data = tinyData({ rows: 1600 });
    const two = [task('click', null), task('conversion', 'click')];
    const rows = spreadRows(data.trainRows, 500);
    const nse = new Session(pipeline('nse', two), data);
    const apart = await nse.conflict(rows);
    nse.dispose();
    expect(apart.blocks.map((b) => b.path)).toEqual(['input.0']);
    expect(apart.overall!.shared).toBe(apart.blocks[0]!.shared);
    expect(apart.overall!.shared).toBe(8 * 4); // 5 + 3 codes of width 4, all of which occur
    const one = new Session(pipeline('shared-bottom', [task('click', null)]), data);
    const alone = await one.conflict(rows);
    one.dispose();
    expect(alone.overall).toBeNull();
    expect(alone.blocks).toEqual([]);
  });

  it('a loss weight changes neither cosines nor norms; a step does', async () => {
    const data = tinyData({ rows: 1600 });
    const read = async (weight: number, steps: number) => {
      const p = pipeline('shared-bottom', [task('click', null), task('conversion', 'click', weight)]);
      const session = new Session(p, data);
      for (let i = 0; i < steps; i++) session.trainStep();
      await session.readFrame();
      const reading = await session.conflict(spreadRows(data.trainRows, 600));
      session.dispose();
      return reading;
    };
    const plain = await read(1, 0);
    expect(await read(100, 0)).toEqual(plain);
    const later = await read(1, 5);
    expect(later.step).toBe(5);
    expect(later.overall!.cosine[0]![1]).not.toBe(plain.overall!.cosine[0]![1]);
    expect(structuredClone(later)).toEqual(later);
  });

  it('the sum of both gradients, weighted by λ, is what training follows', async () => {
    const data = tinyData({ rows: 1600 });
    const p = pipeline('shared-bottom', [task('click', null), task('conversion', 'click')]);
    const session = new Session(p, data);
    const rows = spreadRows(data.trainRows, 64);
    const { overall } = await session.conflict(rows);
    const batcher = new (await import('./batches')).Batcher(data, p, 64, 1);
    const batch = batcher.gather(rows);
    const { parameters, moment1, moment2, buffers } = await session.snapshot();
    const tf = (await import('../nn')).tf;
    const state = {
      parameters: tf.tensor1d(parameters),
      moment1: tf.tensor1d(moment1),
      moment2: tf.tensor1d(moment2),
      buffers: tf.tensor1d(buffers),
      balancer: new Float32Array(0),
      step: 0,
    };
    const { disposeGradient, disposeState } = await import('./state');
    const gradient = await session.gradient(state, batch, 0);
    const flat = await gradient.flat.data();
    const ends = session.model.layout.parameters.filter(({ name }) => /^(input\.0|bottom)\./.test(name));
    let square = 0;
    for (const { offset, size } of ends) for (let i = 0; i < size; i++) square += flat[offset + i]! ** 2;
    const [a, b] = overall!.norms as [number, number];
    expect(Math.sqrt(a * a + b * b + 2 * a * b * overall!.cosine[0]![1]!)).toBeCloseTo(Math.sqrt(square), 5);
    disposeGradient(gradient);
    disposeState(state);
    tf.dispose([batch.labels, batch.weights, batch.features.numerical!, batch.features.categorical!]);
    session.dispose();
  });

  it('refuses no rows, gives way between chunks and leaks nothing', async () => {
    const data = tinyData({ rows: 4000 });
    const p = pipeline('shared-bottom', [task('click', null), task('conversion', 'click')]);
    const session = new Session(p, data);
    await expect(session.conflict([])).rejects.toThrow(/at least one/);
    const before = memory().tensors;
    let breaths = 0;
    const steady = await session.conflict(spreadRows(data.trainRows, 2100), async () => {
      breaths++;
      session.trainStep();
      await session.readFrame();
    });
    expect(breaths).toBe(3);
    expect(memory().tensors).toBe(before);
    expect(steady.step).toBe(0);
    const fresh = new Session(p, data);
    expect(await fresh.conflict(spreadRows(data.trainRows, 2100))).toEqual(steady);
    fresh.dispose();
    session.dispose();
  });
});
