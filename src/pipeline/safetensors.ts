/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, then the numbers.
 * https://huggingface.co/docs/safetensors; of its types only F32 is used here.
 */
import { z } from 'zod';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is wrong with a file of tensors, in one sentence; `Error` so that this file stands alone. */
export class TensorFileError extends Error {
  override readonly name = 'TensorFileError';
}

const METADATA = '__metadata__';
const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** More than any of our models needs (a name and a place a tensor), and little enough to parse at once. */
const LONGEST_HEADER = 16 * 1024 * 1024;

const natural = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(natural).max(8),
  data_offsets: z.tuple([natural, natural]),
});
const metadataSchema = z.record(z.string(), z.string());

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Puts tensors one after the other, without gaps, in the order given. */
export function writeTensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let at = 0;
  for (const { name, shape, data } of tensors) {
    if (name === METADATA || Object.hasOwn(header, name)) throw new Error(`Two tensors are named ${name}.`);
    if (sizeOf(shape) !== data.length) throw new Error(`${name} does not have the numbers of its shape.`);
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + data.length * BYTES] };
    at += data.length * BYTES;
  }
  let text = JSON.stringify(header);
  const long = new TextEncoder().encode(text).length;
  // The format pads the header with spaces so that the numbers begin at a multiple of 8.
  text += ' '.repeat((8 - (long % 8)) % 8);
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + at);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let to = 8 + json.length;
  for (const { data } of tensors) {
    // One by one: the order of bytes in memory is the machine's, in the file it is little-endian.
    for (let i = 0; i < data.length; i++, to += BYTES) view.setFloat32(to, data[i]!, true);
  }
  return bytes;
}

/** Reads a file of tensors. @throws TensorFileError, naming the tensor where there is one */
export function readTensors(bytes: Uint8Array): TensorFile {
  const { header, start } = readHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length - start;
  const tensors = new Map<string, NamedTensor>();
  const places: { name: string; begin: number; end: number }[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) throw new TensorFileError('The metadata of the file is not a list of texts.');
      metadata = parsed.data;
      continue;
    }
    const { shape, begin, end } = readEntry(name, value, length);
    places.push({ name, begin, end });
    const data = new Float32Array((end - begin) / BYTES);
    for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(start + begin + i * BYTES, true);
    tensors.set(name, { name, shape, data });
  }
  // No gap and no overlap, as the format demands: nothing is hidden in the file and no tensor shares numbers with another.
  let at = 0;
  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      throw new TensorFileError(`The tensor ${name} does not begin where the one before it ends.`);
    at = end;
  }
  if (at !== length) throw new TensorFileError(`The file has ${length - at} bytes that belong to no tensor.`);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: object; start: number } {
  const refuse = (what: string) => new TensorFileError(`This is no safetensors file: ${what}.`);
  if (bytes.length < 8) throw refuse('it is shorter than 8 bytes');
  const long = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (long > BigInt(LONGEST_HEADER)) throw refuse('its header would be longer than 16 MB');
  const start = 8 + Number(long);
  if (start > bytes.length) throw refuse('it ends within its header');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    throw refuse('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw refuse('its header is not an object');
  }
  return { header, start };
}

function readEntry(name: string, value: unknown, length: number) {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw new TensorFileError(`The entry of the tensor ${name} cannot be read.`);
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  if (dtype !== 'F32') throw new TensorFileError(`The tensor ${name} has the type ${dtype}: it must be F32.`);
  if (begin > end || end > length) throw new TensorFileError(`The tensor ${name} lies outside the file.`);
  if (sizeOf(shape) * BYTES !== end - begin) {
    throw new TensorFileError(
      `The tensor ${name} does not have the numbers of its shape ${shape.join('×')}.`,
    );
  }
  return { shape, begin, end };
}
