import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const make = (K: number, params: Record<string, number | boolean | number[]> = {}, groups = 1) =>
  new BlockUnderTest(
    'bottom',
    'ple',
    { layers: [6, 4], experts: 2, shared: 2, levels: 2, ...params },
    tasks(K),
    { groups, width: F },
  );

it('without shared experts is K independent streams: another task’s weights change nothing', () => {
  const ple = make(2, { shared: 0 });
  const x = ramp(3 * F);
  const before = ple.run(x).output;
  // Task 2 owns the right half of every layer: experts, biases and gates.
  for (const p of ple.layout.parameters) {
    const values = ple.values.get(p.name.replace('block.', ''))!;
    const [rows, columns] =
      p.shape.length === 3 ? [1, p.size] : p.shape.length === 2 ? (p.shape as [number, number]) : [1, p.size];
    for (let r = 0; r < rows; r++) {
      for (let c = columns / 2; c < columns; c++) values[r * columns + c]! += 0.5;
    }
  }
  const after = ple.run(x).output;
  expect(columnsOf(after, 8, 0, 4)).toEqual(columnsOf(before, 8, 0, 4));
  expect(largestDifference(columnsOf(after, 8, 4, 8), columnsOf(before, 8, 4, 8))).toBeGreaterThan(0.01);
  expect([...ple.values.keys()].some((name) => /shared/.test(name))).toBe(false);
});

it('with one level is CGC: each task mixes its own and the shared experts, and there is no shared gate', () => {
  const ple = make(2, { levels: 1 });
  expect([...ple.values.keys()].some((name) => name.includes('sharedGate'))).toBe(false);
  const x = ramp(3 * F);
  const { output, probes } = ple.run(x);
  expect(Object.keys(probes)).toEqual(['gates']);
  // CGC by hand: run task experts and shared experts as the separate nets that they are, and mix with the gates.
  const experts = (part: string, E: number) => {
    const nets = new BlockUnderTest('bottom', 'nse', { layers: [6, 4] }, tasks(E), { groups: 1, width: F });
    for (const name of nets.values.keys()) nets.values.set(name, ple.values.get(`level1.${part}.${name}`)!);
    return nets.run(x).output;
  };
  const [own, shared] = [experts('task', 4), experts('shared', 2)];
  const want: number[] = [];
  for (let b = 0; b < 3; b++) {
    const all = [...own.subarray(b * 16, b * 16 + 16), ...shared.subarray(b * 8, b * 8 + 8)];
    for (let k = 0; k < 2; k++) {
      const g = probes.gates!.subarray((b * 2 + k) * 6, (b * 2 + k) * 6 + 6);
      for (let d = 0; d < 4; d++) want.push(g.reduce((sum, w, e) => sum + w * all[e * 4 + d]!, 0));
    }
  }
  expect(largestDifference(output, want)).toBeLessThan(1e-5);
});

it('a task’s gate is exactly 0 on the other tasks’ experts, the shared gate on none', () => {
  const { probes } = make(3).run(ramp(2 * F));
  const E = 3 * 2 + 2;
  expect(probes.gates).toHaveLength(2 * 2 * 3 * E);
  probes.gates!.forEach((share, i) => {
    const [k, e] = [Math.floor(i / E) % 3, i % E];
    const readable = e >= 6 || Math.floor(e / 2) === k;
    expect(share > 0).toBe(readable);
  });
  expect(probes.sharedGate!.every((share) => share > 0)).toBe(true);
});

it('the shared stream carries one task’s experts to the others, from the second level on', () => {
  const x = ramp(3 * F);
  const touched = (levels: number) => {
    const ple = make(2, { levels });
    const before = ple.run(x).output;
    // All biases of task 2's experts at the first level: its experts are the last two of four.
    ple.values.get('level1.task.layer2.b')!.fill(0.7, 8);
    return largestDifference(columnsOf(ple.run(x).output, 8, 0, 4), columnsOf(before, 8, 0, 4));
  };
  expect(touched(1)).toBe(0);
  expect(touched(2)).toBeGreaterThan(1e-3);
});

it('every expert of a task is that task’s own: with three tasks and three experts each moves one task alone', () => {
  // A public implementation indexes experts by i·K + j in place of i·m + j, which shares some by accident and leaves others unused.
  const K = 3;
  const ple = make(K, { experts: 3, shared: 1, levels: 1, layers: [4] });
  const x = ramp(4 * F);
  const before = ple.run(x).output;
  for (let e = 0; e < 9; e++) {
    const bias = ple.values.get('level1.task.layer1.b')!;
    bias.fill(1, e * 4, e * 4 + 4);
    const after = ple.run(x).output;
    bias.fill(0, e * 4, e * 4 + 4);
    for (let k = 0; k < K; k++) {
      const moved = largestDifference(
        columnsOf(after, 12, k * 4, k * 4 + 4),
        columnsOf(before, 12, k * 4, k * 4 + 4),
      );
      expect(moved > 1e-4, `expert ${e}, task ${k}`).toBe(Math.floor(e / 3) === k);
    }
  }
});

it('experts start apart: no two have the same weights', () => {
  const ple = make(2, { layers: [4], experts: 4 });
  const W = ple.values.get('level1.task.layer1.W')!; // [F, 8·4]
  const columns = Array.from({ length: 32 }, (_, c) =>
    Array.from({ length: F }, (_, f) => W[f * 32 + c]).join(),
  );
  expect(new Set(columns).size).toBe(32);
});

it('a bias shifts the gates only where it is asked for', () => {
  expect([...make(2).values.keys()].some((n) => n.endsWith('ate.b'))).toBe(false);
  const ple = make(2, { gateBias: true });
  ple.values.get('level1.gate.b')!.set([80, -80, -80, -80, -80, -80, -80, 80]);
  ple.values.get('level1.gate.W')!.fill(0);
  const first = [...ple.run(ramp(F)).probes.gates!.subarray(0, 12)];
  expect(first).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});
