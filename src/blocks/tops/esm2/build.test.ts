import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { ramp, tasks } from '../../testing/run';
import { allFinite, probabilities, TopUnderTest } from '../../testing/top';
import { spec } from './spec';

beforeAll(async () => void (await openCpu()));

const D = 4;
const make = () => new TopUnderTest('esm2', {}, tasks(3, [null, 0, 0]), D);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('ESM²', () => {
  it('decomposes the purchase: by way of the action, or without it', () => {
    const top = make().set('w', 0).set('w4', 0).set('c', [0.4, -1, 0.7]).set('c4', -2);
    const [click, action, purchase] = probabilities(top.run(new Float32Array(3 * D)));
    const [y1, y2, y3, y4] = [0.4, -1, 0.7, -2].map(sigmoid) as [number, number, number, number];
    expect(click).toBeCloseTo(y1, 6);
    expect(action).toBeCloseTo(y1 * y2, 6);
    expect(purchase).toBeCloseTo(y1 * ((1 - y2) * y4 + y2 * y3), 6);
  });

  it('lets a purchase be more probable than the action, never than the click', () => {
    const top = make().set('w', 0).set('w4', 0).set('c', [0, -4, 0]).set('c4', 3);
    const [click, action, purchase] = probabilities(top.run(new Float32Array(3 * D))) as [
      number,
      number,
      number,
    ];
    expect(purchase).toBeGreaterThan(action);
    const many = make().run(ramp(9 * 3 * D));
    for (let row = 0; row < 9; row++) expect(many.logP[row * 3 + 2]).toBeLessThanOrEqual(many.logP[row * 3]!);
    expect(purchase).toBeLessThan(click);
  });

  it('without the action’s own say (y_3 = y_4) is ESMM on the same tree', () => {
    const top = make();
    const esmm = new TopUnderTest('esmm', {}, tasks(3, [null, 0, 0]), D);
    const w = [...top.values.get('w')!];
    const c = [-0.5, 0.3, -1.2];
    top
      .set('w4', w.slice(2 * D))
      .set('c', c)
      .set('c4', c[2]!);
    esmm.set('w', w).set('c', c);
    const t = ramp(5 * 3 * D);
    const [a, b] = [top.run(t), esmm.run(t)];
    a.logP.forEach((v, i) => {
      expect(v).toBeCloseTo(b.logP[i]!, 5);
      expect(a.log1mP[i]!).toBeCloseTo(b.log1mP[i]!, 5);
    });
  });

  it('starts at the base rates', () => {
    const p = probabilities(make().run(new Float32Array(3 * D)));
    tasks(3).forEach((t, k) => {
      expect(p[k]! / t.baseRate).toBeCloseTo(1, 4);
    });
  });

  it('lets the purchase train all towers, and the click none but its own', () => {
    const size = (lambda: number[], from: number) => {
      const { gradients } = make().run(ramp(4 * 3 * D), { lambda, labels: new Array(12).fill(1) });
      return Math.max(
        ...Array.from(gradients.t!).map((g, i) => (Math.floor((i % (3 * D)) / D) === from ? Math.abs(g) : 0)),
      );
    };
    for (const from of [0, 1, 2]) expect(size([0, 0, 1], from)).toBeGreaterThan(1e-5);
    expect([size([1, 0, 0], 1), size([1, 0, 0], 2)]).toEqual([0, 0]);
  });

  it('stays finite at ±80, with batch 1, a shared vector and weight 0', () => {
    for (const a of [80, -80]) {
      for (const b of [80, -80]) {
        const top = make().set('c', [a, b, -a]).set('c4', -b).set('w', 0).set('w4', 0);
        for (const label of [0, 1]) {
          expect(allFinite(top.run(ramp(3 * D), { labels: new Array(3).fill(label) }))).toBe(true);
        }
      }
    }
    const shared = new TopUnderTest('esm2', {}, tasks(3, [null, 0, 0]), D, 1);
    expect(allFinite(shared.run(ramp(2 * D)))).toBe(true);
    const silent = make().run(ramp(6 * D), { weights: [0, 0] });
    expect(Math.max(...silent.gradients.t!.map(Math.abs))).toBe(0);
  });

  it('says which tasks it needs, and takes a purchase under the click or under the action', () => {
    const of = (parents: (string | null)[]) =>
      spec.rules!({
        place: 'top',
        params: {},
        blocks: { input: '', bottom: '', tower: '', top: 'esm2', balancer: '' },
        tasks: parents.map((parent, k) => ({ id: `t${k}`, parent })),
      }).map((f) => f.level);
    expect(of([null, 't0', 't0'])).toEqual([]);
    expect(of([null, 't0', 't1'])).toEqual([]);
    for (const bad of [
      [null, 't0'],
      [null, null, 't0'],
      [null, 't0', null],
      [null, 't0', 't0', 't0'],
    ]) {
      expect(of(bad)).toEqual(['error']);
    }
  });
});
