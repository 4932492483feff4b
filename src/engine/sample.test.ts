/** Evaluations while a run goes on take a sample of the validation part, the last one takes all of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import type { Evaluation } from '../pipeline/run';
import { evaluationSchema } from '../pipeline/runFile';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { Session } from './session';
import { tinyData } from './testing/data';
import { Trainer } from './trainer';

const data = tinyData({ rows: 12_000 });
const base = defaultPipeline();
const pipeline = (training: Partial<Pipeline['training']> = {}): Pipeline =>
  pipelineSchema.parse({
    ...base,
    bottom: { block: 'shared-bottom', params: { layers: [6] } },
    towers: { block: 'mlp', params: { layers: [4] } },
    training: { ...base.training, batch: 32, steps: 40, evaluateEvery: 20, ...training },
  });

describe('evaluation of a run', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));

  it('is of a sample until the last one, which is of all validation rows', async () => {
    const told: Evaluation[] = [];
    const trainer = new Trainer({
      wasmFiles: wasmPaths(),
      emit: (event) => void (event.kind === 'evaluation' && told.push(event.evaluation)),
      yieldNow: () => Promise.resolve(),
    });
    trainer.load(data);
    await trainer.start({ pipeline: pipeline(), backend: 'wasm' });
    await trainer.settled();
    expect(told.map(({ step, sample }) => [step, sample])).toEqual([
      [0, { rows: 2000, of: 3000 }],
      [20, { rows: 2000, of: 3000 }],
      [40, undefined],
    ]);
    const [first, , last] = told;
    expect(first!.metrics[0]!.auc.rows).toBe(2000);
    expect(last!.metrics[0]!.auc.rows).toBe(3000);
    for (const evaluation of told) expect(evaluationSchema.parse(evaluation)).toEqual(evaluation);
    await trainer.stop();
  });

  it('asked for by itself is of all rows, and lies within the interval of the sample', async () => {
    const session = new Session(pipeline(), data);
    for (let i = 0; i < 40; i++) await session.trainStep();
    const whole = await session.evaluate();
    const sampled = await session.evaluate(undefined, false);
    session.dispose();
    expect(whole.sample).toBeUndefined();
    expect(sampled.sample).toEqual({ rows: 2000, of: 3000 });
    for (const [i, { auc }] of sampled.metrics.entries()) {
      const all = whole.metrics[i]!.auc;
      if (!auc.ok || !all.ok) throw new Error('no AUC');
      expect(auc.value).not.toBe(all.value);
      expect(Math.abs(auc.value - all.value)).toBeLessThan(1.96 * auc.se);
    }
  });

  it('is of the same rows for every seed, and of all where the part is small', async () => {
    const [a, b] = [1, 2].map((seed) => new Session(pipeline({ seed }), data));
    const positives = async (s: Session) =>
      (await s.evaluate(undefined, false)).metrics.map((m) => m.auc.positives);
    expect(await positives(a!)).toEqual(await positives(b!));
    const small = new Session(pipeline(), tinyData({ rows: 800 }));
    expect((await small.evaluate(undefined, false)).sample).toBeUndefined();
    for (const s of [a!, b!, small]) s.dispose();
  });
});
