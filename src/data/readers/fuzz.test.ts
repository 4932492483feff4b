/**
 * Thousands of broken files: each gives either exactly the rows that a strict oracle reads in it, or one sentence.
 *
 * The oracles are other people's readers (Papa Parse, zlib) on the same bytes. Everything follows from seeds.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../mapping/mapping';
import type { Rng } from '../random';
import { isMissing } from './block';
import { attempt, CLEAN, campaign, compare, MAPPING, papa, utf8, wound } from './fuzzing';
import type { NamedBlob } from './index';
import { COLUMNS } from './layout';
import { aliExpress, GOOD, named } from './testing';
import { tianchiPlaces } from './tianchi';

describe('broken files', () => {
  it('3,200 CSV files', async () => {
    const clean = utf8.encode(CLEAN);
    await campaign('csv', 3200, async (rng, what) => {
      let bytes = wound(clean, rng, true);
      if (rng.below(400) === 0)
        bytes = utf8.encode(CLEAN.replace('k1', 'x'.repeat(rng.below(2) === 0 ? 900_000 : 1_100_000)));
      const t = await attempt([named('a.csv', bytes)], MAPPING);
      if (t) compare(t, papa(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)), what);
      return t !== null;
    });
  }, 120_000);

  it('700 gzip files', async () => {
    const clean = gzipSync(CLEAN);
    const two = new Uint8Array([...gzipSync(CLEAN.slice(0, 100)), ...gzipSync(CLEAN.slice(100))]);
    await campaign('gzip', 700, async (rng, what) => {
      const bytes = wound(rng.below(2) === 0 ? clean : two, rng, false);
      const t = await attempt([named('a.csv.gz', bytes)], MAPPING);
      if (!t) return false;
      // Whatever begins otherwise is no gzip file any more.
      const text =
        bytes[0] === 0x1f && bytes[1] === 0x8b ? new TextDecoder().decode(gunzipSync(bytes)) : null;
      compare(t, text === null ? null : papa(text), what);
      return true;
    });
  }, 60_000);

  it('300 ZIP archives', async () => {
    const writer = new ZipWriter(new BlobWriter('application/zip'));
    await writer.add('a.csv', new TextReader(CLEAN));
    const clean = new Uint8Array(await (await writer.close()).arrayBuffer());
    await campaign('zipped', 300, async (rng, what) => {
      const t = await attempt([named('a.zip', wound(clean, rng, false))], MAPPING);
      // Contents have a checksum: what is read must be what was packed.
      if (t) compare(t, papa(CLEAN), what);
      return t !== null;
    });
  }, 60_000);

  it('400 Tianchi pairs', async () => {
    const rows = GOOD.map((g) => g.split(','));
    const places = { user: tianchiPlaces('user'), item: tianchiPlaces('item') };
    const half = (row: string[], of: 'user' | 'item') => {
      const out = new Array<string>(of === 'user' ? 33 : 49).fill('0');
      COLUMNS.slice(0, -2).forEach((_, c) => {
        if (places[of][c]! >= 0) out[places[of][c]!] = row[c]!;
      });
      if (of === 'item') out[48] = String(Number(row[80]) + Number(row[81]));
      return out.join(',');
    };
    const items = rows.map((r) => half(r, 'item')).join('\n');
    const users = [...new Set(rows.map((r) => half(r, 'user')))].join('\n');
    const digits = (text: string, rng: Rng) => wound(utf8.encode(text), rng, rng.below(2) === 0);
    await campaign('tianchi', 400, async (rng, what) => {
      const files = { item: utf8.encode(items), user: utf8.encode(users) };
      const hurt = rng.below(2) === 0 ? 'item' : 'user';
      files[hurt] = digits(hurt === 'item' ? items : users, rng) as typeof files.item;
      const pair = [named('item.csv', files.item), named('user.csv', files.user)];
      const mapping = { ...MAPPING, columns: (await readable(aliExpress(...GOOD))).columns };
      const t = await attempt(pair, mapping);
      if (!t) return false;
      const cut = (bytes: Uint8Array) =>
        new TextDecoder()
          .decode(bytes)
          .replace(/^\uFEFF/, '')
          .split(/\r\n|\r|\n/)
          .filter((l) => l.trim() !== '')
          .map((l) =>
            l.split(',').map((f) =>
              f
                .trim()
                .replace(/^"(.*)"$/, '$1')
                .trim(),
            ),
          );
      const known = new Map<string, string[]>();
      for (const r of cut(files.user)) if (!known.has(r[0]!)) known.set(r[0]!, r);
      const joined = cut(files.item).filter((r) => known.has(r[0]!));
      expect(t.rows, what).toBe(joined.length);
      joined.forEach((r, i) => {
        t.schema.numerical.forEach((name, m) => {
          const c = COLUMNS.indexOf(name);
          const field = places.item[c]! >= 0 ? r[places.item[c]!]! : known.get(r[0]!)![places.user[c]!]!;
          expect(t.numerical[i * 63 + m], `${what} ${name}`).toBe(
            isMissing(field) ? Number.NaN : Math.fround(Number(field)),
          );
        });
        expect([...t.labels.subarray(2 * i, 2 * i + 2)], what).toEqual([
          Number(r[48]) >= 1 ? 1 : 0,
          Number(r[48]) >= 2 ? 1 : 0,
        ]);
      });
      return true;
    });
  }, 60_000);
});

let guessed: Promise<Mapping> | null = null;
async function readable(files: NamedBlob[]): Promise<Mapping> {
  guessed ??= import('./index').then(async ({ previewFiles }) => (await previewFiles(files)).guess);
  return guessed;
}
