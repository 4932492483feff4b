/** Operations counted against what the equations ask for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { memory, openCpu, openWasm } from '../nn';
import { backendName } from '../nn/tensor';
import { wasmPaths } from '../nn/wasmPaths';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import { forwardCost, operationsOf } from './cost';
import { tinyData } from './testing/data';

beforeAll(async () => void (await openCpu()));

it('a product is 2mkn, transposed or in batches; moving numbers is nothing; all else is one a number', () => {
  expect(operationsOf('_FusedMatMul', [[5, 3], [3, 7], [7]], [[5, 7]])).toBe(2 * 5 * 3 * 7);
  expect(
    operationsOf(
      'BatchMatMul',
      [
        [4, 5, 3],
        [4, 7, 3],
      ],
      [[4, 5, 7]],
    ),
  ).toBe(2 * 4 * 5 * 3 * 7);
  expect(
    operationsOf(
      'BatchMatMul',
      [
        [4, 5, 3],
        [1, 3, 7],
      ],
      [[4, 5, 7]],
    ),
  ).toBe(2 * 4 * 5 * 3 * 7);
  expect(operationsOf('Reshape', [[5, 3]], [[15]])).toBe(0);
  expect(operationsOf('Add', [[5, 3], [3]], [[5, 3]])).toBe(15);
  expect(operationsOf('Sum', [[5, 3]], [[5]])).toBe(15);
});

describe('the cost of a row', () => {
  const pipeline = {
    ...defaultPipeline(),
    bottom: blockWith('bottom', 'nse', { layers: [8, 6] }),
    towers: blockWith('tower', 'mlp', { layers: [5] }),
  };

  it('of nets is that of their products, and little more for biases and activations', async () => {
    const data = tinyData();
    const cost = new Map((await forwardCost(pipeline, data)).map(({ path, flops }) => [path, flops]));
    expect([...cost.keys()]).toEqual(['input.0', 'bottom', 'towers', 'top']);
    const F = 2 * 4 + 4; // two categories of 4 numbers, four numerical columns
    const bottom = 2 * 2 * (F * 8 + 8 * 6);
    expect(cost.get('bottom')).toBeGreaterThanOrEqual(bottom);
    expect(cost.get('bottom')).toBeLessThan(bottom * 1.2);
    const towers = 2 * 2 * (6 * 5);
    expect(cost.get('towers')).toBeGreaterThanOrEqual(towers);
    expect(cost.get('towers')).toBeLessThan(towers * 1.4);
  });

  it('is counted beside a run on wasm: the backend stays, and no tensor is left', async () => {
    await openWasm(wasmPaths());
    const before = memory().tensors;
    const cost = await forwardCost(pipeline, tinyData());
    expect(backendName()).toBe('wasm');
    expect(memory().tensors).toBe(before);
    await openCpu();
    expect(cost).toEqual(await forwardCost(pipeline, tinyData()));
  });
});
