/** A run of the page, exported as its list of runs exports it, replays on the command line to the last digit. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { prepare, simulateTable, summarise } from '../src/data';
import { checkTable } from '../src/data/checks/checks';
import { Trainer } from '../src/engine/trainer';
import { wasmPaths } from '../src/nn/wasmPaths';
import type { RunEvent } from '../src/pipeline/run';
import { type RunContent, runText } from '../src/pipeline/runFile';
import { History } from '../src/state/history';
import { dataOf, RunRecord } from '../src/state/runs/record';
import { parseSimulation } from './simulation';
import { seesaw, smallPipeline, WORLD, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(() => {
  folder.remove();
  vi.unstubAllGlobals();
});

/** Trains as the trainer's worker does and follows the run as the page does; a pause and a step by hand lie in the middle. */
async function trainOnPage(): Promise<RunContent> {
  vi.stubGlobal('navigator', { userAgent: 'a browser' });
  const pipeline = smallPipeline();
  const request = parseSimulation(WORLD);
  const table = await simulateTable(request);
  const data = prepare(table);
  const summary = summarise(data, [], checkTable(table));
  const record = RunRecord.begin(pipeline, dataOf({ summary, made: request, opened: null })!, summary.checks);
  const history = new History();
  let last: Extract<RunEvent, { kind: 'snapshot' }>['snapshot'] | null = null;
  const trainer = new Trainer({
    wasmFiles: wasmPaths(),
    yieldNow: () => new Promise((resolve) => setImmediate(resolve)),
    emit: (told) => {
      // As it comes out of the port.
      const event = structuredClone(told);
      record.hear(event);
      if (event.kind === 'frame') history.addFrame(event.steps, event.columns, event.samplesPerSecond);
      if (event.kind === 'snapshot') last = event.snapshot;
    },
  });
  trainer.load(data);
  trainer.watch(['attention', 'times', 'gradients', 'calibration']);
  await trainer.start({ pipeline, backend: 'wasm', paused: true });
  record.places = trainer.places();
  await trainer.step(5);
  await trainer.resume();
  await trainer.settled();
  await trainer.stop();
  return record.content('finished', null, history.frames, last)!.content;
}

let page: RunContent;
beforeAll(async () => {
  page = await trainOnPage();
  folder.write('page.run.json', runText({ ...page, name: 'From the page' }));
}, 120_000);

describe('a run file of the page', () => {
  it('says where its rows come from and that a browser made it', () => {
    expect(page).toMatchObject({ state: 'finished', step: 20, data: { kind: 'simulated' } });
    expect(page.versions).toMatchObject({ browser: 'a browser' });
    expect(page.curves.step).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('replays with the same losses, gradient norms and metrics, bit by bit', async () => {
    const ended = await seesaw([
      'train',
      ...['--pipeline', folder.at('page.run.json'), '--out', folder.at('again'), '--quiet'],
    ]);
    expect(ended).toMatchObject({ code: 0, err: '' });
    const again = folder.json('again', 'run.json');
    expect(again.data.fingerprint).toBe(page.data.fingerprint);
    expect(again.curves).toEqual(JSON.parse(JSON.stringify(page.curves)));
    expect(again.evaluations).toEqual(JSON.parse(JSON.stringify(page.evaluations)));
    expect(again.final).toEqual(JSON.parse(JSON.stringify(page.final)));
  });
});
