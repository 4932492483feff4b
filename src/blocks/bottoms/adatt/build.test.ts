import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const make = (K: number, params: Record<string, number | boolean | number[]> = {}) =>
  new BlockUnderTest('bottom', 'adatt', { layers: [4], experts: 2, levels: 1, ...params }, tasks(K), {
    groups: 1,
    width: F,
  });

it('AdaTT-sp with one task and one expert is 2·f(x): a gate of 1 and a residual of 1', () => {
  const block = make(1, { experts: 1, layers: [6, 4] });
  const net = new BlockUnderTest('bottom', 'shared-bottom', { layers: [6, 4] }, tasks(1), {
    groups: 1,
    width: F,
  });
  for (const name of net.values.keys()) net.values.set(name, block.values.get(`level1.task.${name}`)!);
  const x = ramp(3 * F);
  expect(
    largestDifference(
      block.run(x).output,
      net.run(x).output.map((v) => 2 * v),
    ),
  ).toBeLessThan(1e-6);
  expect([...block.values.keys()].some((name) => /residual/i.test(name))).toBe(false);
});

it('is what its gates read of all experts, plus the weighted experts of its own', () => {
  const block = make(2);
  const x = ramp(3 * F);
  const { output, probes } = block.run(x);
  const nets = new BlockUnderTest('bottom', 'nse', { layers: [4] }, tasks(4), { groups: 1, width: F });
  for (const name of nets.values.keys()) nets.values.set(name, block.values.get(`level1.task.${name}`)!);
  const experts = nets.run(x).output;
  const w = block.values.get('level1.residual')!; // [2, 2]
  const want: number[] = [];
  for (let b = 0; b < 3; b++) {
    for (let k = 0; k < 2; k++) {
      for (let d = 0; d < 4; d++) {
        let sum = 0;
        for (let e = 0; e < 4; e++) {
          const share =
            probes.gates![(b * 2 + k) * 4 + e]! + (Math.floor(e / 2) === k ? w[k * 2 + (e % 2)]! : 0);
          sum += share * experts[b * 16 + e * 4 + d]!;
        }
        want.push(sum);
      }
    }
  }
  expect(largestDifference(output, want)).toBeLessThan(1e-5);
});

it('keeps a task’s own experts even where its gate looks elsewhere', () => {
  const block = make(2, { experts: 1, gateBias: true });
  block.values.get('level1.gate.W')!.fill(0);
  block.values.get('level1.gate.b')!.set([-80, 80, 80, -80]); // each task's gate reads the other's expert
  const x = ramp(2 * F);
  const nets = new BlockUnderTest('bottom', 'nse', { layers: [4] }, tasks(2), { groups: 1, width: F });
  for (const name of nets.values.keys()) nets.values.set(name, block.values.get(`level1.task.${name}`)!);
  const [first, second] = [columnsOf(nets.run(x).output, 8, 0, 4), columnsOf(nets.run(x).output, 8, 4, 8)];
  const sum = first.map((v, i) => v + second[i]!);
  for (let k = 0; k < 2; k++) {
    expect(largestDifference(columnsOf(block.run(x).output, 8, k * 4, k * 4 + 4), sum)).toBeLessThan(1e-6);
  }
});

it('has a shared stream only with shared experts, and no gate for it at the last level', () => {
  const names = (params: Record<string, number>) => [...make(2, params).values.keys()];
  expect(names({ levels: 2 }).some((n) => /shared/i.test(n))).toBe(false);
  const general = names({ levels: 2, shared: 1 });
  expect(general).toContain('level1.sharedGate.W');
  expect(general).toContain('level1.sharedResidual');
  expect(general.some((n) => /^level2\.shared(Gate|Residual)/.test(n))).toBe(false);
  // One expert everywhere: all residual weights are 1 and none is learned.
  expect(names({ experts: 1, shared: 1, levels: 2 }).some((n) => /residual/i.test(n))).toBe(false);
  expect(names({ experts: 1, shared: 2, levels: 2 })).toContain('level1.residual');
});
