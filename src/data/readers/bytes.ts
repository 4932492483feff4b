/** Bytes of a file piece by piece, and what can be said of them before any format is known. */
import { DataError } from '../dataset';
import { count } from './say';

/** A file as browsers and Node both have it. */
export interface NamedBlob {
  readonly name: string;
  readonly blob: Blob;
}

export interface Piece {
  readonly bytes: Uint8Array;
  /** How much of the file as it lies on disk has been read, for progress. */
  readonly read: number;
}

export type Pieces = AsyncGenerator<Piece, void>;

/** One piece of a plain file: long enough that the wait for it is short beside the work on it. */
const PIECE = 2 << 20;

const lost = (file: string) =>
  new DataError(
    `${file} could not be read to its end: it may have been moved, changed or taken offline; choose it again.`,
    { file },
  );

/** Bytes from…to of a file. */
export async function sliceOf(blob: Blob, from: number, to: number, file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await blob.slice(from, to).arrayBuffer());
  } catch {
    throw lost(file);
  }
  if (bytes.length !== Math.max(0, Math.min(to, blob.size) - from)) throw lost(file);
  return bytes;
}

/** A plain file; the next piece is fetched while the last one is worked on. */
export async function* filePieces(blob: Blob, file: string, size = PIECE): Pieces {
  let next: Promise<Uint8Array> | null = blob.size > 0 ? sliceOf(blob, 0, size, file) : null;
  for (let at = 0; next !== null; ) {
    const bytes: Uint8Array = await next;
    at += bytes.length;
    next = at < blob.size ? sliceOf(blob, at, at + size, file) : null;
    // Whoever stops early never awaits the piece that was fetched ahead.
    next?.catch(() => undefined);
    yield { bytes, read: at };
  }
}

export type Kind = 'text' | 'gzip' | 'zip' | 'parquet';

/** First bytes of files that people drop on a table reader, and what to do about them. */
const STRANGERS: readonly { bytes: readonly number[]; advice: string }[] = [
  { bytes: [0x89, 0x50, 0x4e, 0x47], advice: 'is a PNG picture, not a table: choose the CSV file itself' },
  { bytes: [0xff, 0xd8, 0xff], advice: 'is a JPEG picture, not a table: choose the CSV file itself' },
  { bytes: [0x25, 0x50, 0x44, 0x46], advice: 'is a PDF document, not a table: choose the CSV file itself' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], advice: 'is a 7-Zip archive: unpack it, or pack it as ZIP or gzip' },
  { bytes: [0x52, 0x61, 0x72, 0x21], advice: 'is a RAR archive: unpack it, or pack it as ZIP or gzip' },
  { bytes: [0x42, 0x5a, 0x68], advice: 'is packed with bzip2: unpack it, or pack it with gzip' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58], advice: 'is packed with xz: unpack it, or pack it with gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], advice: 'is packed with zstd: unpack it, or pack it with gzip' },
  { bytes: [0xff, 0xfe], advice: 'is UTF-16 text: save it as UTF-8 and open it again' },
  { bytes: [0xfe, 0xff], advice: 'is UTF-16 text: save it as UTF-8 and open it again' },
];

const begins = (bytes: Uint8Array, with_: readonly number[]) => with_.every((b, i) => bytes[i] === b);

/** What a file is by its first bytes. Throws a DataError for what is known to be no table. */
export function kindOf(bytes: Uint8Array, file: string): Kind {
  if (begins(bytes, [0x1f, 0x8b])) return 'gzip';
  if (begins(bytes, [0x50, 0x4b, 3, 4]) || begins(bytes, [0x50, 0x4b, 5, 6])) return 'zip';
  if (begins(bytes, [0x50, 0x41, 0x52, 0x31])) return 'parquet';
  if (begins(bytes, [0x50, 0x41, 0x52, 0x45])) {
    throw new DataError(`${file} is encrypted Parquet: write it again without encryption.`, { file });
  }
  const stranger = STRANGERS.find((s) => begins(bytes, s.bytes));
  if (stranger) throw new DataError(`${file} ${stranger.advice}.`, { file });
  return 'text';
}

/** Throws where a piece of text holds a zero byte; `before` bytes of the text came earlier. */
export function refuseBinary(bytes: Uint8Array, before: number, file: string): void {
  const nul = bytes.indexOf(0);
  if (nul < 0) return;
  throw new DataError(
    `${file} is not a text file (its byte ${count(before + nul + 1)} is zero): choose a CSV file saved as UTF-8.`,
    { file },
  );
}
