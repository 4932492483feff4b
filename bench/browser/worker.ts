/** The bench's worker: the same steps as in Node, on wasm. */
import { fastKernels, openWasm } from '../../src/nn';
import { wasmUrls } from '../../src/nn/wasmUrls';
import type { BrowserCase } from '../chromium';
import { benchSteps } from '../steps';

self.onmessage = async ({ data }: MessageEvent<BrowserCase>) => {
  try {
    await openWasm(wasmUrls(import.meta.url));
    if (!fastKernels()) throw new Error('The fast kernels could not be loaded in this browser.');
    postMessage({ result: await benchSteps(data.model, data.batch, data.rounds, data.slice) });
  } catch (cause) {
    postMessage({ error: (cause as Error).message });
  }
};
