import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import type { Side } from '../data/dataset';
import { openCpu, Pass, sliceParameters, slices, tf } from '../nn';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import type { Pipeline } from '../pipeline/schema';
import type { BlockSpec } from '../pipeline/spec';
import { assemble } from './assemble';
import { describe as describeModel } from './describe';
import { tinyData } from './testing/data';

beforeAll(async () => void (await openCpu()));

const SIDES: Record<string, Side> = { c0: 'user', c1: 'item', n0: 'user', n2: 'item', n3: 'item' };

function data(sides: Record<string, Side> = SIDES) {
  const d = tinyData();
  return { ...d, schema: { ...d.schema, sides, country: 'c1' } };
}

const pipelineOf = (bottom: string, extra: Partial<Pipeline> = {}): Pipeline => ({
  ...defaultPipeline(),
  bottom: blockWith('bottom', bottom),
  towers: blockWith('tower', 'twin', { layers: [6, 4] }),
  ...extra,
});

/** What the Bottom hands on for one row, whose numbers n0…n3 are given. */
function bottomOf(pipeline: Pipeline, numbers: number[], codes = [1, 2]): number[] {
  const model = assemble(pipeline, data().schema, [0.3, 0.1]);
  let out: number[] = [];
  tf.tidy(() => {
    const weights = sliceParameters(model.layout, tf.tensor1d(model.layout.initialParameters(7)));
    const pass = new Pass(weights, slices(model.layout.buffers, tf.tensor1d(model.layout.initialBuffers())), {
      training: false,
      seed: 1,
      step: 0,
      onOutput: (path, value) => {
        if (path === 'bottom') out = Array.from(value.dataSync());
      },
    });
    const categorical = tf.tensor2d(codes, [1, 2], 'int32');
    model.forward({ categorical, numerical: tf.tensor2d(numbers, [1, 4]) }, pass);
  });
  return out;
}

describe('a Bottom for each side', () => {
  it.each(CATALOG.bottom.map((s: BlockSpec) => s.id))(
    '%s: what is the item’s never reaches the user’s half',
    (bottom) => {
      const pipeline = pipelineOf(bottom);
      const half = (v: number[], n: 0 | 1) => v.slice((n * v.length) / 2, ((n + 1) * v.length) / 2);
      const before = bottomOf(pipeline, [0.5, -1, 0.25, 1]);
      const item = bottomOf(pipeline, [0.5, -1, -2, 0], [1, 0]);
      expect(half(item, 0)).toEqual(half(before, 0));
      expect(half(item, 1)).not.toEqual(half(before, 1));
      // n1 has no side: it is known when the request comes, as the user is.
      const user = bottomOf(pipeline, [1.5, 3, 0.25, 1], [3, 2]);
      expect(half(user, 1)).toEqual(half(before, 1));
      expect(half(user, 0)).not.toEqual(half(before, 0));
    },
  );

  it('has weights of its own under the names of the sides', () => {
    const { blocks } = describeModel(pipelineOf('nse'), data());
    const bottom = blocks.find((b) => b.path === 'bottom')!;
    expect(bottom.output).toEqual({ groups: 4, width: 32 });
    expect(bottom.parameters.map((p) => p.name)).toContain('bottom.user.layer1.W');
    expect(bottom.parameters.map((p) => p.name)).toContain('bottom.item.layer1.W');
  });

  it('is refused, in one sentence, where a side has no feature or an input mixes them', () => {
    const of = (sides: Record<string, Side>, pipeline = pipelineOf('nse')) =>
      assemble(pipeline, data(sides).schema, [0.3, 0.1]);
    expect(() => of({ c0: 'user' })).toThrow(
      /^No feature is marked as the item’s, .* mark some in the mapping/,
    );
    expect(() => of({ c0: 'item' })).toThrow(/^No feature is marked as the user’s/);
    const md = blockWith('input', 'md');
    const mixed = pipelineOf('nse', { input: [...defaultPipeline().input, md] });
    expect(() => of(SIDES, mixed)).toThrow(/mixes features of the user with those of the item/);
    const masked = {
      ...mixed,
      input: [mixed.input[0]!, { ...md, params: { ...md.params, transform: 'none' } }],
    };
    expect(() => of(SIDES, masked)).not.toThrow();
  });
});
