/** Reads a file as text, piece by piece and cut at line ends, and refuses what is not text. */
import { DataError } from '../dataset';

/** First bytes of files that people drop on a CSV reader, and what to do about them. */
const SIGNATURES: readonly { bytes: readonly number[]; advice: string }[] = [
  {
    bytes: [0x89, 0x50, 0x4e, 0x47],
    advice: 'is a PNG picture, not a text file: choose the CSV file itself',
  },
  { bytes: [0xff, 0xd8, 0xff], advice: 'is a JPEG picture, not a text file: choose the CSV file itself' },
  {
    bytes: [0x25, 0x50, 0x44, 0x46],
    advice: 'is a PDF document, not a text file: choose the CSV file itself',
  },
  { bytes: [0x1f, 0x8b], advice: 'is a gzip archive, not a text file: unpack it and open the CSV inside' },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    advice: 'is a ZIP archive, not a text file: unpack it and open the CSV inside',
  },
  { bytes: [0x50, 0x41, 0x52, 0x31], advice: 'is a Parquet file, not a text file: save it as CSV first' },
  { bytes: [0xff, 0xfe], advice: 'is UTF-16 text: save it as UTF-8 and open it again' },
  { bytes: [0xfe, 0xff], advice: 'is UTF-16 text: save it as UTF-8 and open it again' },
];

/** `before` bytes of the file have been read already. */
function refuseBinary(bytes: Uint8Array, before: number, file: string): void {
  const known = before === 0 && SIGNATURES.find((s) => s.bytes.every((b, i) => bytes[i] === b));
  if (known) throw new DataError(`${file} ${known.advice}.`, { file });
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw new DataError(
      `${file} is not a text file (its byte ${(before + nul + 1).toLocaleString('en-US')} is zero): choose a CSV file saved as UTF-8.`,
      { file },
    );
  }
}

/** A line of 82 numbers has about 600 characters; one a thousand times as long is no line. */
const LONGEST_LINE = 1_000_000;

export interface TextPiece {
  /** Whole lines, each ended by \n (the last line of the file may lack it). */
  readonly text: string;
  /** Bytes read so far. */
  readonly bytes: number;
}

/** Whole lines of a UTF-8 file with \n, \r\n or \r at their ends; a byte order mark is dropped. */
export async function* textPieces(blob: Blob, file: string): AsyncGenerator<TextPiece, void> {
  const reader = blob.stream().getReader();
  const decoder = new TextDecoder('utf-8');
  let carry = '';
  let bytes = 0;
  let line = 1;
  try {
    for (;;) {
      const { done, value } = await read(reader, file);
      if (value) {
        refuseBinary(value, bytes, file);
        bytes += value.byteLength;
      }
      carry += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // A trailing \r may be the first half of \r\n: it waits for the next piece.
      const held = !done && carry.endsWith('\r') ? 1 : 0;
      let text = carry.slice(0, carry.length - held).replace(/\r\n?/g, '\n');
      const rest = carry.slice(carry.length - held);
      const end = done ? text.length : text.lastIndexOf('\n') + 1;
      carry = text.slice(end) + rest;
      text = text.slice(0, end);
      if (carry.length > LONGEST_LINE) {
        throw new DataError(
          `${file}, line ${line.toLocaleString('en-US')}: there is no line end within a million characters, so this is not a table of rows; choose a CSV file with one row a line.`,
          { file, row: line },
        );
      }
      if (text !== '') {
        yield { text, bytes };
        for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line++;
      }
      if (done) return;
    }
  } finally {
    // Whoever stops early (enough rows, a fault, a cancellation) leaves the rest of the file unread.
    await reader.cancel().catch(() => undefined);
  }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, file: string) {
  try {
    return await reader.read();
  } catch {
    throw new DataError(
      `${file} could not be read to its end: it may have been moved, changed or taken offline; choose it again.`,
      { file },
    );
  }
}
