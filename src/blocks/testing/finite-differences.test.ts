/** Gradients of every parameter and input of every operation and block against central differences, in float64. */
import './float64';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu, type Tensor, tf } from '../../nn';
import { blockFixtures, blockProblem, type Case, opCases, opProblem, type Problem, solve } from './cases';

const STEP = 1e-5;
/** Numbers of each tensor that are moved: all of small ones, an even spread of larger ones. */
const SAMPLES = 12;

async function scalarOf(problem: Problem, variables: ReadonlyMap<string, Tensor>): Promise<number> {
  const scalar = tf.tidy(() => problem.run(variables).scalar);
  const [value] = await scalar.data();
  scalar.dispose();
  return value!;
}

/** The largest |analytic − numeric| / max(1, |numeric|) over the sampled numbers of every variable, and where it is. */
async function worstDifference(problem: Problem): Promise<{ error: number; at: string; looked: number }> {
  const { gradients } = await solve(problem);
  let worst = { error: 0, at: 'none' };
  let looked = 0;
  for (const [name, variable] of problem.variables) {
    const values = Array.from(await variable.data());
    const stride = Math.max(1, Math.floor(values.length / SAMPLES));
    for (let i = 0; i < values.length; i += stride) {
      const at = async (delta: number) => {
        const moved = values.slice();
        moved[i]! += delta;
        const replaced = new Map(problem.variables).set(name, tf.tensor(moved, variable.shape));
        return scalarOf(problem, replaced);
      };
      const numeric = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
      const error = Math.abs(gradients[name]![i]! - numeric) / Math.max(1, Math.abs(numeric));
      looked++;
      if (!(error <= worst.error)) worst = { error, at: `${name}[${i}]` };
    }
  }
  return { ...worst, looked };
}

describe('finite differences in float64', () => {
  beforeAll(async () => {
    await openCpu();
    // If the backend still computed in float32, the differences below would be noise.
    const third = tf.div(1, 3);
    expect((await third.data())[0]).toBe(1 / 3);
  });

  it.each(opCases())('operation %s', async (_name, c) => {
    const { error, at, looked } = await worstDifference(opProblem(c));
    expect(looked).toBeGreaterThan(0);
    expect(error, at).toBeLessThan(1e-6);
  });
  for (const [id, fixture] of blockFixtures()) {
    // What a block holds constant on purpose moves with its inputs all the same, so that differences cannot see its gradient.
    const moving = fixture.cases.filter((c) => c.config.stopGradient !== true);
    it.each(moving.map((c) => [c.name, c] as [string, Case]))(`${id}: %s`, async (_name, c) => {
      const { error, at, looked } = await worstDifference(blockProblem(id, c));
      expect(looked).toBeGreaterThan(0);
      expect(error, at).toBeLessThan(1e-6);
    });
  }
});
