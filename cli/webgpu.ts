/** WebGPU in Node, from Dawn's own package; brought up only when it is asked for. */
import type { BackendChoice } from '../src/pipeline/run';

/**
 * Puts `navigator.gpu` in place, where the engine looks for it.
 * @returns null, or in one sentence why it cannot be had
 */
export async function provideWebGpu(): Promise<string | null> {
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    // Node 20 has no navigator, newer ones have one that cannot be assigned to.
    const navigator = globalThis.navigator ?? {};
    Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true });
    if (!globalThis.navigator) {
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    }
    return null;
  } catch (cause) {
    const why = (cause as Error).message.split('\n')[0]!.replace(/\.$/, '');
    return `WebGPU cannot be had in Node here (${why}), so WASM computes.`;
  }
}

/** Dawn's objects keep Node from ending; letting go of them does not always help, so the program ends by exit. */
export function dropWebGpu(): void {
  if (globalThis.navigator && 'gpu' in globalThis.navigator) {
    Reflect.deleteProperty(globalThis.navigator, 'gpu');
  }
}

/** The choice that the engine gets: WASM where WebGPU was wanted and Node cannot have it. */
export async function prepareBackend(
  choice: BackendChoice,
  say: (sentence: string) => void,
): Promise<BackendChoice> {
  if (choice === 'wasm' || choice === 'cpu') return choice;
  const problem = await provideWebGpu();
  if (problem === null) return choice;
  say(problem);
  return 'wasm';
}
