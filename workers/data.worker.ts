/** The data worker: simulates or reads a table off the page's thread, keeps the last good one, and looks into it. */
import * as Comlink from 'comlink';
import { DataError, datasetBuffers, type LongWork, parseSimulationRequest, summarise } from '../src/data';
import { type Check, checkTable } from '../src/data/checks/checks';
import type { NamedBlob } from '../src/data/readers';
import { previewFiles, readFiles } from '../src/data/readers';
import { simulateTable } from '../src/data/simulator/simulate';
import { prepare, type Table } from '../src/data/table';
import type { DataApi, Progress } from './protocol';

const named = (files: readonly File[]): NamedBlob[] => files.map((file) => ({ name: file.name, blob: file }));

/** Makes the worker's commands; a plain object, so that it can be tested without a worker. */
export function createDataApi(): DataApi {
  let current: { readonly table: Table; readonly checks: readonly Check[] } | null = null;
  let running: AbortController | null = null;

  /** Runs one piece of work at a time: a newer one stops the older, whose promise then rejects. */
  async function replace(progress: (p: Progress) => void, make: (work: LongWork) => Promise<Table>) {
    running?.abort(new DataError('This was stopped because another data set was asked for.'));
    const mine = new AbortController();
    running = mine;
    // The page's end of `progress` is a proxy: its promise rejects when the page has gone, which is no fault of the data.
    const onProgress = (p: Progress) => void Promise.resolve(progress(p)).catch(() => undefined);
    try {
      const table = await make({ onProgress, signal: mine.signal });
      mine.signal.throwIfAborted();
      const checks = checkTable(table);
      const summary = summarise(prepare(table), table.notes, checks);
      current = { table, checks };
      return summary;
    } finally {
      if (running === mine) running = null;
    }
  }

  const the = () => {
    if (!current) throw new DataError('There is no data set yet: simulate a world or open a file first.');
    return current;
  };
  const todo = () => Promise.reject(new DataError('not yet'));

  return {
    // A promise even where the request is refused at once: a caller in this thread must not see a throw.
    simulate: async (request, progress) => {
      const checked = parseSimulationRequest(request);
      return replace(progress, (work) => simulateTable(checked, work));
    },
    preview: (files) => previewFiles(named(files)),
    open: (files, mapping, progress) => replace(progress, (work) => readFiles(named(files), mapping, work)),
    cancel: () => running?.abort(new DataError('Stopped. What was loaded before is still there.')),
    profile: todo,
    saveShard: todo,
    listShards: todo,
    openShard: todo,
    deleteShard: todo,
    downloadShard: todo,
    inspectUrl: todo,
    openUrl: todo,
    copy: () => {
      const dataset = prepare(the().table);
      return Comlink.transfer(dataset, datasetBuffers(dataset));
    },
    ping: () => Date.now(),
  };
}

/** False where a test imports this file: there is no worker to answer for. */
const inWorker = typeof self !== 'undefined' && typeof window === 'undefined' && 'postMessage' in self;
if (inWorker) Comlink.expose(createDataApi());
