/** Long work in a worker: report progress, let messages in, stop when asked to. */

/** How far long work has come. */
export interface Progress {
  /** 0…1. */
  readonly share: number;
  /** Where a file is read: */
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  readonly rows?: number;
}

export interface LongWork {
  /** Called a few times a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the work; its promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Lets the messages that wait (a cancellation, say) be handled. A resolved promise or a microtask would not. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // An open port would keep Node from ending.
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

const BREATH_MS = 25;
const REPORT_MS = 60;

/** Returns `beat(share, more)`: to be awaited at every natural pause, cheap when it is called too often. */
export function pace({ onProgress, signal }: LongWork) {
  let breathed = performance.now();
  let reported = Number.NEGATIVE_INFINITY;
  return async (share: number, more?: () => Omit<Progress, 'share'>): Promise<void> => {
    signal?.throwIfAborted();
    const now = performance.now();
    if (now - reported >= REPORT_MS || share >= 1) {
      reported = now;
      onProgress?.({ share, ...more?.() });
    }
    if (now - breathed >= BREATH_MS) {
      await turn();
      breathed = performance.now();
      signal?.throwIfAborted();
    }
  };
}
