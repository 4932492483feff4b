import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const D_B = 4;
type Parents = (number | null)[];
/** Both sides side by side: K vectors of the user, K of the item (or one each where `shared`). */
const make = (K: number, params: object = {}, parents?: Parents, shared = false) =>
  new BlockUnderTest('tower', 'twin', { layers: [5, 3], ...params }, tasks(K, parents), {
    groups: shared ? 2 : 2 * K,
    width: D_B,
  });
const alone = { hiddenLinks: false, placement: 'none' };

describe('twin towers', () => {
  it('score by the inner product: products one by one add up to it', () => {
    const score = make(3, alone);
    const products = make(3, { ...alone, hands: 'products' });
    const x = ramp(4 * 6 * D_B);
    const [s, p] = [score.run(x), products.run(x)];
    expect(score.output).toEqual({ groups: 3, width: 1 });
    expect(products.output).toEqual({ groups: 3, width: 3 });
    const sums = Array.from(s.output, (_, i) => p.output.slice(i * 3, i * 3 + 3).reduce((a, b) => a + b, 0));
    expect(largestDifference(s.output, sums)).toBeLessThan(1e-6);
    expect([...s.probes.score!]).toEqual([...s.output]);
    expect(Math.min(...s.output)).toBeLessThan(0);
    expect(Math.max(...s.output)).toBeGreaterThan(0);
  });

  it('keep the sides apart: with the item’s vectors at 0 nothing of the user is left but through biases', () => {
    const block = make(2, { ...alone, layers: [3] });
    const x = ramp(3 * 4 * D_B);
    // An item at 0 has v = b = 0: the score is 0 whoever the user is.
    const empty = x.map((v, i) => (i % (4 * D_B) < 2 * D_B ? v : 0));
    expect([...block.run(empty).output].every((v) => v === 0)).toBe(true);
    // Twice the item's vector is twice the score.
    const twice = x.map((v, i) => (i % (4 * D_B) < 2 * D_B ? v : 2 * v));
    const doubled = block.run(x).output.map((v) => 2 * v);
    expect(largestDifference(block.run(twice).output, doubled)).toBeLessThan(1e-5);
  });

  it.each(['after', 'before', 'both', 'none'])(
    'hand a parent’s on to its descendants alone, %s',
    (placement) => {
      const parents: Parents = [null, 0, 1, 0];
      const reach = (from: number, to: number) => {
        const block = make(4, { placement, hiddenLinks: false }, parents);
        const x = ramp(3 * 8 * D_B);
        // The task's vectors on both sides move.
        const moved = x.map((v, i) => (Math.floor((i % (8 * D_B)) / D_B) % 4 === from ? v + 1 : v));
        const of = (input: Float32Array) => columnsOf(block.run(input).output, 4, to, to + 1);
        return largestDifference(of(x), of(moved));
      };
      const linked = placement !== 'none';
      expect(reach(0, 2) > 1e-4).toBe(linked);
      expect(reach(0, 3) > 1e-4).toBe(linked);
      expect(reach(1, 3)).toBe(0);
      expect(reach(2, 1)).toBe(0);
      expect(reach(2, 2)).toBeGreaterThan(1e-4);
    },
  );

  it('after the product: a child whose last block is 0 copies its parent; before: it has its vectors', () => {
    for (const placement of ['after', 'before']) {
      const block = make(2, { placement }, [null, 0]);
      const W = block.values.get('out.W')!; // [4, 5, 3]: user 0, user 1, item 0, item 1
      W.fill(0, 15, 30);
      W.fill(0, 45, 60);
      const { output } = block.run(ramp(5 * 4 * D_B));
      expect(columnsOf(output, 2, 1, 2)).toEqual(columnsOf(output, 2, 0, 1));
    }
  });

  it('without links are one pair a task: no task reaches another', () => {
    const block = make(2, alone);
    const x = ramp(3 * 4 * D_B);
    const moved = x.map((v, i) => (Math.floor((i % (4 * D_B)) / D_B) % 2 === 0 ? v + 1 : v));
    expect(columnsOf(block.run(x).output, 2, 1, 2)).toEqual(columnsOf(block.run(moved).output, 2, 1, 2));
    expect(columnsOf(block.run(x).output, 2, 0, 1)).not.toEqual(columnsOf(block.run(moved).output, 2, 0, 1));
  });

  it('take one vector a side as well as one a task and side', () => {
    const shared = make(2, {}, undefined, true);
    expect(shared.layout.parameters[0]!.shape).toEqual([2, D_B, 10]);
    expect(shared.run(ramp(3 * 2 * D_B)).output).toHaveLength(6);
    expect(make(2, { layers: [3] }, undefined, true).run(ramp(2 * D_B)).output).toHaveLength(2);
  });

  it('start with scores of about unit size, whatever the width', () => {
    for (const width of [2, 16, 64]) {
      const block = make(1, { layers: [32, width] });
      const { output } = block.run(
        Float32Array.from({ length: 400 * 2 * D_B }, (_, i) => Math.sin(i * 12.9898) * 1.4),
      );
      const sd = Math.sqrt(output.reduce((sum, v) => sum + v * v, 0) / output.length);
      expect(sd).toBeGreaterThan(0.15);
      expect(sd).toBeLessThan(4);
    }
  });

  it('stay finite with one task, one row, batch norm, dropout and large inputs', () => {
    const runs = [
      make(1).run(ramp(2 * D_B)),
      make(3, { batchNorm: true }).run(ramp(6 * D_B), { training: true }),
      make(3, { dropout: 0.5, placement: 'both' }).run(ramp(12 * D_B), { training: true }),
      make(2).run(ramp(4 * D_B).map((v) => v * 1e6)),
    ];
    for (const { output } of runs) expect(output.every(Number.isFinite)).toBe(true);
  });
});
