import { beforeAll, describe, expect, it } from 'vitest';
import { Layout, openCpu, Pass, Scope, type Tensor, tf } from '../../../nn';
import { defaultParams, type ParamValues } from '../../../pipeline/spec';
import type { Field, InputFlow } from '../../contract';
import { largestDifference, ramp, tasks } from '../../testing/run';
import { build } from './build';
import { spec } from './spec';

beforeAll(async () => void (await openCpu()));

const FIELDS: Field[] = [
  { name: 'brand', kind: 'categorical', width: 2, side: 'item' },
  { name: 'land', kind: 'categorical', width: 2, side: 'user' },
  { name: 'n0', kind: 'numerical', width: 1, side: 'user' },
  { name: 'n1', kind: 'numerical', width: 1, side: 'item' },
];
const F = 6;
const SCHEMA = {
  categorical: [
    { name: 'brand', vocabulary: 3 },
    { name: 'land', vocabulary: 4 },
  ],
  numerical: ['n0', 'n1'],
  country: 'land',
};

class Adaptor {
  readonly layout = new Layout();
  readonly block;
  readonly values: Map<string, Float32Array>;

  constructor(
    params: ParamValues,
    K = 2,
    private readonly groups = 1,
    shifts?: Record<string, number>,
    upstream: InputFlow | null = { output: { groups, width: F }, fields: FIELDS },
    schema: typeof SCHEMA | Omit<typeof SCHEMA, 'country'> = SCHEMA,
  ) {
    const scope = new Scope(this.layout, 'input.1');
    const context = {
      path: 'input.1',
      params: { ...defaultParams(spec), ...params },
      tasks: tasks(K),
      scope,
      ...(shifts && { shifts: () => new Map(Object.entries(shifts)) }),
    };
    this.block = build(context, schema, upstream);
    const initial = this.layout.initialParameters(3);
    this.values = new Map(
      this.layout.parameters.map((p) => [p.name, initial.slice(p.offset, p.offset + p.size)]),
    );
  }

  /** x′ and the masks for rows with these country codes. */
  run(x: Float32Array, codes: readonly number[]) {
    const masks: Float32Array[] = [];
    const t = tf.tidy((): Tensor => {
      const weights = this.layout.parameters.map((p) =>
        tf.tensor(this.values.get(p.name)!, p.shape as number[]),
      );
      const pass = new Pass(weights, [], {
        training: false,
        seed: 1,
        step: 0,
        onProbe: (_b, _n, value, shape) => {
          expect(value.shape).toEqual([1, ...shape]);
          masks.push(value.dataSync().slice() as Float32Array);
        },
      });
      const B = codes.length;
      const stream = { t: tf.tensor2d(x, [B, this.groups * F]), groups: this.groups, width: F };
      const categorical = tf.tensor2d(
        codes.flatMap((c) => [0, c]),
        [B, 2],
        'int32',
      );
      return this.block.forward({ categorical, numerical: null }, stream, pass).t;
    });
    const out = t.dataSync().slice() as Float32Array;
    t.dispose();
    return { out, mask: masks[0]! };
  }
}

const CODES = [0, 1, 2, 3, 1];
const X = ramp(CODES.length * F);
const ones = (a: Adaptor) => {
  a.values.get('input.1.mask.out.W')!.fill(0);
  return a;
};

describe('MD adaptor', () => {
  it.each(['linear', 'sigmoid2'])('with a mask of 1 (%s) and no MLP changes nothing', (activation) => {
    const a = ones(new Adaptor({ transform: 'none', activation, dependent: 'all' }));
    expect([...a.run(X, CODES).out]).toEqual([...X]);
    expect(a.block.fields).toEqual(FIELDS);
  });

  it('starts within 15 % of changing nothing, but not without a mask', () => {
    const { mask } = new Adaptor({}).run(X, CODES);
    const off = Math.max(...mask.map((m) => Math.abs(m - 1)));
    expect(off).toBeGreaterThan(0);
    expect(off).toBeLessThan(0.15);
  });

  it('with σ and weights of 0 halves the dependent columns and keeps the invariant ones', () => {
    const { out } = ones(new Adaptor({ transform: 'none', activation: 'sigmoid' })).run(X, CODES);
    const wanted = X.map((v, i) => (i % F >= 4 ? v / 2 : v));
    expect(largestDifference(out, wanted)).toBeLessThan(1e-6);
  });

  it('gives every market its own mask, and a row that of its market', () => {
    const a = new Adaptor({ transform: 'none' });
    const before = a.run(X, CODES);
    expect(before.mask).toHaveLength(1 * 4 * 2);
    const W = a.values.get('input.1.mask.layer1.W')!; // [4 codes, 16]
    for (let u = 0; u < 16; u++) W[1 * 16 + u]! += 1;
    const after = a.run(X, CODES);
    CODES.forEach((code, row) => {
      const part = (v: Float32Array) => v.subarray(row * F, row * F + F);
      const moved = largestDifference(part(before.out), part(after.out));
      if (code === 1) expect(moved).toBeGreaterThan(1e-3);
      else expect(moved).toBe(0);
    });
  });

  it('per task has a mask and an input for each, side by side', () => {
    const a = new Adaptor({ mode: 'per-task', transform: 'none' }, 3);
    expect(a.block.output).toEqual({ groups: 3, width: F });
    const before = a.run(X, CODES).out;
    const b = a.values.get('input.1.mask.out.b')!; // [3·2]
    b[2]! += 1; // task 1, first dependent column
    const after = a.run(X, CODES).out;
    after.forEach((v, i) => {
      const column = i % (3 * F);
      if (column === F + 4 && X[Math.floor(i / (3 * F)) * F + 4] !== 0) expect(v).not.toBe(before[i]);
      else expect(v).toBe(before[i]);
    });
  });

  it('shares nothing where each task has an input of its own', () => {
    const a = new Adaptor({ transform: 'mlp', layers: [3] }, 2, 2);
    expect(a.block.output.groups).toBe(2);
    const x = ramp(2 * 2 * F);
    const moved = x.map((v, i) => (i % (2 * F) < F ? v + 1 : v));
    const [before, after] = [a.run(x, [0, 1]).out, a.run(moved, [0, 1]).out];
    const w = a.block.output.width;
    const second = (v: Float32Array) => v.filter((_, i) => i % (2 * w) >= w);
    expect(largestDifference(second(before), second(after))).toBe(0);
    expect(largestDifference(before, after)).toBeGreaterThan(0.01);
  });

  it('divides by the shift between markets, never taking the country itself', () => {
    const a = new Adaptor({ dependent: 'shifted', threshold: 0.1, transform: 'none' }, 2, 1, {
      brand: 0.2,
      land: 1,
      n0: 0.1,
      n1: 0.3,
    });
    expect(a.run(X, CODES).mask).toHaveLength(4 * 3);
    expect(() => new Adaptor({ dependent: 'shifted', threshold: 0.5 }, 2, 1, { brand: 0.25, n0: 0 })).toThrow(
      "No feature differs between markets by more than the MD adaptor's threshold of 0.5: the most is 0.25, by brand; lower the threshold.",
    );
    expect(() => new Adaptor({ dependent: 'shifted' }, 2, 1, { n0: 0 })).toThrow(
      /do not differ in any feature/,
    );
  });

  it('refuses data without a country, a place at the front, and features that it cannot mask', () => {
    const { country: _, ...none } = SCHEMA;
    const flow = { output: { groups: 1, width: F }, fields: FIELDS };
    expect(() => new Adaptor({}, 2, 1, undefined, flow, none)).toThrow(
      /needs a country column, and the data have none/,
    );
    expect(() => new Adaptor({}, 2, 1, undefined, null)).toThrow(/put Embedding before it/);
    const codes = { output: { groups: 1, width: 2 }, fields: FIELDS.slice(0, 1) };
    expect(() => new Adaptor({}, 2, 1, undefined, codes)).toThrow(/no feature to mask: set Dependent to all/);
  });

  it('stays finite with huge and empty inputs, one row and one market', () => {
    for (const params of [{}, { activation: 'linear' }, { mode: 'per-task' }, { transform: 'none' }]) {
      const a = new Adaptor(params);
      for (const x of [X.map((v) => v * 1e6), X.map(() => 0)]) {
        expect(a.run(x, CODES).out.every(Number.isFinite)).toBe(true);
      }
      expect(a.run(ramp(F), [3]).out.every(Number.isFinite)).toBe(true);
    }
  });
});
