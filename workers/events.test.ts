/** What real runs tell passes the page's schema whole: nothing of any kind of event is unknown to it, or lost. */
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_REQUEST, prepare, simulateTable } from '../src/data';
import { Trainer } from '../src/engine/trainer';
import { wasmPaths } from '../src/nn/wasmPaths';
import { blockWith, defaultPipeline } from '../src/pipeline/defaults';
import { HAND_STEP, INSTRUMENTS, type RunEvent } from '../src/pipeline/run';
import { blocksOf, type Pipeline } from '../src/pipeline/schema';
import { EventGate, eventSchema } from './client';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const base = defaultPipeline();
const pipeline: Pipeline = {
  ...base,
  bottom: blockWith('bottom', 'mmoe', { experts: 2, layers: [4] }),
  towers: blockWith('tower', 'task-attention', { width: 8, heads: 2, layers: 1 }),
  // A balancer that says weights, norms and cosines.
  balancer: blockWith('balancer', 'pcgrad'),
  training: { ...base.training, steps: 6, batch: 32, evaluateEvery: 2 },
};
const events: RunEvent[] = [];
const of = <K extends RunEvent['kind']>(kind: K) =>
  events.filter((e): e is Extract<RunEvent, { kind: K }> => e.kind === kind);

beforeAll(async () => {
  // Enough rows that evaluations take a sample of them, and complete pages, whose truth is known.
  const data = prepare(await simulateTable({ ...DEFAULT_REQUEST, impressions: 400_000, rows: 12_000 }));
  const trainer = new Trainer({
    wasmFiles: wasmPaths(),
    emit: (event) => events.push(event),
    yieldNow: turn,
    frameEvery: 0,
  });
  trainer.load(data);
  trainer.watch([
    ...blocksOf(pipeline).flatMap(({ spec }) => Object.keys(spec.probes)),
    ...INSTRUMENTS,
    HAND_STEP,
  ]);
  await trainer.start({ pipeline, backend: 'wasm', paused: true });
  await trainer.cut([{ block: 'bottom', name: 'gates', cells: [0] }]);
  await trainer.settled();
  await trainer.step(1);
  await trainer.resume();
  await trainer.settled();
  const wild: Pipeline = {
    ...pipeline,
    balancer: base.balancer,
    training: { ...pipeline.training, optimizer: 'sgd', learningRate: 1 },
  };
  await trainer.start({ pipeline: wild, backend: 'wasm', paused: true });
  trainer.edit({ lossWeights: [1e38, 1e38] });
  await trainer.step(5);
  await trainer.stop();
  // Told after a lost GPU, which there is none of here.
  events.push({ kind: 'notice', message: 'The GPU was lost.' });
}, 120_000);

describe('events of real runs', () => {
  const kinds = eventSchema.options.map((option) => option.shape.kind.value);

  it('are of every kind that there is', () => {
    expect([...new Set(events.map((e) => e.kind))].sort()).toEqual([...kinds].sort());
  });

  it.each(kinds)('%s passes the schema with everything it holds', (kind) => {
    for (const event of of(kind)) {
      // As it comes out of the port.
      const message = structuredClone({ ...event, runId: 'a', seq: 0 });
      expect(eventSchema.parse(message)).toEqual(message);
      const gate = new EventGate();
      gate.expect('a');
      expect(gate.admit(message)).toBe(message);
    }
  });

  it('hold what is there only at times: samples and pages of evaluations, weights, places of a failure', () => {
    const evaluations = of('evaluation').map((e) => e.evaluation);
    expect(evaluations.filter((e) => e.sample).length).toBeGreaterThan(1);
    expect(evaluations.filter((e) => e.pages)).toHaveLength(1);
    expect(of('frame').some((e) => e.balance)).toBe(true);
    expect(of('failed')[0]!.parameter).toBeTruthy();
    expect(of('cuts')[0]!.cuts.spaces.length).toBeGreaterThan(0);
  });
});
