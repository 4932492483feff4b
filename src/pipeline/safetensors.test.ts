/** The safetensors format: its bytes, a round trip, and refusal of whatever is not sound. */
import { describe, expect, it } from 'vitest';
import { readTensors, TensorFileError, writeTensors } from './safetensors';

const A = { name: 'a', shape: [2, 2], data: new Float32Array([1, -2, 0.5, 1e-45]) };
const B = { name: 'b.c', shape: [], data: new Float32Array([Number.NaN]) };
const META = { format: 'seesaw', step: '7' };

/** A file with any header in front of so many bytes. */
function fileOf(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (change: object) =>
  JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change } });

describe('safetensors', () => {
  it('reads back what it writes, to the bit', () => {
    const { tensors, metadata } = readTensors(writeTensors([A, B], META));
    expect(metadata).toEqual(META);
    expect([...tensors.keys()]).toEqual(['a', 'b.c']);
    expect(tensors.get('a')).toEqual(A);
    expect(tensors.get('b.c')).toEqual(B);
  });

  it('lays the file out as the format says', () => {
    const bytes = writeTensors([A], {});
    const view = new DataView(bytes.buffer);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: {},
      a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
    });
    expect(view.getFloat32(8 + length + 4, true)).toBe(-2);
    expect(bytes.length).toBe(8 + length + 16);
  });

  it('reads a file that begins anywhere in its buffer', () => {
    const bytes = writeTensors([A], META);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(readTensors(moved.subarray(3)).tensors.get('a')).toEqual(A);
  });

  it('does not write what could not be read', () => {
    expect(() => writeTensors([A, A], {})).toThrow('Two tensors are named a');
    expect(() => writeTensors([{ ...A, shape: [3] }], {})).toThrow(
      'a does not have the numbers of its shape',
    );
  });

  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'shorter than 8 bytes'],
    ['a huge header', new Uint8Array(16).fill(0xff), 'longer than 16 MB'],
    ['a cut header', fileOf(entry({}), 8).subarray(0, 20), 'ends within its header'],
    ['no JSON', fileOf('{"a":', 8), 'header is not JSON'],
    ['a list', fileOf('[]', 0), 'header is not an object'],
    ['another type', fileOf(entry({ dtype: 'F16' }), 8), 'tensor a has the type F16'],
    ['a place outside', fileOf(entry({ data_offsets: [0, 12] }), 8), 'tensor a lies outside the file'],
    ['a place backwards', fileOf(entry({ data_offsets: [8, 0] }), 8), 'tensor a lies outside the file'],
    [
      'too few numbers',
      fileOf(entry({ shape: [3] }), 8),
      'tensor a does not have the numbers of its shape 3',
    ],
    ['a negative size', fileOf(entry({ shape: [-2] }), 8), 'entry of the tensor a cannot be read'],
    ['an unknown field', fileOf(entry({ more: 1 }), 8), 'entry of the tensor a cannot be read'],
    ['a gap', fileOf(entry({ shape: [1], data_offsets: [4, 8] }), 8), 'tensor a does not begin where'],
    ['hidden bytes', fileOf(entry({}), 12), '4 bytes that belong to no tensor'],
    ['odd metadata', fileOf('{"__metadata__":{"x":1}}', 0), 'metadata'],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => readTensors(bytes)).toThrow(TensorFileError);
    expect(() => readTensors(bytes)).toThrow(sentence);
  });

  it('refuses tensors that share numbers', () => {
    const two = {
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
    };
    expect(() => readTensors(fileOf(JSON.stringify(two), 12))).toThrow('tensor b does not begin where');
  });
});
