/** Where the wasm binaries lie in a browser build: beside the script that asks. */
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import type { WasmFiles } from './backend';

/** @param base the asking script's own URL */
export function wasmUrls(base: string): WasmFiles {
  return { plain: new URL(plain, base).href, simd: new URL(simd, base).href };
}
