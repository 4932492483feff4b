/**
 * Gradients of the fast kernels against central differences of their own values. The kernels know float32 only, so the step is wide and the
 * tolerance coarse: this catches a wrong formula; digits are compared in parity.test.ts and kernels.test.ts.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { fastKernels, openWasm, type Tensor, tf } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { type Case, opCases, opProblem, type Problem, solve } from './cases';

const STEP = 1 / 256;
/** Numbers of each tensor that are moved: an even spread. */
const SAMPLES = 6;

function scalarOf(problem: Problem, variables: ReadonlyMap<string, Tensor>): number {
  return tf.tidy(() => problem.run(variables).scalar.dataSync()[0]!);
}

/** The largest |analytic − numeric| / (1 + |numeric|), beyond what rounding explains, over sampled numbers of every variable, and where it is. */
async function worstDifference(problem: Problem): Promise<{ error: number; at: string; looked: number }> {
  const { gradients } = await solve(problem);
  // Half a unit in the last place of the scalar, on both sides, over the step.
  const rounding = (2 ** -23 * Math.abs(scalarOf(problem, problem.variables))) / STEP;
  let worst = { error: 0, at: 'none' };
  let looked = 0;
  for (const [name, variable] of problem.variables) {
    const values = Array.from(variable.dataSync());
    const stride = Math.max(1, Math.floor(values.length / SAMPLES));
    for (let i = 0; i < values.length; i += stride) {
      const at = (delta: number) => {
        const moved = values.slice();
        moved[i]! += delta;
        return scalarOf(problem, new Map(problem.variables).set(name, tf.tensor(moved, variable.shape)));
      };
      const numeric = (at(STEP) - at(-STEP)) / (2 * STEP);
      const difference = Math.abs(gradients[name]![i]! - numeric);
      const error = Math.max(0, difference - 8 * rounding) / (1 + Math.abs(numeric));
      looked++;
      if (!(error <= worst.error)) worst = { error, at: `${name}[${i}]` };
    }
  }
  return { ...worst, looked };
}

describe('finite differences of the fast kernels', () => {
  beforeAll(async () => {
    await openWasm(wasmPaths());
    expect(fastKernels()).toBe(true);
  });

  it.each(opCases() as [string, Case][])('operation %s', async (_name, c) => {
    const { error, at, looked } = await worstDifference(opProblem(c));
    expect(looked).toBeGreaterThan(0);
    expect(error, at).toBeLessThan(5e-3);
  });
});
