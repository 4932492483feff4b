/** Shards by address and in a ZIP: what is fetched when, and the sentence for whatever goes wrong on the way. */
import { strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../pace';
import type { Table } from '../table';
import { madeUp } from '../testing/tables';
import { fileNameOf, findZippedShard, isZip, zipShard } from './archive';
import { manifestText } from './manifest';
import { readShard } from './read';
import { findRemoteShard, manifestUrl } from './remote';
import { type Shard, writeShard } from './write';

let table: Table;
let shard: Shard;
beforeAll(async () => {
  table = madeUp({ rows: 1000 });
  shard = await writeShard(table, { rowsAPart: 300, title: 'Far away' });
});

const ROOT = 'https://data.example.org/es';

/** A server with these files; `asked` gathers what was asked of it. */
function server(files: Record<string, Uint8Array | string | Response | Error>, asked: string[] = []) {
  const answer = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const url = String(input);
    asked.push(url);
    expect(init?.credentials).toBe('omit');
    const found = files[url];
    if (found instanceof Error) throw found;
    if (found instanceof Response) return found;
    return found === undefined ? new Response('', { status: 404 }) : new Response(found as BodyInit);
  };
  return answer as typeof fetch;
}

const whole = (): Record<string, Uint8Array | string> => ({
  [`${ROOT}/manifest.json`]: manifestText(shard.manifest),
  ...Object.fromEntries(shard.parts.map((p) => [`${ROOT}/${p.file}`, p.bytes])),
});

describe('an address', () => {
  it.each([
    ['https://a.org/es', 'https://a.org/es/manifest.json'],
    ['https://a.org/es/', 'https://a.org/es/manifest.json'],
    ['https://a.org/es/manifest.json?v=2#x', 'https://a.org/es/manifest.json?v=2'],
    ['http://localhost:8000/es', 'http://localhost:8000/es/manifest.json'],
    ['shards/es', 'http://lab.example.org/shards/es/manifest.json'],
    ['http://lab.example.org/x', 'http://lab.example.org/x/manifest.json'],
  ])('%s leads to %s', (text, url) => {
    expect(manifestUrl(text, 'http://lab.example.org/index.html').href).toBe(url);
  });

  it.each([
    ['http://a.org/es', 'must begin with https'],
    ['http://localhost.evil.org/es', 'must begin with https'],
    ['file:///etc/passwd', 'must begin with https'],
    ['javascript:alert(1)', 'must begin with https'],
    ['data:application/json,{}', 'must begin with https'],
    ['https://', 'is no address'],
    ['https://me:secret@a.org/', 'must not hold a name or a password'],
  ])('%s is refused', (text, sentence) => {
    expect(() => manifestUrl(text, 'http://lab.example.org/')).toThrow(sentence);
  });
});

describe('a shard at an address', () => {
  it('is asked for its manifest alone, then read with progress', async () => {
    const asked: string[] = [];
    const progress: Progress[] = [];
    const work = { onProgress: (p: Progress) => void progress.push(p) };
    const far = await findRemoteShard(ROOT, work, { fetch: server(whole(), asked) });
    expect(asked).toEqual([`${ROOT}/manifest.json`]);
    const bytes = shard.parts.reduce((n, p) => n + p.bytes.length, 0);
    expect(far.offer).toMatchObject({ host: 'data.example.org', title: 'Far away', rows: table.rows, bytes });
    const read = await readShard(far.manifest, far.part);
    expect(read.numerical).toEqual(table.numerical);
    expect(asked).toHaveLength(1 + shard.parts.length);
    expect(progress.at(-1)!.share).toBe(1);
    expect(progress[0]!.bytesPerSecond).toBeGreaterThan(0);
  });

  it.each<[string, Parameters<typeof server>[0], string]>([
    ['is not there', {}, 'manifest.json on data.example.org does not exist (404)'],
    [
      'is forbidden',
      { [`${ROOT}/manifest.json`]: new Response('', { status: 403 }) },
      'cannot be had (status 403)',
    ],
    ['allows no other pages', { [`${ROOT}/manifest.json`]: new TypeError('Failed to fetch') }, '(CORS)'],
    ['is no JSON', { [`${ROOT}/manifest.json`]: '<html>' }, 'is no JSON'],
    ['is another JSON', { [`${ROOT}/manifest.json`]: '{"a":1}' }, 'is no manifest of a shard'],
    [
      'is of a newer version',
      { [`${ROOT}/manifest.json`]: '{"format":"seesaw-shard","version":2}' },
      'newer Seesaw',
    ],
    [
      'says that it is huge',
      { [`${ROOT}/manifest.json`]: new Response('{}', { headers: { 'content-length': '99999999999' } }) },
      'is larger than the 33,554,432 bytes',
    ],
  ])('that %s ends with one sentence', async (_, files, sentence) => {
    const error = await findRemoteShard(ROOT, {}, { fetch: server(files) }).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'DataError', message: expect.stringContaining(sentence) });
    expect((error as Error).message).toMatch(/^[^\n]+\.$/);
  });

  it('with a part that is cut off, or larger than it says, is refused', async () => {
    const { file, bytes } = shard.parts[1]!;
    for (const [content, sentence] of [
      [bytes.slice(0, -1), 'is cut off'],
      [new Uint8Array([...bytes, 0]), 'is larger than the'],
    ] as const) {
      const files = { ...whole(), [`${ROOT}/${file}`]: content };
      const far = await findRemoteShard(ROOT, {}, { fetch: server(files) });
      await expect(readShard(far.manifest, far.part)).rejects.toThrow(sentence);
    }
  });

  it('that does not answer is given up, and one that is stopped ends at once', async () => {
    const silent = ((_: unknown, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason));
      })) as typeof fetch;
    await expect(findRemoteShard(ROOT, {}, { fetch: silent, patience: 5 })).rejects.toThrow('did not answer');
    const stop = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 5);
    await expect(findRemoteShard(ROOT, { signal: stop.signal }, { fetch: silent })).rejects.toBe(reason);
  });
});

describe('a shard in a ZIP', () => {
  it('comes out as it went in, within a folder too', async () => {
    const blob = new Blob([zipShard(shard)]);
    expect(await isZip(blob)).toBe(true);
    expect(await isZip(new Blob(['a,b']))).toBe(false);
    const found = (await findZippedShard(blob, 'far.zip'))!;
    expect((await readShard(found.manifest, found.part)).numerical).toEqual(table.numerical);
    const inFolder = zipSync({
      es: {
        'manifest.json': strToU8(manifestText(shard.manifest)),
        ...Object.fromEntries(shard.parts.map((p) => [p.file, p.bytes])),
      },
    });
    const again = (await findZippedShard(new Blob([inFolder]), 'far.zip'))!;
    expect((await readShard(again.manifest, again.part)).labels).toEqual(table.labels);
  });

  it('that is none, or damaged, or lacks a part, is told apart', async () => {
    expect(await findZippedShard(new Blob([zipSync({ 'train.csv': strToU8('a') })]), 'x.zip')).toBeNull();
    const cut = new Blob([zipShard(shard).slice(0, 3000)]);
    await expect(findZippedShard(cut, 'x.zip')).rejects.toThrow('x.zip is no ZIP that can be read');
    const lacking = new Blob([zipShard({ ...shard, parts: shard.parts.slice(1) })]);
    const { manifest, part } = (await findZippedShard(lacking, 'x.zip'))!;
    await expect(readShard(manifest, part)).rejects.toThrow('x.zip lacks part-0000.parquet');
  });

  it('is named after its title', () => {
    expect(fileNameOf('ES')).toBe('ES');
    expect(fileNameOf('../café: 1,000 rows')).toBe('cafe-1-000-rows');
    expect(fileNameOf('日本')).toBe('shard');
  });
});
