import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, funnel, logAddExp, logSigmoid, openCpu, openWasm, type Tensor, tf } from '.';
import { wasmPaths } from './wasmPaths';

type Parents = readonly (number | null)[];
const CHAIN: Parents = [null, 0, 1];
const TREE: Parents = [null, 0, 0, 2];

const backends: [string, () => Promise<Backend>][] = [
  ['cpu', openCpu],
  ['wasm', () => openWasm(wasmPaths())],
];

/** P_k as a plain product of sigmoids, in float64. */
function probabilities(logits: readonly number[], parents: Parents): number[] {
  const out: number[] = [];
  parents.forEach((p, k) => {
    out.push((p === null ? 1 : out[p]!) / (1 + Math.exp(-logits[k]!)));
  });
  return out;
}

async function run(logits: readonly number[], parents: Parents) {
  const K = parents.length;
  const x = tf.tensor2d(logits as number[], [logits.length / K, K]);
  const b = funnel(x, parents);
  return { logP: await b.logP().data(), log1mP: await b.log1mP().data() };
}

describe.each(backends)('on %s', (_name, open) => {
  beforeAll(async () => void (await open()));

  it.each([
    ['chain', CHAIN, [0.3, -1.2, 2, -4, -6, -5, 3, 4, 5]],
    ['tree', TREE, [0.3, -1.2, 2, 0, -4, 1, -5, 3]],
  ] as const)('multiplies conditionals along a %s', async (_what, parents, logits) => {
    const K = parents.length;
    const { logP, log1mP } = await run(logits, parents);
    for (let row = 0; row < logits.length / K; row++) {
      probabilities(logits.slice(row * K, (row + 1) * K), parents).forEach((p, k) => {
        const i = row * K + k;
        expect(Math.abs(logP[i]! / Math.log(p) - 1)).toBeLessThan(3e-6);
        // Relative, also where p is one in a million: the complement of a rare event is not rounded away.
        expect(Math.abs(log1mP[i]! / Math.log1p(-p) - 1)).toBeLessThan(1e-5);
      });
    }
  });

  it('stays finite and right at logits of ±80 and beyond', async () => {
    const { logP, log1mP } = await run([80, 80, 80, -80, -80, -80, 80, -80, 80, 500, 500, -500], CHAIN);
    expect([...logP].every(Number.isFinite) && [...log1mP].every(Number.isFinite)).toBe(true);
    expect(logP[5]).toBeCloseTo(-240, 3);
    // 1 − σ(80)³ is three times e^−80.
    expect(log1mP[2]).toBeCloseTo(Math.log(3) - 80, 3);
    expect(log1mP[9]).toBeCloseTo(-500, 3);
  });

  it('has finite gradients at ±80, equal to those of the probabilities', async () => {
    const gradient = (logits: number[]) =>
      tf.grad((x: Tensor) => {
        const b = funnel(x, CHAIN);
        return tf.sum(tf.add(tf.mul(b.logP(), 0.5), b.log1mP()));
      })(tf.tensor2d(logits, [1, 3]));
    for (const logits of [
      [80, 80, 80],
      [-80, -80, -80],
      [80, -80, 80],
    ]) {
      expect([...(await gradient(logits).data())].every(Number.isFinite)).toBe(true);
    }
    const at = [0.4, -1.1, 0.7];
    const value = (l: readonly number[]) =>
      probabilities(l, CHAIN).reduce((sum, p) => sum + 0.5 * Math.log(p) + Math.log1p(-p), 0);
    const found = await gradient(at).data();
    at.forEach((_, i) => {
      const step = (d: number) => value(at.map((l, j) => (j === i ? l + d : l)));
      expect(found[i]).toBeCloseTo((step(1e-5) - step(-1e-5)) / 2e-5, 5);
    });
  });

  it('has the slope ½ of log σ at 0, and adds exponentials in log space', async () => {
    expect((await tf.grad(logSigmoid)(tf.scalar(0)).data())[0]).toBeCloseTo(0.5, 6);
    const [a, b] = [tf.tensor1d([0, -200, 3]), tf.tensor1d([0, 1, -80])];
    const sum = await logAddExp(a, b).data();
    [Math.log(2), 1, 3].forEach((v, i) => {
      expect(sum[i]).toBeCloseTo(v, 6);
    });
  });
});

it('with no parents is the Bernoulli of the logits themselves', async () => {
  await openCpu();
  const { logP } = await run([0.5, -2], [null, null]);
  expect(logP[1]).toBeCloseTo(-Math.log1p(Math.exp(2)), 6);
});
