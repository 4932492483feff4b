/** Unpacks pages of Parquet files, never to more than they say; or only their beginning, for a first look. */
import { Gunzip } from 'fflate';
import { Decompress, decompress } from 'fzstd';
import type { ColumnMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** What is wrong with a Parquet file, as part of a sentence. */
export class ParquetFault extends Error {}

/** Throws what is wrong unless it holds. */
export const check = (holds: boolean, what: string): void => {
  if (!holds) throw new ParquetFault(what);
};

type Codec = ColumnMetaData['codec'];

/** A page's bytes, `size` of them. Throws a ParquetFault, or whatever the decoder throws at damaged bytes. */
export function unpack(body: Uint8Array, size: number, codec: Codec): Uint8Array {
  if (codec === 'UNCOMPRESSED') {
    check(body.length === size, 'a page is not as long as it says');
    return body;
  }
  if (codec === 'ZSTD') return unpackZstd(body, size);
  const decompressor = compressors[codec];
  if (!decompressor) throw new ParquetFault(`it is compressed with ${codec}, which is not supported`);
  const page = decompressor(body, size);
  check(page.length === size, OTHER_SIZE);
  return page;
}

const OTHER_SIZE = 'a page does not unpack to the size that it says';

/** Above this, moving the window after each block of a stream would take longer than unpacking. */
const MOST_STREAMED = 16 << 20;

/**
 * fzstd's plain call allocates what a frame says of its size and goes on for as long as there are blocks: a few bytes
 * could ask for gigabytes.
 */
function unpackZstd(body: Uint8Array, size: number): Uint8Array {
  const { content, window } = zstdFrame(body);
  check(content === null || content === size, OTHER_SIZE);
  check(window <= Math.max(size, 128 << 20), 'a page asks for a window of more than 128 MB');
  const page = new Uint8Array(size);
  // Into a buffer of its own, which it does not leave.
  if (content !== null && size > MOST_STREAMED) return decompress(body, page);
  let at = 0;
  const stream = new Decompress((piece) => {
    check(at + piece.length <= size, OTHER_SIZE);
    page.set(piece, at);
    at += piece.length;
  });
  stream.push(body, true);
  check(at === size, OTHER_SIZE);
  return page;
}

/** What the head of a zstd frame says: bytes of its contents, or null where it does not say, and of its window. */
function zstdFrame(body: Uint8Array): { content: number | null; window: number } {
  const byte = (at: number) => {
    check(at < body.length, 'a page is shorter than its zstd header');
    return body[at]!;
  };
  check(
    [0x28, 0xb5, 0x2f, 0xfd].every((b, i) => byte(i) === b),
    'a page is not packed with zstd',
  );
  const flags = byte(4);
  const single = (flags >> 5) & 1;
  const descriptor = byte(5);
  let at = 6 - single + [0, 1, 2, 4][flags & 3]!;
  const length = flags >> 6 ? 1 << (flags >> 6) : single;
  let content = length === 2 ? 256 : 0;
  for (let i = 0; i < length; i++) content += byte(at++) * 256 ** i;
  const power = 2 ** (10 + (descriptor >> 3));
  return {
    content: length > 0 ? content : null,
    window: single ? content : power + (power / 8) * (descriptor & 7),
  };
}

/** Packed bytes handed on at a time. */
const PIECE = 16 << 10;

/**
 * The first bytes of a page, at least `most` of them where it has so many; or null for a codec that has no beginning
 * cheaper than its whole.
 */
export function unpackBeginning(body: Uint8Array, most: number, codec: Codec): Uint8Array | null {
  if (codec !== 'ZSTD' && codec !== 'GZIP') return null;
  if (codec === 'ZSTD')
    check(zstdFrame(body).window <= 128 << 20, 'a page asks for a window of more than 128 MB');
  const pieces: Uint8Array[] = [];
  let length = 0;
  const take = (piece: Uint8Array) => {
    pieces.push(piece);
    length += piece.length;
  };
  const stream = codec === 'ZSTD' ? new Decompress(take) : new Gunzip(take);
  for (let at = 0; at < body.length && length < most; at += PIECE)
    stream.push(body.subarray(at, at + PIECE), at + PIECE >= body.length);
  const page = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    page.set(piece, at);
    at += piece.length;
  }
  return page;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
