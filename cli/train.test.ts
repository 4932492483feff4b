/** Whole runs on wasm: what is written, and that replay, resume and evaluation agree with it to the last digit. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, seesaw, smallPipeline, WORLD, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(folder.remove);
let first: Ended;
const RUN_FILES = ['weights.safetensors', 'state.safetensors', 'predictions.parquet', 'probes.json'];

beforeAll(async () => {
  folder.write('p.json', JSON.stringify(smallPipeline()));
  first = await seesaw([
    'train',
    ...['--pipeline', folder.at('p.json'), '--data', WORLD, '--seed', '5', '--out', folder.at('a')],
  ]);
}, 120_000);

function expectSameFiles(other: string, names: readonly string[] = RUN_FILES) {
  for (const name of names)
    expect([name, folder.bytes(other, name)]).toEqual([name, folder.bytes('a', name)]);
}

describe('train', () => {
  it('ends well, tells how it goes on stderr and prints the metrics on stdout', () => {
    expect(first.code).toBe(0);
    expect(first.err).toContain('Training on WASM.');
    expect(first.err).toContain('step 16/20  loss ');
    const rows = first.out.split('\n').map((line) => line.split(' ')[0]);
    // The metrics of the validation part, then those of 1,000 complete pages by truth and by labels.
    const spaces = ['CTR', 'CTCVR', 'CVR'];
    expect(rows).toEqual(['', ...spaces, '', '1,000', '', ...spaces.flatMap((s) => [s, s]), '']);
  });

  it('writes a run file that says everything', () => {
    const run = folder.json('a', 'run.json');
    expect(run).toMatchObject({ state: 'finished', message: null, seed: 5, step: 20, resumedAt: [] });
    expect(run.pipeline.training.seed).toBe(5);
    expect(run.data).toMatchObject({ kind: 'simulated', request: { rows: 5000, seed: 1 } });
    expect(run.data.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(run.backend.name).toBe('wasm');
    expect(run.versions).toEqual({ seesaw: '0.1.0', tfjs: '4.22.0', node: process.versions.node });
    expect(run.curves.step).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(run.evaluations.map((e: { step: number }) => e.step)).toEqual([0, 8, 16, 20]);
    expect(run.final).toEqual(run.evaluations.at(-1));
    // λ = 1 and 10, and no loss of a Top's own.
    run.curves.total.forEach((total: number, i: number) => {
      const { click, conversion } = run.curves.losses;
      expect(total).toBeCloseTo(click[i] + 10 * conversion[i], 5);
    });
  });

  it('writes every probe for every cohort', () => {
    const { step, probes } = folder.json('a', 'probes.json');
    expect(step).toBe(20);
    const [attention, probabilities] = probes;
    expect(probes).toHaveLength(2);
    expect(attention).toMatchObject({ block: 'towers', name: 'attention', shape: [1, 2, 2, 2] });
    expect(probabilities).toMatchObject({ block: 'top', name: 'probabilities', shape: [2] });
    for (const { cohorts } of probes) {
      expect(cohorts.map((c: { name: string }) => c.name)).toEqual(['all', 'click', 'purchase']);
    }
    for (const { mean } of attention.cohorts) expect(mean[0] + mean[1]).toBeCloseTo(1, 5);
    for (const { mean } of probabilities.cohorts) {
      expect(mean[0]).toBeGreaterThan(mean[1]);
      expect(mean[1]).toBeGreaterThan(0);
    }
  });

  it('does not overwrite a run unless told to', async () => {
    const again = ['train', '--pipeline', folder.at('p.json'), '--data', WORLD, '--out', folder.at('a')];
    const refused = await seesaw(again);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('already holds a run');
  });
});

describe('replay', () => {
  it('gives the same losses, weights and predictions from the run file alone', async () => {
    const replay = ['train', '--pipeline', folder.at('a', 'run.json'), '--out', folder.at('b'), '--json'];
    const ended = await seesaw([...replay, '--quiet']);
    expect(ended).toMatchObject({ code: 0, err: '' });
    const [a, b] = [folder.json('a', 'run.json'), folder.json('b', 'run.json')];
    expect(b.curves).toEqual(a.curves);
    expect(b.evaluations).toEqual(a.evaluations);
    expectSameFiles('b');
    expect(JSON.parse(ended.out)).toMatchObject({ state: 'finished', step: 20, metrics: a.final.metrics });
  });

  it('refuses data that have changed since', async () => {
    const run = folder.json('a', 'run.json');
    run.data.request.seed = 2;
    const path = folder.write('changed.json', JSON.stringify(run));
    const ended = await seesaw(['train', '--pipeline', path, '--out', folder.at('c'), '--quiet']);
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(
      /^The rows of the simulated world are not those of the run \(fingerprint .*\.\n$/,
    );
  });
});

describe('stop and resume', () => {
  it('keeps what there is on Ctrl+C, and goes on as if nothing had happened', async () => {
    const train = ['train', '--pipeline', folder.at('p.json'), '--data', WORLD, '--seed', '5'];
    const stopped = await seesaw([...train, '--out', folder.at('d')], 'step 8/20');
    expect(stopped.code).toBe(130);
    const half = folder.json('d', 'run.json');
    expect(half).toMatchObject({ state: 'stopped', step: 8 });
    expect(half.curves.step).toHaveLength(8);
    expect(half.final.step).toBe(8);
    expect(existsSync(folder.at('d', 'predictions.parquet'))).toBe(true);

    const resumed = await seesaw(['train', '--resume', folder.at('d')]);
    expect(resumed.code).toBe(0);
    const [a, d] = [folder.json('a', 'run.json'), folder.json('d', 'run.json')];
    expect(d).toMatchObject({ state: 'finished', step: 20, resumedAt: [8], started: half.started });
    expect(d.curves).toEqual(a.curves);
    expect(d.evaluations).toEqual(a.evaluations);
    expectSameFiles('d');

    const done = await seesaw(['train', '--resume', folder.at('d')]);
    expect(done.code).toBe(2);
    expect(done.err).toContain('has done all of its 20 steps');
  });

  it('writes nothing where it is stopped before training', async () => {
    const train = ['train', '--pipeline', folder.at('p.json'), '--data', WORLD, '--out', folder.at('e')];
    const ended = await seesaw(train, 'Simulating');
    expect(ended.code).toBe(130);
    expect(ended.err).toContain('nothing was written');
    expect(existsSync(folder.at('e', 'run.json'))).toBe(false);
  });
});

describe('divergence', () => {
  it('ends with 1 and the engine’s sentence, and the run file says so', async () => {
    const wild = smallPipeline({ optimizer: 'sgd', learningRate: 1, decay: 'none' });
    const tasks = wild.tasks.map((t) => ({ ...t, lossWeight: 1000, positiveWeight: 1000 }));
    const path = folder.write('wild.json', JSON.stringify({ ...wild, tasks }));
    const ended = await seesaw([
      'train',
      '--pipeline',
      path,
      '--data',
      WORLD,
      '--out',
      folder.at('w'),
      '--quiet',
      '--json',
    ]);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^Step \d+ diverged in .*\.\n$/);
    const run = folder.json('w', 'run.json');
    expect(run).toMatchObject({ state: 'diverged', message: ended.err.trim(), final: null });
    expect(JSON.parse(ended.out)).toMatchObject({ state: 'diverged', metrics: null });
    expect(run.curves.step.at(-1) ?? 0).toBe(run.step);
  });
});

describe('eval', () => {
  it('gives the metrics, predictions and probes of the run', async () => {
    const ended = await seesaw([
      'eval',
      '--run',
      folder.at('a'),
      '--out',
      folder.at('ev'),
      '--json',
      '--quiet',
    ]);
    expect(ended).toMatchObject({ code: 0, err: '' });
    const { final } = folder.json('a', 'run.json');
    expect(JSON.parse(ended.out).metrics).toEqual(final.metrics);
    expect(folder.json('ev', 'metrics.json').metrics).toEqual(final.metrics);
    expectSameFiles('ev', ['predictions.parquet', 'probes.json']);
    const again = await seesaw(['eval', '--run', folder.at('a'), '--out', folder.at('ev')]);
    expect(again.code).toBe(2);
    expect(again.err).toContain('already holds an evaluation');
  });

  it('takes other data when they are named, and prints the same table', async () => {
    const same = await seesaw(['eval', '--run', folder.at('a')]);
    expect(same.out).toBe(first.out);
    const other = await seesaw(['eval', '--run', folder.at('a'), '--data', `${WORLD.slice(0, -1)}2`]);
    expect(other.code).toBe(0);
    expect(other.out).not.toBe(same.out);
  });

  it('names the tensor where the weights are of another model', async () => {
    const run = folder.json('a', 'run.json');
    run.pipeline.bottom.params.layers = [8, 8];
    const weights = folder.bytes('a', 'weights.safetensors');
    await seesaw([
      'train',
      '--pipeline',
      folder.at('p.json'),
      '--data',
      WORLD,
      '--steps',
      '1',
      '--out',
      folder.at('x'),
    ]);
    folder.write('x/run.json', JSON.stringify(run));
    folder.write('x/weights.safetensors', weights);
    const ended = await seesaw(['eval', '--run', folder.at('x'), '--quiet']);
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/^weights\.safetensors holds bottom\.layer1\.W as 124×32, .* 124×16\.\n$/);
  });
});
