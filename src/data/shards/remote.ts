/** Shards at an address: first the manifest alone, then, when somebody said yes, the parts. */
import { DataError } from '../dataset';
import type { LongWork } from '../pace';
import { LARGEST_MANIFEST, MANIFEST_NAME, type Manifest, parseManifest, type ShardOffer } from './manifest';
import type { PartSource } from './read';

/** Milliseconds within which the first bytes of an answer, and then every next piece, must come. */
const PATIENCE = 20_000;

export interface RemoteOptions {
  /** Where relative addresses start; the page's own address. */
  readonly base?: string;
  readonly fetch?: typeof fetch;
  readonly patience?: number;
}

const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|[\w-]+\.localhost)$/;

const here = () => (globalThis.location as Location | undefined)?.href;

/**
 * The address of a manifest: that of its folder does as well.
 * @throws DataError for what is no address, and for one that is neither https nor of this machine or page
 */
export function manifestUrl(text: string, base: string | undefined = here()): URL {
  let url: URL;
  try {
    url = new URL(text.trim(), base);
  } catch {
    throw new DataError(`"${text.slice(0, 200)}" is no address: give that of a shard's folder.`);
  }
  const own = base !== undefined && url.origin === new URL(base).origin && url.origin !== 'null';
  const local = url.protocol === 'http:' && LOCAL.test(url.hostname);
  if (!own && !local && url.protocol !== 'https:') {
    throw new DataError(
      `${url.protocol}//${url.host} is not opened: the address of a shard must begin with https.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new DataError('The address of a shard must not hold a name or a password: leave them out.');
  }
  url.hash = '';
  if (!url.pathname.endsWith('.json')) {
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${MANIFEST_NAME}`;
  }
  return url;
}

/** Fetches at most `limit` bytes. Rejects with a DataError, or with the signal's reason. */
async function fetchBytes(
  url: URL,
  limit: number,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (n: number) => void },
  { fetch: get = fetch, patience = PATIENCE }: RemoteOptions,
): Promise<Uint8Array> {
  const file = url.pathname.split('/').at(-1)!;
  const fail = (why: string) => new DataError(`${file} on ${url.host} ${why}`, { file });
  const late = new AbortController();
  let clock: ReturnType<typeof setTimeout> | undefined;
  const wind = () => {
    clearTimeout(clock);
    clock = setTimeout(() => late.abort(), patience);
  };
  const stop = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  try {
    signal?.throwIfAborted();
    wind();
    // Without cookies: a link must not read what only this user may read.
    const response = await get(url, { signal: stop, credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (response.status === 404) throw fail('does not exist (404): check the address.');
    if (!response.ok) throw fail(`cannot be had (status ${response.status}): check the address.`);
    const announced = Number(response.headers.get('content-length'));
    const tooLarge = () =>
      fail(
        `is larger than the ${limit.toLocaleString('en-US')} bytes that it may have: it is not what it says.`,
      );
    if (announced > limit && !response.headers.get('content-encoding')) throw tooLarge();
    const pieces: Uint8Array[] = [];
    let size = 0;
    const reader = response.body?.getReader();
    if (!reader) return new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      wind();
      size += value.length;
      if (size > limit) {
        void reader.cancel().catch(() => undefined);
        throw tooLarge();
      }
      pieces.push(value);
      onBytes?.(value.length);
    }
    const all = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DataError) throw cause;
    if (late.signal.aborted)
      throw fail(`did not answer within ${Math.round(patience / 1000)} seconds: try again later.`);
    throw fail(
      'cannot be fetched: check the address and the connection, and that the server allows other pages (CORS).',
    );
  } finally {
    clearTimeout(clock);
  }
}

export interface RemoteShard {
  readonly manifest: Manifest;
  readonly offer: ShardOffer;
  /** Fetches the parts, with progress and cancel. */
  readonly part: PartSource;
}

/**
 * Fetches the manifest at an address, and nothing else; `part` fetches the rest when it is called.
 * Rejects with a DataError of one sentence, and with the signal's reason when stopped.
 */
export async function findRemoteShard(
  text: string,
  work: LongWork = {},
  options: RemoteOptions = {},
): Promise<RemoteShard> {
  const url = manifestUrl(text, options.base ?? here());
  const bytes = await fetchBytes(url, LARGEST_MANIFEST, { signal: work.signal }, options);
  const manifest = parseManifest(new TextDecoder().decode(bytes), `${MANIFEST_NAME} on ${url.host}`);
  const total = manifest.parts.reduce((sum, p) => sum + p.bytes, 0);
  const started = performance.now();
  let fetched = 0;
  const onBytes = (n: number) => {
    fetched += n;
    const seconds = (performance.now() - started) / 1000;
    const bytesPerSecond = seconds > 0 ? fetched / seconds : 0;
    work.onProgress?.({
      share: Math.min(1, fetched / total),
      bytesPerSecond,
      ...(bytesPerSecond > 0 && { secondsLeft: (total - fetched) / bytesPerSecond }),
    });
  };
  return {
    manifest,
    offer: {
      url: url.href,
      host: url.host,
      title: manifest.title,
      detail: manifest.detail,
      rows: manifest.rows,
      bytes: total,
    },
    part: (file, size) => fetchBytes(new URL(file, url), size, { signal: work.signal, onBytes }, options),
  };
}
