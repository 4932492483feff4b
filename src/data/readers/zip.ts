/** Finds the tables in a ZIP archive and unpacks them as they stream by. */
import { BlobReader, configure, type FileEntry, ZipReader } from '@zip.js/zip.js';
import { DataError } from '../dataset';
import type { NamedBlob, Pieces } from './bytes';
import type { TextFile } from './csv';
import { refuseBomb } from './gzip';

// Workers of its own would be fetched from blob addresses, which the page's rules forbid; this runs in a worker already.
configure({ useWebWorkers: false });

/** Most entries of an archive that are looked at, and the size to which a Parquet file inside may unpack. */
const MOST_ENTRIES = 10_000;
const MOST_PARQUET = 512 << 20;

export interface ZipTable {
  readonly text: TextFile | null;
  /** A Parquet file, unpacked: it is read from its end. */
  readonly parquet: NamedBlob | null;
}

const damaged = (file: string) =>
  new DataError(`${file} is a damaged ZIP archive: download or pack it again.`, { file });

/** CSV, TSV, text and Parquet files of an archive, in the order of their names. Rejects with a DataError where there are none. */
export async function zipTables({ name, blob }: NamedBlob): Promise<ZipTable[]> {
  let entries: FileEntry[];
  try {
    const reader = new ZipReader(new BlobReader(blob));
    const all = [];
    for await (const entry of reader.getEntriesGenerator()) {
      all.push(entry);
      if (all.length > MOST_ENTRIES) break;
    }
    entries = all.filter((e): e is FileEntry => !e.directory);
  } catch {
    throw damaged(name);
  }
  const tables = entries
    .filter((e) => /\.(csv|tsv|txt|tab|data|parquet)$/i.test(e.filename))
    .filter((e) => !/(^|\/)(__MACOSX\/|\.)/.test(e.filename))
    .sort((a, b) => (a.filename < b.filename ? -1 : 1));
  if (tables.length === 0) {
    throw new DataError(
      `${name} holds no table: pack a CSV, TSV or Parquet file into it, ending in .csv, .tsv, .txt or .parquet.`,
      { file: name },
    );
  }
  if (tables.some((e) => e.encrypted)) {
    throw new DataError(`${name} is encrypted: unpack it with its password and open what is inside.`, {
      file: name,
    });
  }
  if (tables.length > 3) {
    throw new DataError(
      `${name} holds ${tables.length} tables: unpack it and open one of them, or two that belong together.`,
      { file: name },
    );
  }
  return Promise.all(
    tables.map(async (entry): Promise<ZipTable> => {
      const file = entry.filename.split('/').at(-1)!;
      if (!/\.parquet$/i.test(file)) return { text: zipText(entry, file, name), parquet: null };
      if (entry.uncompressedSize > MOST_PARQUET) {
        throw new DataError(
          `${file} in ${name} is too large to unpack in memory: unpack it and open it by itself.`,
          {
            file: name,
          },
        );
      }
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const { bytes } of unzipped(entry, name)) parts.push(bytes as Uint8Array<ArrayBuffer>);
      return { text: null, parquet: { name: file, blob: new Blob(parts) } };
    }),
  );
}

const zipText = (entry: FileEntry, file: string, archive: string): TextFile => ({
  file,
  bytes: entry.compressedSize,
  textBytes: entry.uncompressedSize,
  packing: 'ZIP',
  pieces: () => unzipped(entry, archive),
});

/** The bytes of an entry; what it says of its size and checksum must be true. */
async function* unzipped(entry: FileEntry, archive: string): Pieces {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stop = new AbortController();
  let fault: unknown = null;
  const done = entry
    .getData(writable, { signal: stop.signal, checkSignature: true, useWebWorkers: false })
    .catch((error: unknown) => {
      fault = error;
      return writable.abort(error).catch(() => undefined);
    });
  const reader = readable.getReader();
  let out = 0;
  try {
    for (;;) {
      const next = await reader.read().catch(() => null);
      if (next === null) throw damaged(archive);
      if (next.done) break;
      out += next.value.length;
      refuseBomb(out, entry.compressedSize, archive);
      // A size that is not true would make progress and estimates false; past it, nothing is believed.
      if (out > entry.uncompressedSize) throw damaged(archive);
      const share = out / Math.max(1, entry.uncompressedSize);
      yield { bytes: next.value, read: Math.round(share * entry.compressedSize) };
    }
    await done;
    if (fault !== null || out !== entry.uncompressedSize) throw damaged(archive);
  } finally {
    stop.abort();
    await reader.cancel().catch(() => undefined);
    await done;
  }
}
