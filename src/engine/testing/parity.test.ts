/** Parity with the independent PyTorch modules of reference/: forward and every gradient, on cpu and wasm. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import embeddingFixture from '../../../reference/fixtures/blocks/embedding.json';
import identityFixture from '../../../reference/fixtures/blocks/identity.json';
import mlpFixture from '../../../reference/fixtures/blocks/mlp.json';
import nseFixture from '../../../reference/fixtures/blocks/nse.json';
import sharedBottomFixture from '../../../reference/fixtures/blocks/shared-bottom.json';
import taskAttentionFixture from '../../../reference/fixtures/blocks/task-attention.json';
import opsFixture from '../../../reference/fixtures/ops.json';
import { memory, openCpu, openWasm } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { blockProblem, type Case, type Fixture, opProblem, worstError } from './cases';

const TOLERANCE = 1e-5;
const ops = (opsFixture as unknown as Fixture).cases.filter((c) => Object.keys(c.gradients).length > 0);
const blocks: [string, Fixture][] = Object.entries({
  embedding: embeddingFixture,
  'shared-bottom': sharedBottomFixture,
  nse: nseFixture,
  mlp: mlpFixture,
  'task-attention': taskAttentionFixture,
  identity: identityFixture,
}) as unknown as [string, Fixture][];

for (const backend of ['cpu', 'wasm'] as const) {
  describe(`on ${backend}`, () => {
    let before = 0;
    beforeAll(async () => {
      if (backend === 'cpu') await openCpu();
      else await openWasm(wasmPaths());
      before = memory().tensors;
    });

    it.each(ops.map((c) => [c.name, c] as [string, Case]))('operation %s', async (_name, c) => {
      const { error, at } = await worstError(opProblem(c), c);
      expect(error, at).toBeLessThan(TOLERANCE);
    });

    for (const [id, fixture] of blocks) {
      it.each(fixture.cases.map((c) => [c.name, c] as [string, Case]))(`${id}: %s`, async (_name, c) => {
        const { error, at } = await worstError(blockProblem(id, c), c);
        expect(error, at).toBeLessThan(TOLERANCE);
      });
    }

    afterAll(() => {
      expect(memory().tensors).toBeGreaterThanOrEqual(before);
    });
  });
}
