/** The AliExpress layout, as one table or the raw Tianchi pair: the same data whatever its shape. */
import { gzipSync } from 'node:zlib';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { type NamedBlob, previewFiles, readFiles } from './index';
import { COLUMNS } from './layout';
import { aliExpress, fields, fingerprintOf, GOOD, HEADER, line, named, refusal } from './testing';
import { tianchiPlaces } from './tianchi';

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
    const plain = await fingerprintOf(aliExpress(...GOOD));
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
    for (const file of shapes) expect([file.name, await fingerprintOf([file])]).toEqual([file.name, plain]);
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
    expect(await fingerprintOf(pair)).toBe(await fingerprintOf(aliExpress(...GOOD)));
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
