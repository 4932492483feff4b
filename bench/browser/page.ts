/** The bench's page: hands a case to a worker, as the lab does, and its result to whoever drives the page. */
import type { BrowserCase } from '../chromium';
import type { StepResult } from '../steps';

/** Runs one case in a worker of its own. */
function benchCase(request: BrowserCase): Promise<StepResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    const end = (act: () => void) => {
      worker.terminate();
      act();
    };
    worker.onmessage = ({ data }: MessageEvent<{ result?: StepResult; error?: string }>) =>
      end(() => (data.result ? resolve(data.result) : reject(new Error(data.error))));
    worker.onerror = (event) => end(() => reject(new Error(event.message)));
    worker.postMessage(request);
  });
}

Object.assign(globalThis, { benchCase });
