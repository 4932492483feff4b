/** What every Bottom promises: any number of tasks, one input or one a task, its declared probes, finite numbers at the extremes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu, type StreamShape } from '../../nn';
import { defaultParams, type ParamValues } from '../../pipeline/spec';
import { CATALOG } from '../catalog';
import { BlockUnderTest, largestDifference, ramp, tasks } from '../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const D = 4;

/** A Bottom with small layers, and its other settings at their defaults. */
function make(id: string, K: number, groups: number, params: ParamValues = {}) {
  return new BlockUnderTest('bottom', id, { layers: [6, D], ...params }, tasks(K), { groups, width: F });
}

/** The inputs that a Bottom can be given: one for all, unless it asks for its own, or one a task. */
function inputsOf(spec: (typeof CATALOG.bottom)[number], K: number): number[] {
  const own = 'ownInputs' in spec && spec.ownInputs === true;
  return K === 1 ? [1] : own ? [K] : [1, K];
}

/** Copies weights by name; those of [F, G·d] for one input become [S, F, G/S·d] for S. */
function copyWeights(from: BlockUnderTest, to: BlockUnderTest) {
  for (const p of to.layout.parameters) {
    const name = p.name.replace('block.', '');
    const source = from.layout.parameters.find((q) => q.name === p.name)!;
    const values = from.values.get(name)!;
    if (source.shape.length === 2 && p.shape.length === 3) {
      const [S, rows, columns] = p.shape as [number, number, number];
      const out = new Float32Array(p.size);
      for (let s = 0; s < S; s++) {
        for (let f = 0; f < rows; f++) {
          for (let c = 0; c < columns; c++) {
            out[(s * rows + f) * columns + c] = values[f * S * columns + s * columns + c]!;
          }
        }
      }
      to.values.set(name, out);
    } else {
      expect(p.shape, p.name).toEqual(source.shape);
      to.values.set(name, values);
    }
  }
}

describe.each(CATALOG.bottom.map((spec) => [spec.id, spec] as const))('%s', (id, spec) => {
  it.each([1, 2, 3, 4, 8])('K = %i: a vector for each task, finite', (K) => {
    for (const groups of inputsOf(spec, K)) {
      const block = make(id, K, groups);
      expect([1, K]).toContain(block.output.groups);
      expect(block.output.width).toBe(D);
      const { output } = block.run(ramp(3 * groups * F));
      expect(output).toHaveLength(3 * block.output.groups * D);
      expect(output.every(Number.isFinite)).toBe(true);
    }
  });

  it('publishes the probes that it declares, and no others', () => {
    const { probes } = make(id, 3, inputsOf(spec, 3)[0]!, variedParams(id)).run(ramp(2 * 3 * F));
    expect(Object.keys(probes).sort()).toEqual(Object.keys(spec.probes).sort());
  });

  it('gates are shares: rows sum to 1, none is negative', () => {
    for (const groups of inputsOf(spec, 3)) {
      let shape: readonly number[] = [];
      const block = make(id, 3, groups);
      block.run(ramp(2 * groups * F), {
        onProbe: (_block, name, value, declared) => {
          if (!/gate/i.test(name)) return;
          shape = declared;
          expect(value.shape).toEqual([2, ...declared]);
          const E = declared.at(-1)!;
          const shares = Array.from(value.dataSync());
          for (let i = 0; i < shares.length; i += E) {
            const row = shares.slice(i, i + E);
            expect(row.every((v) => v >= 0)).toBe(true);
            expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
          }
        },
      });
      expect(shape.length > 0).toBe(Object.keys(spec.probes).some((name) => /gate/i.test(name)));
    }
  });

  it('each row stands alone: a batch of one gives what the row gives among others', () => {
    for (const groups of inputsOf(spec, 2)) {
      const block = make(id, 2, groups);
      const x = ramp(4 * groups * F);
      const all = block.run(x).output;
      const row = groups * F;
      const third = block.run(x.slice(2 * row, 3 * row)).output;
      const out = block.output.groups * D;
      expect(largestDifference(third, all.slice(2 * out, 3 * out))).toBeLessThan(1e-6);
    }
  });

  it('stays finite where logits are huge, in training with dropout ½ and batch norm too', () => {
    for (const groups of inputsOf(spec, 2)) {
      const plain = make(id, 2, groups);
      expect(plain.run(ramp(3 * groups * F).map((v) => v * 1e5)).output.every(Number.isFinite)).toBe(true);
      const noisy = make(id, 2, groups, { dropout: 0.5, batchNorm: true });
      expect(noisy.run(ramp(6 * groups * F), { training: true }).output.every(Number.isFinite)).toBe(true);
      expect(noisy.run(ramp(groups * F), { training: true }).output.every(Number.isFinite)).toBe(true);
    }
  });

  it('drops in training only', () => {
    const groups = inputsOf(spec, 2)[0]!;
    const block = make(id, 2, groups, { layers: [40], dropout: 0.5 });
    const x = ramp(2 * groups * F);
    const still = block.run(x).output;
    expect(block.run(x).output).toEqual(still);
    expect(largestDifference(block.run(x, { training: true }).output, still)).toBeGreaterThan(1e-3);
    const off = make(id, 2, groups, { layers: [40], dropout: 0 });
    expect(off.run(x, { training: true }).output).toEqual(off.run(x).output);
  });

  it('equal inputs for every task are one shared input', () => {
    const K = 3;
    if (inputsOf(spec, K).length === 1) return;
    const [shared, own] = [make(id, K, 1), make(id, K, K)];
    copyWeights(shared, own);
    const x = ramp(4 * F);
    const repeated = Float32Array.from(
      { length: 4 * K * F },
      (_, i) => x[Math.floor(i / (K * F)) * F + (i % F)]!,
    );
    const once = perTaskOutput(shared.run(x).output, shared.output, K);
    expect(largestDifference(perTaskOutput(own.run(repeated).output, own.output, K), once)).toBeLessThan(
      1e-5,
    );
  });
});

/** Output [B, K·D], a vector that all tasks share repeated. */
function perTaskOutput(output: Float32Array, shape: StreamShape, K: number): number[] {
  if (shape.groups === K) return [...output];
  const rows = output.length / shape.width;
  return Array.from({ length: rows }, (_, b) =>
    Array.from({ length: K }, () => [...output.subarray(b * shape.width, (b + 1) * shape.width)]).flat(),
  ).flat();
}

/** Settings at which a block publishes all that it declares: more than one level, shared experts. */
function variedParams(id: string): ParamValues {
  const known = defaultParams(CATALOG.bottom.find((s) => s.id === id)!);
  return {
    ...('levels' in known ? { levels: 2 } : {}),
    ...('shared' in known ? { shared: 2 } : {}),
  };
}
