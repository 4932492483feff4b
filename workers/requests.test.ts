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

it('looks at lists, scaling and pages of a data set', () => {
  const data = tinyData();
  const sequences = [
    {
      offsets: Uint32Array.from({ length: 401 }, (_, i) => i),
      codes: new Int32Array(400),
      ages: new Float32Array(400),
    },
  ];
  const schema = { ...data.schema, sequences: [{ name: 'seen', vocabulary: 3, longest: 5 }] };
  const listed = { ...data, schema, sequences };
  expect(checkedDataset({ ...listed, pages: listed })).toMatchObject({ rows: 400 });
  const [list] = sequences as [(typeof sequences)[0]];
  const fell = list.offsets.slice().fill(7, 5, 6);
  for (const [wrong, sentence] of [
    [{ ...data, schema }, 'sequences has 0 numbers instead of 1'],
    [{ ...listed, sequences: [{ ...list, ages: new Float32Array(3) }] }, 'sequences.0.ages has 3'],
    [{ ...listed, sequences: [{ ...list, offsets: new Uint32Array(5) }] }, 'sequences.0.offsets has 5'],
    [{ ...listed, sequences: [{ ...list, offsets: fell }] }, 'do not rise from 0'],
    [{ ...data, scaling: { mean: new Float64Array(1), scale: new Float64Array(1) } }, 'scaling.mean has 1'],
    [{ ...listed, pages: data }, 'have other columns than its rows'],
    [{ ...data, pages: { ...data, labels: new Uint8Array(1) } }, "data set's pages's labels has 1"],
    [{ ...data, pages: { ...data, pages: data } }, 'pages of their own'],
  ] as const) {
    expect(() => checkedDataset(wrong)).toThrow(sentence);
  }
});
