/** Files of every kind, read through the door: the same data whatever their shape, and one sentence for what cannot be read. */
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataset';
import type { Mapping } from '../mapping/mapping';
import { summarise } from '../summary';
import { prepare } from '../table';
import { type NamedBlob, previewFiles, readFiles } from './index';
import { COLUMNS } from './layout';
import { aliExpress, fields, GOOD, HEADER, line, named } from './testing';
import { tianchiPlaces } from './tianchi';

const fingerprint = async (files: NamedBlob[]) => prepare(await readFiles(files, null)).fingerprint;

async function refusal(files: NamedBlob[], mapping: Mapping | null = null) {
  const error = await readFiles(files, mapping).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

async function zip(entries: Record<string, string>): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter('application/zip'));
  for (const [name, text] of Object.entries(entries)) await writer.add(name, new TextReader(text));
  return writer.close();
}

describe('an AliExpress file', () => {
  it('becomes a table by what the preview guesses', async () => {
    const preview = await previewFiles(aliExpress(...GOOD));
    expect(preview).toMatchObject({
      preset: 'aliexpress',
      seen: 16,
      estimatedRows: 16,
      format: 'CSV, comma',
    });
    const t = await readFiles(aliExpress(...GOOD), null);
    expect(t.rows).toBe(16);
    expect(t.schema.numerical).toHaveLength(63);
    expect(t.schema.categorical[0]).toEqual({ name: 'categorical_1', vocabulary: 5 });
    expect(t.schema.tasks).toEqual([
      { name: 'click', parent: null },
      { name: 'conversion', parent: 0 },
    ]);
    expect(t.schema.group).toBe('search_id');
    expect(t.weights.every((w) => w === 1)).toBe(true);
    for (let i = 0; i < 16; i++) {
      expect([...t.categorical.subarray(i * 16, i * 16 + 16)]).toEqual(
        fields(i >> 1)
          .slice(1, 17)
          .map(Number),
      );
      expect(t.labels[i * 2]).toBe((i >> 1) % 2);
      expect(t.numerical[i * 63 + 4]).toBe(Math.fround(Number(fields(i >> 1)[21])));
    }
    expect(t.notes).toContain('Constant in the training part, so kept as zeros: numerical_58.');
  });

  it('is the same data in whatever shape', async () => {
    const plain = await fingerprint(aliExpress(...GOOD));
    const rows = [COLUMNS, ...GOOD.map((g) => g.split(','))];
    const text = [HEADER, ...GOOD].join('\n');
    const shapes: NamedBlob[] = [
      named('a.csv', `\uFEFF${[HEADER, ...GOOD].join('\r\n')}\r\n\r\n`),
      named('a.csv', [HEADER, ...GOOD].join('\r')),
      named('a.csv', [HEADER, '', ...GOOD, '', ' '].join('\n')),
      named('a.csv', rows.map((f) => f.map((x) => `"${x}"`).join(',')).join('\r\n')),
      named('a.tsv', text.replaceAll(',', '\t')),
      named('a.csv', text.replaceAll(',', ';')),
      named('a.csv', text.replaceAll(',', '|')),
      named('a.csv.gz', gzipSync(text)),
      named(
        'two-members.csv.gz',
        gzipSync(text.slice(0, 3000)),
        gzipSync(text.slice(3000)),
        new Uint8Array(512),
      ),
      { name: 'a.zip', blob: await zip({ 'AliExpress_XX/train.csv': text, '__MACOSX/x.csv': 'no' }) },
    ];
    for (const file of shapes) expect([file.name, await fingerprint([file])]).toEqual([file.name, plain]);
  });

  it('has its columns found by name, in any order', async () => {
    const rows = [COLUMNS, ...GOOD.map((g) => g.split(','))].map((f) => [...f].reverse().join(', '));
    const t = await readFiles([named('r.csv', rows.join('\n'))], null);
    expect(t.schema.group).toBe('search_id');
    const at = t.schema.numerical.indexOf('numerical_5');
    expect(t.numerical[15 * 63 + at]).toBe(Math.fround(Number(fields(7)[21])));
  });

  it('counts a conversion without a click as none, and says so', async () => {
    const t = await readFiles(aliExpress(...GOOD, line(2, { conversion: 1 })), null);
    expect(t.rows).toBe(17);
    expect([...t.labels.subarray(32)]).toEqual([0, 0]);
    expect(t.notes).toContain('1 row with conversion but no click: counted as no conversion.');
  });

  it('reports progress, and stops when told to', async () => {
    const shares: number[] = [];
    await readFiles(aliExpress(...GOOD), null, { onProgress: ({ share }) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(readFiles(aliExpress(...GOOD), null, { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('a file that cannot be read is refused with one sentence', () => {
  const bytes = (...b: number[]) => [named('train.csv', Uint8Array.from(b))];
  const cases: [string, NamedBlob[], RegExp][] = [
    ['nothing', [named('train.csv')], /^train\.csv is empty: /],
    ['white space', [named('train.csv', '\n \n')], /^train\.csv is empty: /],
    ['a picture', bytes(0x89, 0x50, 0x4e, 0x47, 0x0d), /is a PNG picture/],
    ['UTF-16', bytes(0xff, 0xfe, 0x73, 0), /is UTF-16 text/],
    ['zero bytes', bytes(0x61, 0x62, 0, 0x63), /its byte 3 is zero/],
    ['one endless line', [named('train.csv', '1,'.repeat(900_000))], /^train\.csv, line 1: /],
    ['a header alone', aliExpress(), /no row follows/],
    [
      'half a gzip',
      [named('a.gz', gzipSync(GOOD.join('\n')).subarray(0, -20))],
      /damaged gzip file \(it ends too early\)/,
    ],
    [
      'a Latin-1 name',
      [named('a.csv', 'id,click,c\n1,0,caf', Uint8Array.of(0xe9), '\n2,1,tea\n')],
      /line 2, column c is not UTF-8/,
    ],
    [
      'a column twice',
      [named('a.csv', `${HEADER},click\n${GOOD[0]},1`)],
      /^a\.csv: the column "click" occurs twice/,
    ],
    [
      'a bad number',
      aliExpress(GOOD[0]!, line(1, { numerical_12: 'abc' })),
      /^train\.csv, line 3, column numerical_12 holds "abc", which is not a number/,
    ],
    ['a hexadecimal', aliExpress(line(1, { numerical_1: '0x1F' })), /holds "0x1F", which is not a number/],
    [
      'infinity',
      aliExpress(line(1, { numerical_2: '-Infinity' })),
      /holds "-Infinity", which is not a finite number/,
    ],
    ['too large', aliExpress(line(1, { numerical_2: '1e39' })), /is not a finite number/],
    ['a label of 2', aliExpress(line(1, { click: '2' })), /column click holds "2"; a label must be 0 or 1/],
    [
      'no label',
      aliExpress(line(1, { conversion: '' })),
      /column conversion holds ""; a label must be 0 or 1/,
    ],
    ['no group', aliExpress(line(1, { search_id: '' })), /column search_id is empty/],
    [
      'a cut row',
      aliExpress(...GOOD, GOOD[0]!.slice(0, -70)),
      /^train\.csv, line 18: this row has \d\d of 82 fields/,
    ],
    [
      'a long row',
      aliExpress(GOOD[0]!, `${GOOD[1]},9`),
      /^train\.csv, line 3: this row has 83 fields instead of 82/,
    ],
    [
      'an open quote',
      aliExpress(GOOD[0]!, `"${GOOD[1]}`),
      /^train\.csv, line 3: a quote is opened in this row and never closed/,
    ],
    [
      'text after a quote',
      aliExpress(GOOD[0]!, `"1"2${GOOD[1]!.slice(1)}`),
      /^train\.csv, line 3: there is text after a closing quote/,
    ],
  ];
  it.each(cases)('%s', async (_, files, sentence) => {
    expect(await refusal(files)).toMatch(sentence);
  });

  it('rows that cannot be read are left out and counted on request', async () => {
    const files = aliExpress(...GOOD, line(1, { numerical_12: 'abc' }), `${GOOD[1]},9`);
    const { guess } = await previewFiles(files);
    const t = await readFiles(files, { ...guess, brokenRows: 'skip' });
    expect(t.rows).toBe(16);
    expect(t.origin!.rows).toBe(16);
    expect(t.notes[0]).toMatch(
      /^2 rows could not be read and were left out, the first because: train\.csv, line 18, column numerical_12 /,
    );
  });

  it('a file that vanishes while it is read', async () => {
    const blob = {
      size: 10,
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
    } as unknown as Blob;
    expect(await refusal([{ name: 'x.csv', blob }])).toMatch(/^x\.csv could not be read to its end/);
  });

  it('a gzip bomb', async () => {
    const { refuseBomb } = await import('./gzip');
    expect(() => refuseBomb(1.1e9, 1e6, 'b.gz')).toThrow(/^b\.gz unpacks to more than 200 times its size/);
    expect(() => refuseBomb(1.1e9, 1e7, 'b.gz')).not.toThrow();
  });
});

describe('impossible mappings', () => {
  const text = 'uid,item,click,buy,price\n1,2,1,1,0.5\n1,3,1,0,0.25\n2,2,0,0,1\n';
  const column = (name: string, role: string, parent?: string | null) => ({
    name,
    role,
    ...(parent !== undefined && { parent }),
  });
  const ALL = [
    column('uid', 'group'),
    column('item', 'categorical'),
    column('click', 'label', null),
    column('buy', 'label', 'click'),
    column('price', 'numerical'),
  ];
  const cases: [string, object, RegExp][] = [
    ['no label', { columns: ALL.slice(0, 2) }, /^There is no task: /],
    [
      'two groups',
      {
        columns: [...ALL.slice(1), column('uid', 'group')].map((c) =>
          c.name === 'item' ? column('item', 'group') : c,
        ),
      },
      /^Only one column can have the role group/,
    ],
    ['an unknown column', { columns: [...ALL, column('nope', 'ignore')] }, /names the column "nope"/],
    [
      'a circle',
      { columns: ALL.map((c) => (c.name === 'click' ? column('click', 'label', 'buy') : c)) },
      /in a circle/,
    ],
    ['rows split despite groups', { columns: ALL, split: { by: 'row' } }, /cannot be split one by one/],
    ['no time', { columns: ALL, split: { by: 'time' } }, /cannot be split by time/],
    ['one file', { columns: ALL, split: { by: 'file' } }, /one file only/],
    [
      'a bad share',
      { columns: ALL, split: { by: 'group', share: 2 } },
      /^The mapping cannot be used because of its part at "split\.share"/,
    ],
  ];
  it.each(cases)('%s', async (_, mapping, sentence) => {
    expect(await refusal([named('a.csv', text)], mapping as Mapping)).toMatch(sentence);
  });
});

describe('a generic log', () => {
  const countries = ['ES', 'FR', 'NL'];
  const rows = Array.from({ length: 300 }, (_, i) =>
    [
      i,
      `s${i >> 2}`,
      `brand ${i % 7}`,
      1_650_000_000 + i * 60,
      countries[i % 3],
      `${i % 5};${(i * 3) % 5}`,
      (i % 11) / 4,
      i % 10 === 0 ? '' : i % 4,
      i % 2,
      i % 6 === 1 ? 1 : 0,
      1 + (i % 2),
    ].join(','),
  );
  const file = named(
    'log.csv',
    ['row,session_id,brand,timestamp,country,tags,price,level,click,purchase,weight', ...rows].join('\n'),
  );

  it('has its columns guessed', async () => {
    const { guess, columns } = await previewFiles([file]);
    expect(Object.fromEntries(guess.columns.map((c) => [c.name, c.role]))).toEqual({
      row: 'ignore',
      session_id: 'group',
      brand: 'categorical',
      timestamp: 'time',
      country: 'country',
      tags: 'list',
      price: 'numerical',
      level: 'categorical',
      click: 'label',
      purchase: 'label',
      weight: 'weight',
    });
    expect(guess.columns.find((c) => c.name === 'purchase')).toMatchObject({ parent: 'click' });
    expect(columns.find((c) => c.name === 'row')!.why).toBe('has a different value in every row');
  });

  it('becomes categories, lists, weights and a country', async () => {
    const t = await readFiles([file], null);
    expect(t.schema.country).toBe('country');
    const brand = t.schema.categorical.find((c) => c.name === 'brand')!;
    expect(brand.values![0]).toBe('(other)');
    expect([...brand.values!].sort()).toContain('brand 3');
    const level = t.schema.categorical.find((c) => c.name === 'level')!;
    expect(level).toMatchObject({ vocabulary: 5, values: ['0', '1', '2', '3', '(missing)'] });
    const at = t.schema.categorical.indexOf(level);
    expect(t.categorical[at]).toBe(4);
    expect(t.weights[1]).toBe(2);
    expect(t.schema.sequences).toEqual([{ name: 'tags', vocabulary: 5, longest: 2 }]);
    expect([...t.sequences![0]!.codes.subarray(0, 4)]).toEqual([0, 0, 1, 3]);
  });

  it('splits by time: whole groups, the latest to validation', async () => {
    const { guess } = await previewFiles([file]);
    const t = await readFiles([file], { ...guess, split: { by: 'time', share: 0.2 } });
    expect([...t.validation]).toEqual(Array.from({ length: 300 }, (_, i) => (i >= 240 ? 1 : 0)));
  });

  it('splits by the test file, and leaves out training rows of its groups', async () => {
    const [head] = (await file.blob.text()).split('\n');
    const train = named('train.csv', [head, ...rows.slice(0, 200)].join('\n'));
    const test = named('test.csv', [head, ...rows.slice(196)].join('\n'));
    const { guess, files } = await previewFiles([test, train]);
    expect(files.map((f) => [f.name, f.part])).toEqual([
      ['train.csv', 'rows'],
      ['test.csv', 'test rows'],
    ]);
    expect(guess.split.by).toBe('file');
    const t = await readFiles([test, train], null);
    expect(t.rows).toBe(300);
    expect(t.validation.reduce((a, b) => a + b, 0)).toBe(104);
    expect(t.notes).toContain(
      '4 training rows were left out because the test file has the same session_id: no group may lie in both parts.',
    );
  });

  it('shares the code (other) among values beyond the cap', async () => {
    const { guess } = await previewFiles([file]);
    const t = await readFiles([file], { ...guess, vocabularyCap: 4 });
    const brand = t.schema.categorical.find((c) => c.name === 'brand')!;
    expect(brand.vocabulary).toBe(4);
    expect(t.notes.join(' ')).toContain(
      'brand has more values than the vocabulary may hold: its 4 rarest values share the code (other).',
    );
  });
});

describe('Parquet', () => {
  const n = 500;
  const columns = (codec: 'UNCOMPRESSED' | 'SNAPPY') =>
    parquetWriteBuffer({
      columnData: [
        { name: 'user_id', data: Array.from({ length: n }, (_, i) => i >> 2), type: 'INT32' },
        {
          name: 'kind',
          data: Array.from({ length: n }, (_, i) => (i % 9 === 0 ? null : `k${i % 5}`)),
          type: 'STRING',
          nullable: true,
        },
        {
          name: 'price',
          data: Array.from({ length: n }, (_, i) => (i % 7 === 0 ? null : i / 8)),
          type: 'DOUBLE',
          nullable: true,
        },
        { name: 'click', data: Array.from({ length: n }, (_, i) => i % 3 === 0), type: 'BOOLEAN' },
        {
          name: 'buy',
          data: Array.from({ length: n }, (_, i) => BigInt(i % 6 === 0 ? 1 : 0)),
          type: 'INT64',
        },
      ],
      rowGroupSize: 128,
      codec,
    });
  const text = [
    'user_id,kind,price,click,buy',
    ...Array.from({ length: n }, (_, i) =>
      [
        i >> 2,
        i % 9 === 0 ? '' : `k${i % 5}`,
        i % 7 === 0 ? '' : i / 8,
        i % 3 === 0 ? 1 : 0,
        i % 6 === 0 ? 1 : 0,
      ].join(','),
    ),
  ].join('\n');

  it.each(['UNCOMPRESSED', 'SNAPPY'] as const)('gives the same table as the CSV (%s)', async (codec) => {
    const file = named('a.parquet', new Uint8Array(columns(codec)));
    const preview = await previewFiles([file]);
    expect(preview).toMatchObject({ estimatedRows: n, seen: 128 });
    const { guess } = await previewFiles([named('a.csv', text)]);
    const a = await readFiles([file], guess);
    const b = await readFiles([named('a.csv', text)], guess);
    expect(prepare(a).fingerprint).toBe(prepare(b).fingerprint);
    const sampled = { ...guess, sampling: { ...guess.sampling, rows: 100 } };
    for (const wholePages of [false, true]) {
      const mapping = { ...sampled, sampling: { ...sampled.sampling, wholePages } };
      expect(prepare(await readFiles([file], mapping)).fingerprint).toBe(
        prepare(await readFiles([named('a.csv', text)], mapping)).fingerprint,
      );
    }
  });

  it('is refused when damaged', async () => {
    const whole = new Uint8Array(columns('SNAPPY'));
    expect(await refusal([named('a.parquet', whole.subarray(0, whole.length - 9))])).toMatch(
      /^a\.parquet is a damaged Parquet file \(.*\): write or download it again\.$/,
    );
  });
});

describe('the raw Tianchi pair', () => {
  const [itemPlaces, userPlaces] = [tianchiPlaces('item'), tianchiPlaces('user')];
  /** The row of the 82-column layout cut into its two halves. */
  const half = (row: string[], places: number[], width: number, label: number) => {
    const out = new Array<string>(width).fill('0');
    COLUMNS.forEach((_, c) => {
      if (places[c]! >= 0 && c < COLUMNS.length - 2) out[places[c]!] = row[c]!;
    });
    if (width === 49) out[48] = String(label);
    return out.join(',');
  };
  const rows = GOOD.map((g) => g.split(','));
  const items = rows.map((r) => half(r, itemPlaces, 49, Number(r[80]) + Number(r[81])));
  const users = [...new Set(rows.map((r) => half(r, userPlaces, 33, 0)))].reverse();

  it('is the same data as the joined table', async () => {
    const pair = [named('user.csv', users.join('\n')), named('item.csv', items.join('\n'))];
    const preview = await previewFiles(pair);
    expect(preview).toMatchObject({ preset: 'tianchi', format: 'Tianchi pair' });
    expect(preview.files.map((f) => f.part)).toEqual(['item rows', 'user rows']);
    expect(await fingerprint(pair)).toBe(await fingerprint(aliExpress(...GOOD)));
  });

  it('leaves out rows whose search id the user file lacks, and counts them', async () => {
    const t = await readFiles(
      [named('item.csv', items.join('\n')), named('user.csv', users.slice(1).join('\n'))],
      null,
    );
    expect(t.rows).toBe(14);
    expect(t.notes[0]).toBe(
      '2 rows have a search id that user.csv does not have, so that they were left out.',
    );
    expect(await refusal([named('item.csv', items.join('\n'))])).toMatch(
      /open it together with the user file/,
    );
  });
});

const DATA = '../shared/data';
const SAMPLE = `${DATA}/aliexpress-sample/train.csv`;
const KUAIRAND = `${DATA}/kuairand-pure`;
if (!existsSync(SAMPLE)) console.info(`${DATA} is absent: the tests on real samples are left out.`);

describe.skipIf(!existsSync(SAMPLE))('real samples', () => {
  it('AliExpress', async () => {
    const t = await readFiles([named('train.csv', readFileSync(SAMPLE))], null);
    expect(t.rows).toBe(1000);
    expect(summarise(prepare(t)).tasks.map((task) => task.positives)).toEqual([29, 10]);
    expect(t.notes.join(' ')).toContain('numerical_58, numerical_59 and numerical_60');
  });

  it('KuaiRand with its user features', async () => {
    const files = ['interactions', 'user_features'].map((f) =>
      named(`${f}.parquet`, readFileSync(`${KUAIRAND}/${f}.parquet`)),
    );
    const preview = await previewFiles(files);
    expect(preview).toMatchObject({ preset: 'kuairand', certain: true });
    expect(preview.guess.columns.filter((c) => c.role === 'label')).toEqual([
      { name: 'is_click', role: 'label', parent: null },
      { name: 'is_like', role: 'label', parent: 'is_click' },
      { name: 'long_view', role: 'label', parent: 'is_click' },
      { name: 'is_profile_enter', role: 'label', parent: 'is_click' },
    ]);
    const t = await readFiles(files, null);
    expect(t.rows).toBe(94_784);
    expect(t.notes).toContain('104 rows with long_view but no is_click: counted as no long_view.');
    expect(t.origin!.positives[0]).toBe(41_503);
    const video = t.schema.categorical.find((c) => c.name === 'video_id')!;
    expect(video.vocabulary).toBeGreaterThan(5000);
  }, 90_000);
});
