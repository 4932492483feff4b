import { expect, it } from 'vitest';
import { tinyData } from '../src/engine/testing/data';
import { defaultPipeline } from '../src/pipeline/defaults';
import { checkedDataset, countSchema, editSchema, startSchema } from './requests';

it('accepts what the page sends, and nothing beside it', () => {
  const request = { runId: 'a', pipeline: defaultPipeline(), backend: 'wasm' };
  expect(startSchema.parse(request)).toMatchObject(request);
  for (const wrong of [
    { ...request, backend: 'gpu' },
    { ...request, extra: 1 },
    { ...request, runId: '' },
    { ...request, from: { step: 3 } },
    { ...request, pipeline: { ...defaultPipeline(), tasks: [] } },
  ]) {
    expect(startSchema.safeParse(wrong).success).toBe(false);
  }
  expect(editSchema.safeParse({ learningRate: Number.NaN }).success).toBe(false);
  expect(editSchema.safeParse({ lossWeights: [-1] }).success).toBe(false);
  expect(countSchema.safeParse(0).success).toBe(false);
});

it('names the array of a data set that does not have the length it should', () => {
  expect(checkedDataset(tinyData()).rows).toBe(400);
  expect(() => checkedDataset({ ...tinyData(), weights: new Float32Array(3) })).toThrow(
    "The data set's weights has 3 numbers instead of 400",
  );
  expect(() => checkedDataset({ ...tinyData(), trainRows: 401 })).toThrow('401 for training');
});
