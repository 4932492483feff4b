/** Studies from the command line: what is written, and that runs are neither repeated nor mistaken for others. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { seesaw, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(folder.remove);

const STUDY = {
  title: 'Two nets',
  seeds: [1, 2],
  worlds: { small: 'sim:es?m=60000&n=2000' },
  base: { training: { steps: 3, batch: 64 } },
  models: {
    separate: { bottom: { block: 'nse', params: { layers: [4] } } },
    shared: { bottom: { block: 'shared-bottom', params: { layers: [4] } } },
  },
  baseline: 'separate',
};
const write = (name: string, study: unknown) => folder.write(name, JSON.stringify(study));
const lines = () =>
  readFileSync(folder.at('out', 'runs.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));

describe('study', () => {
  it('trains every cell once, writes runs and table, and takes up where it stopped', async () => {
    const file = write('study.json', STUDY);
    const stopped = await seesaw(['study', file, '--out', folder.at('out')], '2/4');
    expect(stopped.code).toBe(130);
    const first = lines();
    expect(first).toHaveLength(2);

    const ended = await seesaw(['study', file, '--out', folder.at('out')]);
    expect(ended.code).toBe(0);
    expect(ended.err).not.toContain('1/4');
    expect(lines().slice(0, 2)).toEqual(first);
    expect(lines().map((l) => `${l.model} ${l.seed}`)).toEqual([
      'separate 1',
      'shared 1',
      'separate 2',
      'shared 2',
    ]);
    // Another seed is another world and other weights; an oracle knows more than three steps of training.
    const [a, , b] = lines();
    expect(a.auc.click).not.toBe(b.auc.click);
    expect(a.oracle.click).toBeGreaterThan(a.auc.click);
    expect(ended.out).toBe(readFileSync(folder.at('out', 'table.md'), 'utf8'));
    expect(ended.out).toContain('| shared | CTR |');
  }, 60_000);

  it('counts no run of an earlier form of the study', async () => {
    const changed = { ...STUDY, seeds: [1], base: { training: { steps: 4, batch: 64 } } };
    const ended = await seesaw([
      'study',
      write('changed.json', changed),
      '--out',
      folder.at('out'),
      '--json',
      '--quiet',
    ]);
    expect(ended.code).toBe(0);
    expect(ended.err).toBe('');
    const { runs } = JSON.parse(ended.out);
    expect(runs).toHaveLength(2);
    expect(lines()).toHaveLength(6);
    expect(runs[0].auc.click).toBe(lines()[4].auc.click);
  }, 60_000);

  it('refuses a broken study and broken results in one sentence', async () => {
    const bad = await seesaw([
      'study',
      write('bad.json', { ...STUDY, baseline: 'x' }),
      '--out',
      folder.at('o'),
    ]);
    expect([bad.code, bad.err]).toEqual([
      2,
      `"${folder.at('bad.json')}" cannot be used: The study names a model "x" that it does not have: it has separate, shared.\n`,
    ]);
    folder.write('out/runs.jsonl', '{"world": 1}\n');
    const torn = await seesaw(['study', folder.at('study.json'), '--out', folder.at('out')]);
    expect([torn.code, torn.err]).toEqual([
      2,
      `"${folder.at('out', 'runs.jsonl')}", line 1, is no run of a study: delete the line or the file.\n`,
    ]);
  });
});
