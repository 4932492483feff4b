/** Where the wasm binaries lie in Node: in the package. */
import { createRequire } from 'node:module';
import type { WasmFiles } from './backend';

export function wasmPaths(): WasmFiles {
  const require = createRequire(import.meta.url);
  const at = (name: string) => require.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`);
  return { plain: at('tfjs-backend-wasm.wasm'), simd: at('tfjs-backend-wasm-simd.wasm') };
}
