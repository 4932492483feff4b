/** Files and mappings that cannot be used: one sentence each, and rows that are left out on request. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../mapping/mapping';
import { type NamedBlob, previewFiles, readFiles } from './index';
import { aliExpress, GOOD, HEADER, line, named, refusal } from './testing';

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
