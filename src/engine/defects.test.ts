/** Defects of public implementations, each with a test that would find it here. Those of balancers stand with the balancers. */
import { beforeAll, describe, expect, it } from 'vitest';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../blocks/testing/run';
import { probabilities, TopUnderTest } from '../blocks/testing/top';
import { openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import { Session } from './session';
import { tinyData } from './testing/data';

beforeAll(async () => void (await openWasm(wasmPaths())));

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));

describe('Tenrec multiplies two logits in its ESMM and calls the product a conversion', () => {
  /** A Top that says the same of every row: logits a and b. */
  const flat = (a: number, b: number) =>
    new TopUnderTest('esmm', {}, tasks(2), 1).set('w', 0).set('c', [a, b]);

  it.each([
    [-2, -3],
    [2, -3],
    [-2, 5],
    [3, 3],
  ])('logits %d and %d: p(click and purchase) is the product of probabilities, at most p(click)', (a, b) => {
    const [click, purchase] = probabilities(flat(a, b).run([0, 0])) as [number, number];
    expect(click).toBeCloseTo(sigmoid(a), 6);
    expect(purchase).toBeCloseTo(sigmoid(a) * sigmoid(b), 6);
    expect(purchase).toBeLessThanOrEqual(click);
    // What the defect would say; two unlikely events would make a likely one.
    expect(Math.abs(purchase - sigmoid(a * b))).toBeGreaterThan(0.02);
  });

  it('the purchase’s gradient on each logit has the sign of the event, whatever the other logit is', () => {
    for (const [a, b] of [
      [-2, -3],
      [2, 3],
    ] as const) {
      for (const y of [0, 1]) {
        const { gradients } = flat(a, b).run([0, 0], { labels: [y, y], lambda: [0, 1] });
        const [onClick, onPurchase] = gradients.c!;
        const p = sigmoid(a) * sigmoid(b);
        // d(−log p)/da = −(1−σ(a)); d(−log(1−p))/da = p(1−σ(a))/(1−p), and so for b.
        const slope = (l: number) => (y === 1 ? -(1 - sigmoid(l)) : (p * (1 - sigmoid(l))) / (1 - p));
        expect(onClick).toBeCloseTo(slope(a), 5);
        expect(onPurchase).toBeCloseTo(slope(b), 5);
      }
    }
  });
});

describe('PaddleRec’s PLE starts all experts alike and gives a task’s gate the wrong ones', () => {
  // Its shipped configuration: two tasks with three experts each. The second task then read the third expert of the first.
  const D = 4;
  const make = () =>
    new BlockUnderTest('bottom', 'ple', { layers: [D], experts: 3, shared: 1, levels: 1 }, tasks(2), {
      groups: 1,
      width: 5,
    });

  it('no two experts, and no two units of one, start with the same weights (issue 721)', () => {
    const ple = make();
    const columns: string[] = [];
    for (const [name, values] of ple.values) {
      if (!/(task|shared)\.layer1\.W$/.test(name)) continue;
      const width = values.length / 5;
      for (let c = 0; c < width; c++)
        columns.push(Array.from({ length: 5 }, (_, r) => values[r * width + c]).join());
    }
    expect(columns).toHaveLength((2 * 3 + 1) * D);
    expect(new Set(columns).size).toBe(columns.length);
  });

  it.each([0, 1, 2, 3, 4, 5])('expert %d serves its own task alone', (e) => {
    const x = ramp(4 * 5);
    const before = make().run(x).output;
    const moved = make();
    const b = moved.values.get('level1.task.layer1.b')!;
    for (let d = 0; d < D; d++) b[e * D + d]! += 1;
    const after = moved.run(x).output;
    for (const k of [0, 1]) {
      const difference = largestDifference(
        columnsOf(before, 2 * D, k * D, (k + 1) * D),
        columnsOf(after, 2 * D, k * D, (k + 1) * D),
      );
      if (Math.floor(e / 3) === k) expect(difference).toBeGreaterThan(0.01);
      else expect(difference).toBe(0);
    }
  });

  it('AUC leaves .5 within 100 steps for both tasks (issue 764)', async () => {
    const base = defaultPipeline();
    const session = new Session(
      {
        ...base,
        bottom: blockWith('bottom', 'ple', { layers: [8], experts: 3, shared: 1, levels: 1 }),
        towers: blockWith('tower', 'mlp', { layers: [6] }),
        tasks: base.tasks.map((t) => ({ ...t, lossWeight: 1 })),
        training: { ...base.training, steps: 100, batch: 128 },
      },
      tinyData({ rows: 1200 }),
    );
    for (let s = 0; s < 100; s++) await session.trainStep();
    const { metrics } = await session.evaluate();
    session.dispose();
    const aucs = metrics.filter((m) => !m.space.includes('|')).map((m) => (m.auc.ok ? m.auc.value : 0));
    expect(aucs).toHaveLength(2);
    for (const auc of aucs) expect(auc).toBeGreaterThan(0.65);
  }, 60_000);
});

describe('PaddleRec’s ESCM² has a loss multiplied by 0 (issue 958) and weights that grow with the batch (941, 991)', () => {
  const labels = [0, 0, 1, 0, 1, 1];
  const make = (id: string) => new TopUnderTest(id, {}, tasks(2), 3);

  it.each(['escm2-ipw', 'escm2-dr'])('%s: every loss term has a gradient of its own', (id) => {
    const t = ramp(6 * 3);
    const gradientOf = (lambda: number[]) => make(id).run(t, { labels, lambda }).gradients;
    const own = gradientOf([0, 0]);
    // L_CTR reaches the click's head, L_CTCVR both, the debiased loss of the conversion that head (and the imputation).
    expect(largest(gradientOf([1, 0]).w!.slice(0, 3))).toBeGreaterThan(1e-4);
    const purchase = gradientOf([0, 1]).w!.map((g, i) => g - own.w![i]!);
    expect(largest(purchase.slice(0, 3))).toBeGreaterThan(1e-4);
    expect(largest(purchase.slice(3))).toBeGreaterThan(1e-4);
    expect(largest(own.w!.slice(3))).toBeGreaterThan(1e-4);
    for (const [name, g] of Object.entries(own)) {
      if (name.startsWith('imputation')) expect(largest(g), name).toBeGreaterThan(0);
    }
    for (const [name, value] of Object.entries(make(id).run(t, { labels }).auxiliary)) {
      expect(value, name).not.toBe(0);
    }
  });

  it.each(['escm2-ipw', 'escm2-dr'])('%s: the same rows twice are the same loss', (id) => {
    const t = ramp(6 * 3);
    const once = make(id).run(t, { labels }).auxiliary;
    const twice = make(id).run([...t, ...t], { labels: [...labels, ...labels] }).auxiliary;
    for (const [name, value] of Object.entries(once)) expect(twice[name]).toBeCloseTo(value, 5);
  });
});

describe('EasyRec’s AITM sample leaves out what its calibrator compares, so that it never acts', () => {
  it('by default the calibrator’s loss has a gradient wherever p(purchase) is above p(click)', () => {
    const run = (a: number, b: number) => {
      const top = new TopUnderTest('aitm', {}, tasks(2), 4);
      return top
        .set('w', 0)
        .set('c', [a, b])
        .run(ramp(3 * 2 * 4), { lambda: [0, 0] });
    };
    const above = run(-1, 1);
    expect(above.auxiliary.calibrator).toBeGreaterThan(0.1);
    const [onClick, onPurchase] = above.gradients.c!;
    expect(onClick).toBeLessThan(-0.01);
    expect(onPurchase).toBeGreaterThan(0.01);
    const below = run(1, -1);
    expect(below.auxiliary.calibrator).toBe(0);
    expect(largest(below.gradients.c!)).toBe(0);
  });
});
