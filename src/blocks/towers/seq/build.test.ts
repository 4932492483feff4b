import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu, Pass, splitGroups, tf, valueAndGradients } from '../../../nn';
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

  describe('with a task that is never trained (§5.2)', () => {
    const K = 3;
    const x = ramp(4 * K * D);
    const column = (m: Float32Array, k: number) => columnsOf(m, K * H, k * H, (k + 1) * H);

    it('trains the others as if it were not there', () => {
      const unseen = make(K, { zeroShot: 2 });
      const two = make(2);
      const [W, b] = [unseen.values.get('token.layer1.W')!, unseen.values.get('token.layer1.b')!];
      for (const name of two.values.keys()) two.values.set(name, unseen.values.get(name)!);
      two.values.set('token.layer1.W', Float32Array.from([...W.slice(0, D * 5), ...W.slice(2 * D * 5)]));
      two.values.set('token.layer1.b', Float32Array.from([...b.slice(0, 5), ...b.slice(10)]));
      const pair = Float32Array.from(x).filter((_, i) => Math.floor((i % (K * D)) / D) !== 1);
      const [all, want] = [
        unseen.run(x, { training: true }).output,
        two.run(pair, { training: true }).output,
      ];
      expect(largestDifference(column(all, 0), columnsOf(want, 2 * H, 0, H))).toBeLessThan(1e-6);
      expect(largestDifference(column(all, 2), columnsOf(want, 2 * H, H, 2 * H))).toBeLessThan(1e-6);
    });

    it.each([
      ['a vector a task', K],
      ['one shared vector', 1],
    ] as const)(
      'evaluates it by the mean of its neighbours’ nets, in its place in the sequence: %s',
      (_name, groups) => {
        const unseen = make(K, { zeroShot: 2 }, undefined, groups);
        const plain = make(K, {}, undefined, groups);
        for (const [name, values] of unseen.values) plain.values.set(name, values.slice());
        const b = plain.values.get('token.layer1.b')!;
        const W = plain.values.get('token.layer1.W')!;
        for (let i = 0; i < 5; i++) b[5 + i] = (b[i]! + b[10 + i]!) / 2;
        for (let i = 0; i < D * 5; i++) {
          // [K, D, 5] side by side in rows, or [D, K·5] in columns.
          const [at, left, right] =
            groups === 1
              ? [0, 1, 2]
                  .map((k) => Math.floor(i / 5) * 15 + k * 5 + (i % 5))
                  .map((_, k, all) => all[[1, 0, 2][k]!]!)
              : [D * 5 + i, i, 2 * D * 5 + i];
          W[at!] = (W[left!]! + W[right!]!) / 2;
        }
        const input = ramp(4 * groups * D);
        expect(largestDifference(unseen.run(input).output, plain.run(input).output)).toBeLessThan(1e-6);
      },
    );

    it('lets its own loss train nothing, and those of others nothing of its net', () => {
      const train = (from: number) => {
        const block = make(K, { zeroShot: 2 });
        const weights = block.layout.parameters.map((p) =>
          tf.tensor(block.values.get(p.name.replace('block.', ''))!, p.shape as number[]),
        );
        const { gradients } = valueAndGradients(() => {
          const pass = new Pass(weights, [], { training: true, seed: 1, step: 0 });
          const t = block.forward(tf.tensor2d(Array.from(x), [4, K * D]), pass);
          return tf.sum(splitGroups(t, K)[from]!);
        }, weights);
        return block.layout.parameters.map((_, i) => Array.from(gradients[i]?.dataSync() ?? []));
      };
      expect(
        train(1)
          .flat()
          .every((g) => g === 0),
      ).toBe(true);
      const [W] = train(2);
      expect(W!.slice(D * 5, 2 * D * 5).every((g) => g === 0)).toBe(true);
      expect(W!.slice(2 * D * 5).some((g) => g !== 0)).toBe(true);
    });

    it('of a number that no task has is none', () => {
      expect([...make(2, { zeroShot: 3 }).run(ramp(2 * D)).output]).toEqual([
        ...make(2).run(ramp(2 * D)).output,
      ]);
    });
  });
});
