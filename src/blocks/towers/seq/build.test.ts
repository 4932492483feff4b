import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const D = 4;
const H = 3;
type Parents = (number | null)[];
const make = (K: number, params: object = {}, parents?: Parents, groups = K) =>
  new BlockUnderTest(
    'tower',
    'seq',
    { layers: 2, hidden: H, tokenLayers: [5], ...params },
    tasks(K, parents),
    { groups, width: D },
  );

/** Which tasks' inputs change each task's output. */
function readers(K: number, params: object, parents?: Parents): number[][] {
  const block = make(K, params, parents);
  const x = ramp(4 * K * D);
  const of = (input: Float32Array, k: number) =>
    columnsOf(block.run(input).output, K * H, k * H, (k + 1) * H);
  return Array.from({ length: K }, (_, k) =>
    Array.from({ length: K }, (_, j) => j).filter((j) => {
      const moved = x.map((v, i) => (Math.floor((i % (K * D)) / D) === j ? v + 1 : v));
      return largestDifference(of(x, k), of(moved, k)) > 1e-5;
    }),
  );
}

describe('SEQ', () => {
  it.each<[string, object, Parents | undefined, number[][]]>([
    ['a chain', {}, undefined, [[0], [0, 1], [0, 1, 2]]],
    ['a tree', {}, [null, 0, 0], [[0], [0, 1], [0, 2]]],
    ['a tree as a list', { order: 'list' }, [null, 0, 0], [[0], [0, 1], [0, 1, 2]]],
    ['two funnels', {}, [null, 0, null], [[0], [0, 1], [2]]],
  ])('in %s reads the tokens before and no later one', (_name, params, parents, want) => {
    expect(readers(3, params, parents)).toEqual(want);
  });

  it('with U = 0 and z ≈ 0 is a map of each token by itself', () => {
    const block = make(3, { layers: 1 });
    block.values.get('gru1.U')!.fill(0);
    block.values.get('gru1.b')!.fill(-60, 0, H);
    block.values.get('gru1.W')!.forEach((_, i, W) => {
      if (i % (3 * H) < H) W[i] = 0;
    });
    const x = ramp(3 * D);
    const { output } = block.run(x);
    // Every token through the same weights: task k's output is that of a one-task SEQ with task k's token net.
    for (let k = 0; k < 3; k++) {
      const alone = make(1, { layers: 1 });
      for (const name of ['gru1.W', 'gru1.U', 'gru1.b']) alone.values.set(name, block.values.get(name)!);
      alone.values.set(
        'token.layer1.W',
        block.values.get('token.layer1.W')!.slice(k * D * 5, (k + 1) * D * 5),
      );
      alone.values.set('token.layer1.b', block.values.get('token.layer1.b')!.slice(k * 5, (k + 1) * 5));
      const want = alone.run(x.slice(k * D, (k + 1) * D)).output;
      expect(largestDifference(columnsOf(output, 3 * H, k * H, (k + 1) * H), want)).toBeLessThan(1e-6);
    }
  });

  it('keeps the state where z ≈ 1: a task then copies the one before', () => {
    const block = make(3, { layers: 1 });
    const x = ramp(2 * 3 * D);
    // The first token starts from 0, which is kept as well, so its z must be open: only later tokens see the bias through U.
    block.values.get('gru1.b')!.fill(60, 0, H);
    const { output, probes } = block.run(x);
    expect(Math.max(...output.map(Math.abs))).toBeLessThan(1e-6);
    expect([...probes.updateGates!.slice(0, 3)]).toEqual([0, 1, 1]);
  });

  it('has as many parameters a layer as the formula says, however many tasks: 3(D·H + H² + H)', () => {
    const gru = (K: number) =>
      make(K, { layers: 2 })
        .layout.parameters.filter((p) => p.name.includes('gru'))
        .reduce((sum, p) => sum + p.size, 0);
    const want = 3 * (5 * H + H * H + H) + 3 * (H * H + H * H + H);
    expect([2, 3, 4].map(gru)).toEqual([want, want, want]);
  });

  it('publishes how much of the state is kept, 0 where there is none before', () => {
    const { probes } = make(3, {}, [null, 0, null]).run(ramp(2 * 3 * D));
    const gates = probes.updateGates!; // [2, N, K]
    expect(gates).toHaveLength(2 * 2 * 3);
    gates.forEach((z, i) => {
      if (i % 3 === 1) expect(z > 0 && z < 1).toBe(true);
      else expect(z).toBe(0);
    });
  });

  it('stays finite with one task, one row, a shared input, batch norm, dropout and huge inputs', () => {
    const runs = [
      make(1).run(ramp(D)),
      make(4, {}, undefined, 1).run(ramp(D)),
      make(3, { batchNorm: true }).run(ramp(3 * D), { training: true }),
      make(3, { dropout: 0.5 }).run(ramp(6 * D), { training: true }),
      make(2).run(ramp(2 * D).map((v) => v * 1e6)),
    ];
    for (const { output } of runs) expect(output.every(Number.isFinite)).toBe(true);
  });
});
