/** Data from files: a CSV, a folder with train.csv, notes on the way, and a file that goes missing. */
import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type Dataset, previewFiles } from '../src/data';
import { loadData, parseDataSource, type ReadingOptions } from './dataSource';
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

async function load(text: string, options: ReadingOptions = {}): Promise<{ data: Dataset; said: string }> {
  let said = '';
  const io = { out: () => {}, err: (text: string) => (said += text), signal: new AbortController().signal };
  return { data: await loadData(parseDataSource(text, options), io, false), said };
}

describe('data from files', () => {
  it('reads a CSV and tells what is worth knowing', async () => {
    const { data, said } = await load(file);
    expect(data.rows).toBe(400);
    expect(data.source).toEqual({ kind: 'file', title: 'some.csv', detail: '400 rows of some.csv' });
    expect(said).toContain('Reading ');
  });

  it('takes train.csv of a folder, and validates on its test.csv', async () => {
    const alone = await load(folder.at('both'));
    expect(alone.data.fingerprint).toBe((await load(file)).data.fingerprint);
    folder.write('both/test.csv', csv());
    const both = await load(folder.at('both'));
    expect([both.data.rows, both.data.trainRows]).toEqual([800, 400]);
    const pair = await load(`${folder.at('both', 'test.csv')},${folder.at('both', 'train.csv')}`);
    expect(pair.data.fingerprint).toBe(both.data.fingerprint);
  });

  it('reads a packed file, by a mapping and with a sample, and refuses a bad mapping', async () => {
    const packed = folder.write('some.csv.gz', gzipSync(csv()));
    expect((await load(packed)).data.fingerprint).toBe((await load(file)).data.fingerprint);
    const { guess } = await previewFiles([{ name: 'some.csv', blob: new Blob([csv()]) }]);
    const mapping = folder.write(
      'mapping.json',
      JSON.stringify({ ...guess, split: { by: 'group', share: 0.5 } }),
    );
    const { data, said } = await load(file, { mapping, rows: 200 });
    expect(data.rows).toBe(200);
    expect(data.trainRows).toBeLessThan(140);
    expect(said).toContain('200 of 400 rows are kept');
    folder.write('bad.json', '{"columns":[]}');
    expect(() => parseDataSource(file, { mapping: folder.at('bad.json') })).toThrow(/mapping cannot be used/);
    expect(() => parseDataSource('sim:es', { rows: 200 })).toThrow(/say how a file is read/);
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
