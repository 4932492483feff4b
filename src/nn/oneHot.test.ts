/** One-hot vectors on every backend that Node has. */
import { describe, expect, it } from 'vitest';
import { oneHot, openCpu, openWasm, tf } from '.';
import { wasmPaths } from './wasmPaths';

describe.each([
  ['cpu', openCpu],
  ['wasm', () => openWasm(wasmPaths())],
])('one-hot vectors on %s', (_, open) => {
  it('are 1 at the code of their column, and nowhere else', async () => {
    await open();
    const ids = tf.tensor2d([7, 2, 7, 0, 7, 4, 7, 2], [4, 2], 'int32');
    const rows = oneHot(ids, 1, 5);
    expect([rows.shape, rows.dtype]).toEqual([[4, 5], 'float32']);
    expect(await rows.array()).toEqual([
      [0, 0, 1, 0, 0],
      [1, 0, 0, 0, 0],
      [0, 0, 0, 0, 1],
      [0, 0, 1, 0, 0],
    ]);
    tf.dispose([ids, rows]);
  });
});
