/** Data from files: a CSV, a folder with train.csv, notes on the way, and a file that goes missing. */
import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../src/data';
import { loadData, parseDataSource } from './dataSource';
import { seesaw, smallPipeline, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(folder.remove);

const HEAD = [
  'search_id',
  ...Array.from({ length: 16 }, (_, i) => `categorical_${i + 1}`),
  ...Array.from({ length: 63 }, (_, i) => `numerical_${i + 1}`),
  'click',
  'conversion',
];

/** 40 pages of 10 rows; a third of the rows are clicked, a sixth bought. */
function csv(): string {
  const rows = Array.from({ length: 400 }, (_, r) => [
    `page${Math.floor(r / 10)}`,
    ...Array.from({ length: 16 }, (_, c) => (r * (c + 3)) % 4),
    ...Array.from({ length: 63 }, (_, c) => ((r * 7 + c * 13) % 101) / 10),
    r % 3 === 0 ? 1 : 0,
    r % 6 === 0 ? 1 : 0,
  ]);
  return `${[HEAD, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

const file = folder.write('some.csv', csv());
mkdirSync(folder.at('both'));
folder.write('both/train.csv', csv());

async function load(text: string): Promise<{ data: Dataset; said: string }> {
  let said = '';
  const io = { out: () => {}, err: (text: string) => (said += text), signal: new AbortController().signal };
  return { data: await loadData(parseDataSource(text), io, false), said };
}

describe('data from files', () => {
  it('reads a CSV and tells what is worth knowing', async () => {
    const { data, said } = await load(file);
    expect(data.rows).toBe(400);
    expect(data.source).toEqual({ kind: 'file', title: 'some.csv', detail: '400 rows of some.csv' });
    expect(said).toContain('Reading ');
  });

  it('takes train.csv of a folder, and says that test.csv is left out', async () => {
    const alone = await load(folder.at('both'));
    expect(alone.said).not.toContain('test.csv');
    folder.write('both/test.csv', csv());
    const both = await load(folder.at('both'));
    expect(both.said).toContain('test.csv is not read');
    expect(both.data.fingerprint).toBe((await load(file)).data.fingerprint);
  });

  it('trains on a file, names it in the run, and says so when it is gone at replay', async () => {
    const pipeline = folder.write('p.json', JSON.stringify(smallPipeline({ batch: 64, steps: 2 })));
    const train = ['train', '--data', file, '--pipeline', pipeline, '--out', folder.at('a'), '--quiet'];
    expect((await seesaw(train)).code).toBe(0);
    const run = folder.json('a', 'run.json');
    expect(run.data).toMatchObject({ kind: 'file', title: 'some.csv', path: file, rows: 400 });
    run.data.path = folder.at('moved.csv');
    folder.write('a/run.json', JSON.stringify(run));
    const gone = await seesaw(['eval', '--run', folder.at('a'), '--quiet']);
    expect(gone.code).toBe(2);
    expect(gone.err).toMatch(/^".*moved\.csv" cannot be read: .*\.\n$/);
    const named = await seesaw(['eval', '--run', folder.at('a'), '--data', file, '--json', '--quiet']);
    expect(JSON.parse(named.out).metrics).toEqual(run.final.metrics);
  });
});
