/** The data worker: simulates or reads a data set off the page's thread, and keeps the last good one. */
import * as Comlink from 'comlink';
import {
  DataError,
  type Dataset,
  datasetBuffers,
  type LongWork,
  parseSimulationRequest,
  readAliExpressCsv,
  simulateWorld,
  summarise,
} from '../src/data';
import type { DataApi } from './protocol';

/** A copy whose buffers are its own, so that they can be given away. */
function clone(d: Dataset): Dataset {
  return {
    ...d,
    categorical: d.categorical.slice(),
    numerical: d.numerical.slice(),
    labels: d.labels.slice(),
    weights: d.weights.slice(),
    groups: d.groups.slice(),
    rowIds: d.rowIds.slice(),
    ...(d.truth && {
      truth: {
        probabilities: d.truth.probabilities.slice(),
        featureWeights: d.truth.featureWeights.slice(),
      },
    }),
  };
}

/** Makes the worker's commands; a plain object, so that it can be tested without a worker. */
export function createDataApi(): DataApi {
  let current: Dataset | null = null;
  let running: AbortController | null = null;

  /** Runs one piece of work at a time: a newer one stops the older, whose promise then rejects. */
  async function replace<T extends { dataset: Dataset; notes: readonly string[] }>(
    progress: (share: number) => void,
    make: (work: LongWork) => Promise<T>,
  ) {
    running?.abort(new DataError('This was stopped because another data set was asked for.'));
    const mine = new AbortController();
    running = mine;
    // The page's end of `progress` is a proxy: its promise rejects when the page has gone, which is no fault of the data.
    const onProgress = (share: number) => void Promise.resolve(progress(share)).catch(() => undefined);
    try {
      const { dataset, notes } = await make({ onProgress, signal: mine.signal });
      mine.signal.throwIfAborted();
      const summary = summarise(dataset, notes);
      current = dataset;
      return summary;
    } finally {
      if (running === mine) running = null;
    }
  }

  return {
    // A promise even where the request is refused at once: a caller in this thread must not see a throw.
    simulate: async (request, progress) => {
      const checked = parseSimulationRequest(request);
      return replace(progress, async (work) => ({ dataset: await simulateWorld(checked, work), notes: [] }));
    },
    open: (file, progress) => replace(progress, (work) => readAliExpressCsv(file, file.name, work)),
    copy: () => {
      if (!current) throw new DataError('There is no data set yet: simulate a world or open a file first.');
      const copy = clone(current);
      return Comlink.transfer(copy, datasetBuffers(copy));
    },
    ping: () => Date.now(),
  };
}

/** False where a test imports this file: there is no worker to answer for. */
const inWorker = typeof self !== 'undefined' && typeof window === 'undefined' && 'postMessage' in self;
if (inWorker) Comlink.expose(createDataApi());
