/** Weights and moments as files: the flat vectors come back, and a file of another model is refused by its tensor. */
import { describe, expect, it } from 'vitest';
import { assemble } from '../src/engine/assemble';
import { tinyData } from '../src/engine/testing/data';
import type { Snapshot } from '../src/pipeline/run';
import { readTensors, writeTensors } from '../src/pipeline/safetensors';
import { stateFile, weightsFile } from '../src/pipeline/weightFile';
import { smallPipeline } from './testing/terminal';
import { readState, readWeights } from './weights';

const data = tinyData();
const pipeline = smallPipeline();
const { layout } = assemble(pipeline, data.schema, [0.5, 0.5]);
const numbers = (n: number, factor: number) => Float32Array.from({ length: n }, (_, i) => i * factor);
const snapshot: Snapshot = {
  pipeline,
  fingerprint: data.fingerprint,
  step: 12,
  parameters: numbers(layout.size, 0.5),
  moment1: numbers(layout.size, -1),
  moment2: numbers(layout.size, 3),
  buffers: numbers(layout.bufferSize, 7),
  balancer: numbers(5, 0.25),
  edits: {},
};

describe('weights and state', () => {
  it('come back as they were', () => {
    expect(readWeights(weightsFile(layout, snapshot), layout, 'weights')).toEqual({
      parameters: snapshot.parameters,
      buffers: snapshot.buffers,
      step: 12,
    });
    expect(readState(stateFile(layout, snapshot), layout, 'state')).toEqual({
      moment1: snapshot.moment1,
      moment2: snapshot.moment2,
      balancer: snapshot.balancer,
      step: 12,
    });
  });

  it('bear the names and shapes of the layout, running statistics included', () => {
    const { tensors, metadata } = readTensors(weightsFile(layout, snapshot));
    expect(tensors.get('top.w')!.shape).toEqual([2, 8]);
    expect(tensors.get('bottom.layer1.variance')!.shape).toEqual([32]);
    expect(tensors.size).toBe(layout.parameters.length + layout.buffers.length);
    expect(metadata).toEqual({
      format: 'seesaw',
      pipeline_version: '1',
      fingerprint: data.fingerprint,
      step: '12',
    });
  });

  it('name the tensor that does not fit', () => {
    const wider = assemble(pipeline, { ...data.schema, numerical: ['only'] }, [0.5, 0.5]).layout;
    expect(() => readWeights(weightsFile(layout, snapshot), wider, 'weights')).toThrow(
      /^weights holds bottom\.layer1\.W as 12×32, but pipeline and data need 9×32\.$/,
    );
    const deeper = assemble(
      { ...pipeline, towers: { ...pipeline.towers, params: { ...pipeline.towers.params, layers: 2 } } },
      data.schema,
      [0.5, 0.5],
    ).layout;
    expect(() => readWeights(weightsFile(layout, snapshot), deeper, 'weights')).toThrow(
      'weights has no tensor towers.layer2.Wqkv',
    );
    expect(() => readState(weightsFile(layout, snapshot), layout, 'state')).toThrow(
      'state has a tensor input.0.table, which this pipeline does not know',
    );
  });

  it('say which file is damaged, and that its step is missing', () => {
    expect(() => readWeights(new Uint8Array(3), layout, 'weights')).toThrow(
      'weights cannot be used: This is no safetensors file',
    );
    const { tensors } = readTensors(weightsFile(layout, snapshot));
    expect(() => readWeights(writeTensors([...tensors.values()], {}), layout, 'weights')).toThrow(
      'weights does not say at which step',
    );
  });
});
