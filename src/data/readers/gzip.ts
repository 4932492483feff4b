/** Unpacks gzip as it streams by, of one member or several, with checksums; refuses bombs and damage. */
import { Inflate } from 'pako';
import { DataError } from '../dataset';
import type { NamedBlob } from './bytes';
import { filePieces, type Pieces } from './bytes';
import type { TextFile } from './csv';

/** More than this many bytes out of one byte in, beyond the first gigabyte, is no table. */
const MOST_RATIO = 200;
const HARMLESS = 1e9;

/** Compressed bytes worked on at once: few enough that what comes out of an honest file stays below a few megabytes. */
const STEP = 64 << 10;
const CHUNK = 256 << 10;

export function refuseBomb(out: number, into: number, file: string): void {
  if (out <= HARMLESS || out <= into * MOST_RATIO) return;
  throw new DataError(
    `${file} unpacks to more than ${MOST_RATIO} times its size, which no table of rows does: it is damaged or made to fill the memory; pack the table again.`,
    { file },
  );
}

const damaged = (file: string, how: string) =>
  new DataError(`${file} is a damaged gzip file (${how}): download or pack it again.`, { file });

/** The unpacked bytes of a gzip file. */
export async function* gunzipped(packed: Pieces, file: string): Pieces {
  let out: Uint8Array[] = [];
  let total = 0;
  let into = 0;
  const start = () => {
    const inflate = new Inflate({ chunkSize: CHUNK });
    inflate.onData = (chunk) => {
      out.push(chunk);
      total += chunk.length;
      refuseBomb(total, into, file);
    };
    return inflate;
  };
  let inflate = start();
  for await (const { bytes, read } of packed) {
    for (let at = 0; at < bytes.length; at += STEP) {
      const step = bytes.subarray(at, at + STEP);
      into += step.length;
      if (inflate.ended) {
        // Zeros after the last member are padding, as tapes leave it; anything else must be a further member.
        if (step.every((b) => b === 0)) continue;
        inflate = start();
      }
      inflate.push(step);
      if (inflate.err) throw damaged(file, inflate.msg || 'its contents do not fit together');
      for (const chunk of out) yield { bytes: chunk, read };
      out = [];
    }
  }
  if (!inflate.ended) throw damaged(file, 'it ends too early');
}

/** A gzip file as text. */
export const gzipText = ({ name, blob }: NamedBlob): TextFile => ({
  file: name,
  bytes: blob.size,
  textBytes: null,
  packing: 'gzip',
  pieces: () => gunzipped(filePieces(blob, name, 1 << 20), name),
});
