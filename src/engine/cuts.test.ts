/** Wires that are cut: a block with a wire cut equals one that was built without it, on cpu and wasm; and what a reading of it says. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import { BlockUnderTest, largestDifference, ramp, tasks } from '../blocks/testing/run';
import { TopUnderTest } from '../blocks/testing/top';
import { Cuts, memory, openCpu, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import type { Cut } from '../pipeline/run';
import type { BlockSpec, ParamValues } from '../pipeline/spec';
import { Session } from './session';
import { combinationData, combined } from './testing/combine';

const ROWS = 6;
const cutting = (name: string, cells: readonly number[], block = 'block') => ({
  cuts: new Cuts([{ block, name, cells }]),
});
/** Gives a block the weights of another, by name. */
function likeness(of: BlockUnderTest, to: BlockUnderTest): void {
  for (const [name, values] of of.values) to.values.get(name)!.set(values);
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => void (backend === 'cpu' ? await openCpu() : await openWasm(wasmPaths())));

  const same = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    expect(largestDifference(a, b)).toBeLessThan(2e-6);
  const other = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    expect(largestDifference(a, b)).toBeGreaterThan(1e-3);

  it('attention: cut from reader 0 to 1 in all heads equals the causal mask, where the first of a chain reads itself alone', () => {
    const params = { width: 8, heads: 2, layers: 2, ratio: 1 };
    const input = { groups: 2, width: 8 };
    const free = new BlockUnderTest('tower', 'task-attention', params, tasks(2), input);
    const masked = new BlockUnderTest(
      'tower',
      'task-attention',
      { ...params, mask: 'causal' },
      tasks(2),
      input,
    );
    likeness(free, masked);
    const x = ramp(ROWS * 16);
    // [layer, head, reader, read]: reader 0 to read 1.
    const cut = free.run(x, cutting('attention', [1, 5, 9, 13]));
    same(cut.output, masked.run(x).output);
    other(cut.output, free.run(x).output);
    const one = free.run(x, cutting('attention', [1]));
    other(one.output, cut.output);
    // One head of one layer: the reader's other weight there grows to 1, and nothing else of that layer changes.
    const plain = free.run(x).probes.attention!;
    for (let r = 0; r < ROWS; r++) {
      const map = [...one.probes.attention!.subarray(r * 16, r * 16 + 8)];
      expect(map.slice(0, 2)).toEqual([1, 0]);
      same(map.slice(2), plain.subarray(r * 16 + 2, r * 16 + 8));
    }
  });

  it('attention: a reader that is cut from all reads nothing, not a mean', () => {
    const input = { groups: 2, width: 8 };
    const block = new BlockUnderTest(
      'tower',
      'task-attention',
      { width: 8, heads: 1, layers: 1 },
      tasks(2),
      input,
    );
    const { probes, output } = block.run(ramp(ROWS * 16), cutting('attention', [0, 1]));
    for (let r = 0; r < ROWS; r++) expect([...probes.attention!.subarray(r * 4, r * 4 + 2)]).toEqual([0, 0]);
    expect(output.every(Number.isFinite)).toBe(true);
    // W^O of nothing is nothing: the same comes out whatever the values are.
    block.values.get('layer1.Wqkv')!.fill(0.3, 0, 8 * 24);
    const again = block.run(ramp(ROWS * 16), cutting('attention', [0, 1])).output;
    for (let r = 0; r < ROWS; r++)
      same(again.subarray(r * 16, r * 16 + 8), output.subarray(r * 16, r * 16 + 8));
  });

  it.each([
    ['mmoe', { experts: 3, layers: [5] }, [1, 2, 3], (b: BlockUnderTest) => b.values.get('gate.b')!, 1],
    [
      'ple',
      { experts: 1, shared: 2, levels: 2, layers: [5] },
      [2, 2, 4],
      (b: BlockUnderTest) => b.values.get('level1.gate.b')!,
      0,
    ],
    [
      'adatt',
      { experts: 1, shared: 1, levels: 2, layers: [5] },
      [2, 2, 3],
      (b: BlockUnderTest) => b.values.get('level1.gate.b')!,
      1,
    ],
    [
      'ml-mmoe',
      { experts: 3, levels: 2, layers: [5] },
      [1, 2, 3],
      (b: BlockUnderTest) => b.values.get('level2.gate.b')!,
      4,
    ],
  ] as const)(
    '%s: a gate with an expert cut equals one whose logit for it is −10⁴',
    (id, params, shape, bias, cell) => {
      const input = { groups: 1, width: 4 };
      const block = new BlockUnderTest(
        'bottom',
        id,
        { ...params, gateBias: true } as ParamValues,
        tasks(2),
        input,
      );
      const x = ramp(ROWS * 4);
      const whole = block.run(x);
      const cut = block.run(x, cutting('gates', [cell]));
      bias(block)[cell] = -1e4;
      same(cut.output, block.run(x).output);
      other(cut.output, whole.output);
      const size = shape.reduce<number>((a, b) => a * b, 1);
      for (let r = 0; r < ROWS; r++) expect(cut.probes.gates![r * size + cell]).toBe(0);
    },
  );

  it('a gate with every expert cut hands on nothing, on its own input too, and the other gate is as it was', () => {
    const two = { groups: 2, width: 4 };
    for (const input of [{ groups: 1, width: 4 }, two]) {
      const block = new BlockUnderTest('bottom', 'mmoe', { experts: 3, layers: [5] }, tasks(2), input);
      const x = ramp(ROWS * input.groups * 4);
      const { output } = block.run(x, cutting('gates', [3, 4, 5]));
      const whole = block.run(x).output;
      for (let r = 0; r < ROWS; r++) {
        expect([...output.subarray(r * 10 + 5, r * 10 + 10)]).toEqual([0, 0, 0, 0, 0]);
        same(output.subarray(r * 10, r * 10 + 5), whole.subarray(r * 10, r * 10 + 5));
      }
    }
    // PLE's gate of task 0 has experts 0 and the shared one, 2; the one that it never reads does not keep it alive.
    const ple = new BlockUnderTest(
      'bottom',
      'ple',
      { experts: 1, shared: 1, levels: 1, layers: [5] },
      tasks(2),
      two,
    );
    const { output } = ple.run(ramp(ROWS * 8), cutting('gates', [0, 2]));
    for (let r = 0; r < ROWS; r++) expect([...output.subarray(r * 10, r * 10 + 5)]).toEqual([0, 0, 0, 0, 0]);
  });

  it.each(['ple', 'adatt'] as const)(
    '%s: the shared stream’s gate with an expert cut equals one whose logit for it is −10⁴',
    (id) => {
      const params = { experts: 1, shared: 2, levels: 3, layers: [5], gateBias: true };
      const input = { groups: 1, width: 4 };
      const block = new BlockUnderTest('bottom', id, params, tasks(2), input);
      const x = ramp(ROWS * 4);
      const whole = block.run(x);
      // [level, 1, expert]: of the second level the first shared expert.
      const cut = block.run(x, cutting('sharedGate', [6]));
      for (let r = 0; r < ROWS; r++) {
        const [first, second] = [0, 4].map((at) => [
          ...cut.probes.sharedGate!.subarray(r * 8 + at, r * 8 + at + 4),
        ]);
        same(first!, whole.probes.sharedGate!.subarray(r * 8, r * 8 + 4));
        expect(second![2]).toBe(0);
        expect(second!.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
      block.values.get('level2.sharedGate.b')![2] = -1e4;
      same(cut.output, block.run(x).output);
      other(cut.output, whole.output);
    },
  );

  it('AdaTT: a shared gate with every expert cut leaves the shared stream what its own experts add', () => {
    const params = { experts: 2, shared: 2, levels: 2, layers: [4], gateBias: true };
    const block = new BlockUnderTest('bottom', 'adatt', params, tasks(2), { groups: 1, width: 4 });
    const x = ramp(ROWS * 4);
    const every = Array.from({ length: 6 }, (_, e) => e);
    const cut = block.run(x, cutting('sharedGate', every));
    expect(cut.probes.sharedGate!.every((share) => share === 0)).toBe(true);
    // What the shared gate read does not matter any more; what its residual adds does.
    block.values.get('level1.sharedGate.W')!.fill(3);
    same(block.run(x, cutting('sharedGate', every)).output, cut.output);
    block.values.get('level1.sharedResidual')!.fill(0);
    other(block.run(x, cutting('sharedGate', every)).output, cut.output);
  });

  it('ML-MMoE below the top: the gate of one input’s expert is cut, and of no other input', () => {
    const input = { groups: 2, width: 4 };
    const block = new BlockUnderTest(
      'bottom',
      'ml-mmoe',
      { experts: 2, levels: 2, layers: [5] },
      tasks(2),
      input,
    );
    const x = ramp(ROWS * 8);
    // [input, level, expert, expert read]: input 1, expert 0 reads expert 1.
    const { probes, output } = block.run(x, cutting('levelGates', [5]));
    const whole = block.run(x);
    for (let r = 0; r < ROWS; r++) {
      same(
        probes.levelGates!.subarray(r * 8, r * 8 + 4),
        whole.probes.levelGates!.subarray(r * 8, r * 8 + 4),
      );
      expect([...probes.levelGates!.subarray(r * 8 + 4, r * 8 + 6)]).toEqual([1, 0]);
      same(output.subarray(r * 10, r * 10 + 5), whole.output.subarray(r * 10, r * 10 + 5));
    }
    other(output, whole.output);
  });

  it('cross-stitch: a wire cut equals α = 0', () => {
    const block = new BlockUnderTest('bottom', 'cross-stitch', { layers: [5, 4] }, tasks(2), {
      groups: 1,
      width: 4,
    });
    const x = ramp(ROWS * 4);
    const cut = block.run(x, cutting('stitch', [2])).output;
    other(cut, block.run(x).output);
    block.values.get('level1.alpha')![2] = 0;
    same(cut, block.run(x).output);
  });

  it.each([
    ['resflow', { layers: [5, 4] }, 'residualShare', [1, 3], [null, null]],
    ['seq', { hidden: 4, layers: 1, tokenLayers: [4], order: 'tree' }, 'updateGates', [1], [null, null]],
  ] as const)('%s: with its links cut a child equals a root', (id, params, name, cells, roots) => {
    const input = { groups: 2, width: 4 };
    const chain = new BlockUnderTest('tower', id, params as ParamValues, tasks(2), input);
    const apart = new BlockUnderTest('tower', id, params as ParamValues, tasks(2, roots), input);
    likeness(chain, apart);
    const x = ramp(ROWS * 8);
    const cut = chain.run(x, cutting(name, cells)).output;
    same(cut, apart.run(x).output);
    other(cut, chain.run(x).output);
  });

  it('ResFlow: one level’s link alone is cut', () => {
    const input = { groups: 2, width: 4 };
    const block = new BlockUnderTest('tower', 'resflow', { layers: [5, 4] }, tasks(2), input);
    const { probes } = block.run(ramp(ROWS * 8), cutting('residualShare', [1]));
    for (let r = 0; r < ROWS; r++) {
      expect(probes.residualShare![r * 4 + 1]).toBe(0);
      expect(probes.residualShare![r * 4 + 3]).toBeGreaterThan(0);
    }
  });

  it('the logit residual: cut, a child’s log-odds are its own part', () => {
    const top = new TopUnderTest('logit-residual', {}, tasks(2), 1).set('w', 1).set('c', [0.5, -1]);
    const { logP, probes } = top.run([0.3, -0.2], cutting('residualLogits', [1], 'top'));
    expect(Math.exp(logP[1]!)).toBeCloseTo(1 / (1 + Math.exp(-probes.residualLogits![1]!)), 5);
    other(logP, top.run([0.3, -0.2]).logP);
  });

  it('DBMTL: an edge cut equals a net whose weights for that vector are 0, and no other edge', () => {
    const K = 3;
    const D = 4;
    const make = () =>
      new TopUnderTest('dbmtl', { layers: [5], edges: 'earlier' }, tasks(K, [null, 0, 0]), D);
    const x = ramp(ROWS * K * D);
    const whole = make().run(x);
    // [reader, read]: task 2 reads task 0.
    const cut = make().run(x, cutting('relations', [6], 'top'));
    const without = make();
    without.values.get('task3.layer1.W')!.fill(0, D * 5, (D + 5) * 5);
    same(cut.logP, without.run(x).logP);
    other(cut.logP, whole.logP);
    for (let r = 0; r < ROWS; r++) {
      same(cut.logP.subarray(r * K, r * K + 2), whole.logP.subarray(r * K, r * K + 2));
      const shares = (run: typeof whole, k: number) => [
        ...run.probes.relations!.subarray((r * K + k) * K, (r * K + k + 1) * K),
      ];
      for (const run of [whole, cut]) {
        for (let k = 0; k < K; k++) {
          expect(shares(run, k).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
          expect(shares(run, k).slice(k + 1)).toEqual(new Array(K - k - 1).fill(0));
        }
      }
      expect(shares(whole, 0)).toEqual([1, 0, 0]);
      expect(shares(whole, 2)[0]).toBeGreaterThan(0);
      expect(shares(cut, 2)[0]).toBe(0);
    }
  });

  it('DBMTL: a net with its own vector cut hears of it through others alone, a bare root hands on nothing', () => {
    const top = new TopUnderTest('dbmtl', { layers: [5], rootNet: false }, tasks(2), 4);
    const x = ramp(8);
    const moved = Float32Array.from(x, (v, i) => (i < 4 ? v : v + 1));
    const run = (of: ArrayLike<number>, cells: number[]) =>
      top.run(of, cutting('relations', cells, 'top')).logP;
    expect(run(moved, [3])[1]).toBe(run(x, [3])[1]);
    expect(top.run(moved).logP[1]).not.toBe(top.run(x).logP[1]);
    // The root's own prediction is its bias; its child loses the very vector that the root hands on.
    expect(
      run(
        ramp(8).map((v) => 2 * v),
        [0],
      )[0],
    ).toBe(run(x, [0])[0]);
    same([run(x, [0])[1]!], [run(x, [2])[1]!]);
  });

  it('AITM: without the transfer a child hears nothing of its parent, and with it alone nothing of itself', () => {
    const top = new TopUnderTest('aitm', { width: 4 }, tasks(2), 4);
    const run = (x: ArrayLike<number>, cells: number[]) => {
      const { logP, probes } = top.run(x, cutting('aitmWeights', cells, 'top'));
      return { child: logP[1]!, weights: [...probes.aitmWeights!] };
    };
    const x = ramp(8);
    const parentMoved = Float32Array.from(x, (v, i) => (i < 4 ? v + 1 : v));
    const childMoved = Float32Array.from(x, (v, i) => (i < 4 ? v : v + 1));
    expect(run(x, [1]).weights).toEqual([1, 0]);
    expect(run(parentMoved, [1]).child).toBe(run(x, [1]).child);
    expect(run(childMoved, [1]).child).not.toBe(run(x, [1]).child);
    expect(run(childMoved, [0]).child).toBe(run(x, [0]).child);
    expect(run(x, [0, 1]).weights).toEqual([0, 0]);
  });
});

describe('readings', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));
  const data = combinationData([null, 0]);
  const blocks = { bottom: 'mmoe', tower: 'task-attention', top: 'aitm' };
  const every: readonly Cut[] = [
    { block: 'bottom', name: 'gates', cells: [0] },
    { block: 'towers', name: 'attention', cells: [2] },
    { block: 'top', name: 'aitmWeights', cells: [1] },
  ];

  it('say what every column loses on the same rows, change nothing, and leave no tensor behind', async () => {
    const session = new Session(combined(blocks, [null, 0]), data);
    for (let s = 0; s < 5; s++) await session.trainStep();
    await session.readFrame();
    const before = await session.snapshot();
    const tensors = memory().tensors;
    const reading = await session.cutReading(every, true);
    expect(memory().tensors).toBe(tensors);
    expect(await session.snapshot()).toEqual(before);
    const { metrics } = await session.evaluate();
    expect(reading.rows).toBe(data.rows - data.trainRows);
    expect(reading.spaces.map((s) => s.space)).toEqual(metrics.map((m) => m.space));
    reading.spaces.forEach(({ auc }, i) => {
      expect(auc.whole).toEqual(metrics[i]!.auc);
      if (!auc.whole.ok || !auc.cut.ok) throw new Error('too few rows for an AUC');
      expect(auc.lost!.value).toBeCloseTo(auc.whole.value - auc.cut.value, 9);
      expect(auc.lost!.se).toBeGreaterThan(0);
    });
    session.dispose();
  });

  it('refuse a wire that is not there, in one sentence', async () => {
    const session = new Session(combined(blocks, [null, 0]), data);
    await expect(session.checkCuts([{ block: 'towers', name: 'gates', cells: [0] }])).rejects.toThrow(
      /no block.*towers\/gates/i,
    );
    await expect(session.checkCuts([{ block: 'bottom', name: 'gates', cells: [99] }])).rejects.toThrow(
      /Wire 99 of bottom\/gates/,
    );
    await session.checkCuts(every);
    session.dispose();
  });

  const wired = (['bottom', 'tower', 'top'] as const).flatMap((pillar) =>
    CATALOG[pillar].flatMap((spec: BlockSpec) =>
      Object.keys(spec.wires ?? {}).map((name) => [spec.id, name, pillar] as const),
    ),
  );
  it.each(wired)('%s has the wires %s that its spec names', async (id, name, pillar) => {
    const base = { bottom: 'nse', tower: 'mlp', top: 'identity', [pillar]: id };
    const session = new Session(combined(base, [null, 0]), data);
    const block = pillar === 'tower' ? 'towers' : pillar;
    const readings = await session.probe(new Set([name]));
    const shape = readings.find((r) => r.block === block)?.shape;
    // Small settings may leave a block without the levels between which such a wire runs.
    if (shape) {
      const cells = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
      await session.checkCuts([{ block, name, cells }]);
      const { spaces } = await session.cutReading([{ block, name, cells }], true);
      expect(spaces.some((s) => s.auc.lost !== null)).toBe(true);
    } else expect(['sharedGate', 'levelGates']).toContain(name);
    session.dispose();
  });
});
