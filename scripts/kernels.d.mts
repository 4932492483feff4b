/** Path of the binary, from the repository's root. */
export const WASM: string;
/** Compiles the kernels. */
export function compile(): Promise<{ binary: Uint8Array; text: string }>;
