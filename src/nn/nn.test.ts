/** What parity fixtures do not cover: optimisers, running statistics, dropout, log-space heads, the self-check. */
import { beforeAll, describe, expect, it } from 'vitest';
import opsFixture from '../../reference/fixtures/ops.json';
import {
  Bernoulli,
  Layout,
  memory,
  openCpu,
  openWasm,
  Pass,
  Scope,
  scheduledRate,
  slices,
  tf,
  update,
  valueAndGradients,
} from '.';
import { dropoutMask, fillInitial, he } from './draws';
import { selfCheck } from './selfCheck';
import { wasmPaths } from './wasmPaths';

interface Numbers {
  shape: number[];
  data: number[];
}
interface Case {
  name: string;
  config: Record<string, never> & { op: string };
  inputs: Record<string, Numbers>;
  outputs: Record<string, Numbers>;
}
const cases = (opsFixture as unknown as { cases: Case[] }).cases;
const wasm = () => openWasm(wasmPaths());

describe.each([
  ['cpu', openCpu],
  ['wasm', wasm],
] as const)('optimisers on %s', (_name, open) => {
  beforeAll(async () => void (await open()));

  it.each(cases.filter((c) => c.config.op === 'optimizer').map((c) => [c.name, c] as [string, Case]))(
    '%s agrees with PyTorch over five steps',
    async (_n, c) => {
      const { optimizer, learningRate, weightDecay } = c.config as unknown as {
        optimizer: 'adam' | 'adamw' | 'sgd';
        learningRate: number;
        weightDecay: number;
      };
      const [steps, P] = c.inputs.gradients!.shape as [number, number];
      let state = {
        parameters: tf.tensor(c.inputs.vector!.data) as ReturnType<typeof tf.zeros>,
        moment1: tf.zeros([P]),
        moment2: tf.zeros([P]),
      };
      for (let s = 0; s < steps; s++) {
        const g = tf.tensor(c.inputs.gradients!.data.slice(s * P, (s + 1) * P));
        state = update({ kind: optimizer, weightDecay, clipNorm: null }, state, g, learningRate, s + 1);
        const got = await state.parameters.data();
        c.outputs.steps!.data.slice(s * P, (s + 1) * P).forEach((want, i) => {
          expect(Math.abs(got[i]! - want), `step ${s + 1}, number ${i}`).toBeLessThan(
            1e-5 * Math.max(1, Math.abs(want)),
          );
        });
      }
    },
  );

  it.each(cases.filter((c) => c.config.op === 'clip').map((c) => [c.name, c] as [string, Case]))(
    '%s',
    async (_n, c) => {
      const names = Object.keys(c.inputs);
      const flat = names.flatMap((n) => c.inputs[n]!.data);
      const want = names.flatMap((n) => c.outputs[n]!.data);
      // One step of SGD at rate 1 from 0 is minus the clipped gradient.
      const zeros = tf.zeros([flat.length]);
      const limit = (c.config as unknown as { limit: number }).limit;
      const out = update(
        { kind: 'sgd', weightDecay: 0, clipNorm: limit },
        { parameters: zeros, moment1: zeros, moment2: zeros },
        tf.tensor(flat),
        1,
        1,
      );
      const got = await out.parameters.data();
      want.forEach((w, i) => {
        expect(got[i]! + w).toBeCloseTo(0, 6);
      });
      expect((await out.gradientNorm.data())[0]).toBeCloseTo(c.outputs.norm!.data[0]!, 4);
    },
  );
});

describe('running statistics', () => {
  beforeAll(async () => void (await openCpu()));
  const training = cases.filter(
    (c) => c.config.op === 'batchNorm' && (c.config as unknown as { training: boolean }).training,
  );

  it.each(training.filter((c) => 'runningVariance' in c.outputs).map((c) => [c.name, c] as [string, Case]))(
    '%s move as in PyTorch',
    async (_n, c) => {
      const width = c.inputs.x!.shape[1]!;
      const layout = new Layout();
      const scope = new Scope(layout, 'b');
      const gamma = scope.parameter('gamma', [width], he(1), 'γ');
      const beta = scope.parameter('beta', [width], he(1), 'β');
      const mean = scope.buffer('mean', [width], 0);
      const variance = scope.buffer('variance', [width], 1);
      const pass = new Pass(
        [tf.ones([width]), tf.zeros([width])],
        [tf.tensor(c.inputs.runningMean!.data), tf.tensor(c.inputs.runningVariance!.data)],
        { training: true, seed: 1, step: 0 },
      );
      pass.batchNorm(
        tf.tensor(c.inputs.x!.data, c.inputs.x!.shape as [number, number]),
        gamma,
        beta,
        mean,
        variance,
      );
      const moved = async (index: number) => Array.from(await pass.updates.get(index)!.data());
      (await moved(mean.index)).forEach((v, i) => {
        expect(v).toBeCloseTo(c.outputs.runningMean!.data[i]!, 5);
      });
      (await moved(variance.index)).forEach((v, i) => {
        expect(v).toBeCloseTo(c.outputs.runningVariance!.data[i]!, 5);
      });
    },
  );
});

describe('draws', () => {
  it('dropout keeps 1−rate of all, scales what it keeps, and is a function of seed, step, site and place', () => {
    const mask = dropoutMask(100_000, 0.3, 1, 2, 3);
    const kept = mask.filter((v) => v > 0);
    expect(kept.length / mask.length).toBeCloseTo(0.7, 2);
    expect(kept.every((v) => v === Math.fround(1 / 0.7))).toBe(true);
    expect(dropoutMask(1000, 0.3, 1, 2, 3)).toEqual(mask.slice(0, 1000));
    for (const other of [
      dropoutMask(1000, 0.3, 2, 2, 3),
      dropoutMask(1000, 0.3, 1, 3, 3),
      dropoutMask(1000, 0.3, 1, 2, 4),
    ]) {
      const same = other.filter((v, i) => v === mask[i]).length / 1000;
      expect(same).toBeGreaterThan(0.5);
      expect(same).toBeLessThan(0.66); // 0.7² + 0.3² = 0.58 by chance
    }
  });

  it('an initial weight follows from seed and name alone', () => {
    const fill = (seed: number, name: string) => {
      const out = new Float32Array(5000);
      fillInitial(out, he(8), seed, name);
      return out;
    };
    expect(fill(1, 'bottom.layer1.W')).toEqual(fill(1, 'bottom.layer1.W'));
    expect(fill(2, 'bottom.layer1.W')).not.toEqual(fill(1, 'bottom.layer1.W'));
    expect(fill(1, 'bottom.layer2.W')).not.toEqual(fill(1, 'bottom.layer1.W'));
    const w = fill(1, 'x');
    const sd = Math.sqrt(w.reduce((a, v) => a + v * v, 0) / w.length);
    expect(sd).toBeGreaterThan(0.48);
    expect(sd).toBeLessThan(0.52);
  });
});

describe('log-space heads', () => {
  beforeAll(async () => void (await openCpu()));

  it('losses from logits and from log-probabilities are the same, values and gradients', async () => {
    const logits = tf.tensor([-7.4, 0.3, 4, -60, 2, -1], [3, 2]);
    const labels = tf.tensor([0, 1, 1, 0, 0, 1], [3, 2]);
    const weights = tf.tensor([0.5, 2, 0], [3, 1]);
    const positive = tf.tensor([1, 3]);
    const run = (make: (l: typeof logits) => Bernoulli) =>
      valueAndGradients(() => tf.sum(make(logits).losses(labels, weights, positive)), [logits]);
    const a = run((l) => Bernoulli.fromLogits(l));
    const b = run((l) =>
      Bernoulli.fromLogProbabilities(tf.neg(tf.softplus(tf.neg(l))), tf.neg(tf.softplus(l))),
    );
    expect((await a.value.data())[0]).toBeCloseTo((await b.value.data())[0]!, 5);
    const [ga, gb] = [await a.gradients[0]!.data(), await b.gradients[0]!.data()];
    ga.forEach((v, i) => {
      expect(v).toBeCloseTo(gb[i]!, 6);
    });
  });

  it('keep small probabilities: log(1−p) at a logit of −16 is not 0', async () => {
    const [value] = await Bernoulli.fromLogits(tf.tensor([-16], [1, 1]))
      .log1mP()
      .data();
    expect(value).toBeCloseTo(-Math.log1p(Math.exp(-16)), 12);
    expect(value).toBeLessThan(0);
  });
});

describe('learning-rate schedules', () => {
  it('fall from the base to its final share', () => {
    expect(scheduledRate(0.01, 'none', 0.1, 0.7)).toBe(0.01);
    expect(scheduledRate(0.01, 'linear', 0.1, 0.5)).toBeCloseTo(0.0055, 12);
    expect(scheduledRate(0.01, 'cosine', 0.1, 1)).toBeCloseTo(0.001, 12);
    expect(scheduledRate(0.01, 'linear', 0.1, 3)).toBeCloseTo(0.001, 12);
  });
});

describe('self-check', () => {
  it('passes wasm, and names the sum that a broken backend gets wrong', async () => {
    await wasm();
    const toCpu = async () => void (await tf.setBackend('cpu'));
    expect(await selfCheck(toCpu)).toBeNull();
    await wasm();
    const real = tf.getKernel('Log1p', 'wasm')!;
    tf.unregisterKernel('Log1p', 'wasm');
    tf.registerKernel({ ...real, kernelFunc: (p) => tf.getKernel('Identity', 'wasm')!.kernelFunc(p) });
    expect(await selfCheck(toCpu)).toBe('logarithm of small numbers');
    await wasm();
    tf.unregisterKernel('Log1p', 'wasm');
    tf.registerKernel(real);
  });
});

it('slices of a flat vector have the parameters’ shapes, and nothing is left behind', async () => {
  await openCpu();
  const before = memory().tensors;
  tf.tidy(() => {
    const flat = tf.range(0, 10);
    const [a, b] = slices(
      [
        { offset: 0, size: 4, shape: [2, 2] },
        { offset: 4, size: 6, shape: [3, 2] },
      ],
      flat,
    );
    expect([a!.shape, b!.shape]).toEqual([
      [2, 2],
      [3, 2],
    ]);
    expect(Array.from(b!.dataSync())).toEqual([4, 5, 6, 7, 8, 9]);
  });
  expect(memory().tensors).toBe(before);
});
