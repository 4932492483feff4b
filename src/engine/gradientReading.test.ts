/** Readings of gradients: they agree with the plain comparison, their layers tile the model, their errors tell noise from signal. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { spreadRows } from './conflict';
import { layersOf } from './gradientReading';
import { Session } from './session';
import { tinyData } from './testing/data';

const pipeline = (block: string, params = {}): Pipeline =>
  pipelineSchema.parse({
    ...defaultPipeline(),
    bottom: { block, params },
    towers: { block: 'mlp', params: { layers: [4] } },
    training: { ...defaultPipeline().training, steps: 60, batch: 64 },
  });

beforeAll(async () => {
  await openWasm(wasmPaths());
});

describe('a reading of gradients', () => {
  it('equals the plain comparison over the same rows, block by block in sums', async () => {
    const data = tinyData({ rows: 1600 });
    const session = new Session(pipeline('shared-bottom', { layers: [6, 3] }), data);
    const reading = await session.gradientReading();
    const plain = await session.conflict(spreadRows(data.trainRows, 2048));
    expect(reading.rows).toBe(plain.rows);
    const width = data.schema.tasks.length;
    const clicked = [...spreadRows(data.trainRows, 2048)].filter((r) => data.labels[r * width] === 1);
    expect(reading.positives[0]).toBe(clicked.length);
    expect(reading.overall!.shared).toBe(plain.overall!.shared);
    expect(reading.overall!.cosine[0]![1]!.value).toBeCloseTo(plain.overall!.cosine[0]![1]!, 4);
    expect(reading.overall!.norms[0]! / plain.overall!.norms[0]!).toBeCloseTo(1, 4);
    for (const { path, shared } of plain.blocks) {
      const layers = reading.layers.filter((l) => l.block === path);
      expect(layers.reduce((sum, l) => sum + l.shared, 0)).toBe(shared);
    }
    expect(reading.layers.map((l) => `${l.block}.${l.name}`)).toEqual(
      expect.arrayContaining(['bottom.layer1', 'bottom.layer2']),
    );
    session.dispose();
  });

  it('has layers that tile the flat vector', () => {
    const session = new Session(pipeline('ple', { levels: 2 }), tinyData());
    const layers = layersOf(session);
    expect(layers[0]!.from).toBe(0);
    layers.slice(1).forEach((l, i) => {
      expect(l.from).toBe(layers[i]!.to);
    });
    expect(layers.at(-1)!.to).toBe(session.model.layout.size);
    session.dispose();
  });

  it('progress is 1 + (c_j/c_k)·cos·‖∇L_j‖/‖∇L_k‖ for two tasks, and errors shrink with rows', async () => {
    const errors: number[] = [];
    for (const rows of [400, 2500]) {
      const session = new Session(pipeline('shared-bottom', { layers: [6, 3] }), tinyData({ rows }));
      for (let i = 0; i < 20; i++) await session.trainStep();
      const { overall, weights } = await session.gradientReading();
      const cosine = overall!.cosine[0]![1]!;
      const [a, b] = overall!.norms as [number, number];
      expect(overall!.progress[1]!.value).toBeCloseTo(
        1 + (weights[0]! / weights[1]!) * cosine.value * (a / b),
        4,
      );
      expect(overall!.logRatio[0]![1]!.value).toBeCloseTo(Math.log(a / b), 6);
      errors.push(overall!.logRatio[0]![1]!.se);
      session.dispose();
    }
    expect(errors[1]!).toBeLessThan(errors[0]!);
  });

  it('is nothing overall where no two losses meet', async () => {
    const session = new Session(pipeline('single-task'), tinyData());
    expect(await session.gradientReading()).toMatchObject({ overall: null, layers: [] });
    session.dispose();
  });
});
