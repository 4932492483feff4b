/** Parity with the independent PyTorch modules of reference/: forward and every gradient, on cpu, and on wasm with and without the fast kernels. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fastKernels, openCpu, openWasm, setFastKernels } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { blockFixtures, blockProblem, type Case, opCases, opProblem, worstError } from './cases';

const TOLERANCE = 1e-5;

for (const backend of ['cpu', 'wasm', 'wasm without the fast kernels'] as const) {
  describe(`on ${backend}`, () => {
    beforeAll(async () => {
      if (backend === 'cpu') await openCpu();
      else await openWasm(wasmPaths());
      setFastKernels(backend === 'wasm');
      expect(fastKernels()).toBe(backend === 'wasm');
    });
    afterAll(() => void setFastKernels(true));

    it.each(opCases())('operation %s', async (_name, c) => {
      const { error, at } = await worstError(opProblem(c), c);
      expect(error, at).toBeLessThan(TOLERANCE);
    });

    for (const [id, fixture] of blockFixtures()) {
      it.each(fixture.cases.map((c) => [c.name, c] as [string, Case]))(`${id}: %s`, async (_name, c) => {
        const { error, at } = await worstError(blockProblem(id, c), c);
        expect(error, at).toBeLessThan(TOLERANCE);
      });
    }
  });
}
