/** Mixtures of experts against sums written out by hand, forward and backward. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  GateLayer,
  gateMix,
  gateMixAmong,
  gateMixForTasks,
  joinGroups,
  Layout,
  Mlp,
  meanOfGroups,
  mixGroups,
  openCpu,
  Pass,
  Scope,
  sumMembers,
  type Tensor,
  tf,
  valueAndGradients,
} from '.';

beforeAll(async () => void (await openCpu()));

const numbers = (size: number, salt = 0) =>
  Array.from({ length: size }, (_, i) => (((i * 7 + salt * 5 + 3) % 23) - 11) / 10);
const matrix = (rows: number, columns: number, salt = 0) =>
  tf.tensor2d(numbers(rows * columns, salt), [rows, columns]);
const read = (t: Tensor) => Array.from(t.dataSync());

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], digits = 5) {
  expect(actual.length).toBe(wanted.length);
  wanted.forEach((v, i) => {
    expect(actual[i]).toBeCloseTo(v, digits);
  });
}

describe('gateMixAmong', () => {
  const allowed = [
    [true, true, false],
    [false, true, true],
  ];

  it('is the softmax over the experts that a gate may read, and exactly 0 elsewhere', () => {
    const logits = numbers(8, 1);
    const experts = numbers(12, 2);
    const { mixed, gates } = gateMixAmong(tf.tensor2d(logits, [2, 4]), tf.tensor2d(experts, [2, 6]), allowed);
    const wantGates: number[] = [];
    const wantMixed: number[] = [];
    for (let b = 0; b < 2; b++) {
      for (let g = 0; g < 2; g++) {
        const [l0, l1] = [logits[b * 4 + g * 2]!, logits[b * 4 + g * 2 + 1]!];
        const first = Math.exp(l0) / (Math.exp(l0) + Math.exp(l1));
        const row = [0, 0, 0];
        row[g] = first;
        row[g + 1] = 1 - first;
        wantGates.push(...row);
        for (let d = 0; d < 2; d++) {
          wantMixed.push(row.reduce((sum, w, e) => sum + w * experts[b * 6 + e * 2 + d]!, 0));
        }
      }
    }
    expectClose(read(gates), wantGates);
    expectClose(read(mixed), wantMixed);
    expect([read(gates)[2], read(gates)[3]]).toEqual([0, 0]);
  });

  it('is gateMix where every gate may read every expert', () => {
    const [logits, experts] = [matrix(3, 4, 1), matrix(3, 6, 2)];
    const open = [
      [true, true],
      [true, true],
    ];
    expect(read(gateMixAmong(logits, experts, open).mixed)).toEqual(read(gateMix(logits, experts, 2).mixed));
  });

  it('passes no gradient to an expert that no gate may read, and finite ones at logits of ±80', () => {
    const narrow = [
      [true, true, false],
      [true, true, false],
    ];
    const logits = tf.tensor2d([80, -80, -80, 80], [1, 4]);
    const experts = matrix(1, 6, 3);
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.square(gateMixAmong(logits, experts, narrow).mixed)),
      [logits, experts],
    );
    const [dLogits, dExperts] = gradients;
    expect(read(dLogits!).every(Number.isFinite)).toBe(true);
    expect(read(dExperts!).slice(4)).toEqual([0, 0]);
    expect(
      read(dExperts!)
        .slice(0, 4)
        .every((v) => v !== 0),
    ).toBe(true);
  });

  it('refuses logits that are not one a pair', () => {
    expect(() => gateMixAmong(matrix(1, 5), matrix(1, 6), allowed)).toThrow('5 logits for 4 pairs');
  });
});

describe('gateMixForTasks', () => {
  it('gives the same whether equal inputs ran once or once a task', () => {
    const [logits, experts] = [matrix(2, 9, 1), matrix(2, 6, 2)];
    const repeated = tf.reshape(tf.tile(experts, [1, 3]), [6, 6]); // each example's rows together
    const once = gateMixForTasks(logits, experts, 3);
    const each = gateMixForTasks(logits, repeated, 3);
    expect(each.gates.shape).toEqual([2, 3, 3]);
    expectClose(read(each.mixed), read(once.mixed));
    expectClose(read(each.gates), read(once.gates));
  });
});

describe('static mixtures', () => {
  it('mixGroups: y_g = Σ_j C_gj x_j, and its gradients', () => {
    const x = numbers(2 * 6, 1);
    const C = numbers(3 * 2, 2);
    const G = numbers(2 * 9, 3);
    const [tx, tC] = [tf.tensor2d(x, [2, 6]), tf.tensor2d(C, [3, 2])];
    const want: number[] = [];
    const dx = new Array<number>(12).fill(0);
    const dC = new Array<number>(6).fill(0);
    for (let b = 0; b < 2; b++) {
      for (let g = 0; g < 3; g++) {
        for (let d = 0; d < 3; d++) {
          let sum = 0;
          for (let j = 0; j < 2; j++) {
            const [cell, up] = [b * 6 + j * 3 + d, G[b * 9 + g * 3 + d]!];
            sum += C[g * 2 + j]! * x[cell]!;
            dx[cell]! += C[g * 2 + j]! * up;
            dC[g * 2 + j]! += x[cell]! * up;
          }
          want.push(sum);
        }
      }
    }
    expectClose(read(mixGroups(tx, tC)), want);
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(mixGroups(tx, tC), tf.tensor2d(G, [2, 9]))),
      [tx, tC],
    );
    expectClose(read(gradients[0]!), dx);
    expectClose(read(gradients[1]!), dC);
  });

  it('sumMembers: weighted and plain sums of each group', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [1, 8]); // 2 groups of 2 members of width 2
    expect(read(sumMembers(x, 2, 2, null))).toEqual([4, 6, 12, 14]);
    expect(read(sumMembers(x, 2, 2, tf.tensor2d([1, 10, 0, 2], [2, 2])))).toEqual([31, 42, 14, 16]);
    expect(read(sumMembers(x, 4, 1, null))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('meanOfGroups and joinGroups keep each example’s columns together', () => {
    const x = { t: tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), groups: 2, width: 2 };
    const z = { t: tf.tensor2d([9, -9], [2, 1]), groups: 1, width: 1 };
    expect(read(meanOfGroups(x))).toEqual([2, 3, 6, 7]);
    expect(meanOfGroups(z)).toBe(z.t);
    const joined = joinGroups([x, z], 2);
    expect([joined.groups, joined.width]).toEqual([2, 3]);
    expect(read(joined.t)).toEqual([1, 2, 9, 3, 4, 9, 5, 6, -9, 7, 8, -9]);
  });
});

/** Runs a part on a pass with its initial weights. */
function passOf(layout: Layout): Pass {
  const flat = layout.initialParameters(3);
  return new Pass(
    layout.parameters.map((p) => tf.tensor(flat.slice(p.offset, p.offset + p.size), p.shape as number[])),
    [],
    { training: false, seed: 1, step: 0 },
  );
}

describe('layers of experts', () => {
  it('networks side by side that share vectors: network n reads vector n·G_in/G', () => {
    const layout = new Layout();
    const options = { widths: [4, 3], dropout: 0, batchNorm: false, each: 'expert' };
    const mlp = new Mlp(new Scope(layout, 'a'), { input: { groups: 2, width: 5 }, groups: 6, ...options });
    expect(layout.parameters.map((p) => p.shape)).toEqual([[2, 5, 12], [24], [6, 4, 3], [18]]);
    const pass = passOf(layout);
    const x = numbers(20, 4);
    const run = (values: number[]) =>
      read(mlp.forward({ t: tf.tensor2d(values, [2, 10]), groups: 2, width: 5 }, pass).t);
    const before = run(x);
    // Only the second vector moves: the first three networks stay as they were.
    const after = run(x.map((v, i) => (i % 10 >= 5 ? v + 1 : v)));
    for (let row = 0; row < 2; row++) {
      expect(after.slice(row * 18, row * 18 + 9)).toEqual(before.slice(row * 18, row * 18 + 9));
    }
    expect(after).not.toEqual(before);
    expect(
      () => new Mlp(new Scope(layout, 'b'), { input: { groups: 2, width: 5 }, groups: 3, ...options }),
    ).toThrow('3 networks cannot share 2 inputs evenly');
  });

  it('GateLayer: logits of every gate, on one vector or on one each, with and without a bias', () => {
    const layout = new Layout();
    const scope = new Scope(layout, 'a');
    const options = { gates: 2, experts: 3, symbol: 'W' };
    const one = new GateLayer(scope.within('one'), {
      input: { groups: 1, width: 4 },
      bias: false,
      ...options,
    });
    const own = new GateLayer(scope.within('own'), {
      input: { groups: 2, width: 4 },
      bias: true,
      ...options,
    });
    expect(layout.parameters.map((p) => [p.name, p.shape])).toEqual([
      ['a.one.gate.W', [4, 6]],
      ['a.own.gate.W', [2, 4, 3]],
      ['a.own.gate.b', [6]],
    ]);
    const pass = passOf(layout);
    const x = matrix(3, 4, 1);
    const [W, V] = layout.parameters.map((p) => read(pass.weight(p)));
    const shared = read(one.logits({ t: x, groups: 1, width: 4 }, pass));
    const each = read(own.logits({ t: tf.tile(x, [1, 2]), groups: 2, width: 4 }, pass));
    const cells = read(x);
    for (let b = 0; b < 3; b++) {
      for (let g = 0; g < 2; g++) {
        for (let e = 0; e < 3; e++) {
          let [a, c] = [0, 0];
          for (let f = 0; f < 4; f++) {
            a += cells[b * 4 + f]! * W![f * 6 + g * 3 + e]!;
            c += cells[b * 4 + f]! * V![(g * 4 + f) * 3 + e]!;
          }
          expect(shared[b * 6 + g * 3 + e]).toBeCloseTo(a, 5);
          expect(each[b * 6 + g * 3 + e]).toBeCloseTo(c, 5);
        }
      }
    }
    expect(
      () => new GateLayer(scope.within('three'), { input: { groups: 3, width: 4 }, bias: false, ...options }),
    ).toThrow('2 gates cannot read 3 vectors');
  });
});
