/** The data worker: simulates or reads a table off the page's thread, keeps the last good one, and looks into it. */
import * as Comlink from 'comlink';
import {
  columnBuffers,
  DataError,
  type Dataset,
  type LongWork,
  parseSimulationRequest,
  summarise,
} from '../src/data';
import type { Check } from '../src/data/checks/check';
import { checkTable } from '../src/data/checks/checks';
import { mappingSchema } from '../src/data/mapping/mapping';
import { profileTable } from '../src/data/profile/profileTable';
import type { NamedBlob } from '../src/data/readers';
import { previewFiles, readFiles } from '../src/data/readers';
import { fileNameOf, findZippedShard, isZip, zipShard } from '../src/data/shards/archive';
import { findShardAmong } from '../src/data/shards/folder';
import { previewShard } from '../src/data/shards/preview';
import { type PartSource, readShard } from '../src/data/shards/read';
import { findRemoteShard, type RemoteOptions } from '../src/data/shards/remote';
import {
  deleteShard,
  findShard,
  listShards,
  type StorageManagerLike,
  saveShard,
  storageRoom,
} from '../src/data/shards/store';
import { type Shard, writeShard } from '../src/data/shards/write';
import type { SimulationRequest } from '../src/data/simulator/request';
import { simulatePages, simulateTable } from '../src/data/simulator/simulate';
import { prepare, type Table } from '../src/data/table';
import { HeldTable } from './heldTable';
import type { DataApi, Progress } from './protocol';

const named = (files: readonly File[]): NamedBlob[] => files.map((file) => ({ name: file.name, blob: file }));

/** The candidates of a page are numbered within 32 bits. */
const MOST_PAGE = 200_000_000;
const STOPPED = 'Stopped. What was loaded before is still there.';

/** What the worker takes from its surroundings; tests hand in their own. */
export interface DataSurroundings {
  readonly remote?: RemoteOptions;
  readonly storage?: StorageManagerLike;
  /** Milliseconds that rows which can be drawn again are kept without a use. */
  readonly idle?: number;
}

/** A shard that has been found but not yet read. */
interface Found {
  readonly manifest: Shard['manifest'];
  readonly part: PartSource;
  /** What it was opened as, and how large that is. */
  readonly name: string;
  readonly bytes: number;
}

/** A table that a command made, and what was found in it. */
interface Held {
  readonly table: HeldTable;
  readonly checks: readonly Check[];
  /** Prepared for the summary and not handed out yet: the first copy needs no second preparation. */
  ready: Dataset | null;
  /** The scales of its columns, and the request of a world, so that one of its pages can be drawn again. */
  readonly scaling: Dataset['scaling'];
  readonly request: SimulationRequest | null;
}

/** Makes the worker's commands; a plain object, so that it can be tested without a worker. */
export function createDataApi({ remote = {}, storage, idle }: DataSurroundings = {}): DataApi {
  let current: Held | null = null;
  /** The last one that was handed out, while the current one has not been. */
  let handedOut: Held | null = null;
  /** A data set in the making: a newer one takes its place. */
  let making: AbortController | null = null;
  /** All that `cancel` stops. */
  const running = new Set<AbortController>();

  /** Runs a piece of work that `cancel` can stop; only its own signal ends it. */
  async function stoppable<T>(
    control: AbortController,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    running.add(control);
    try {
      const result = await run(control.signal);
      control.signal.throwIfAborted();
      return result;
    } finally {
      running.delete(control);
    }
  }

  /** Makes one data set at a time: a newer one stops the older, whose promise then rejects. */
  function replace(
    progress: (p: Progress) => void,
    make: (work: LongWork) => Promise<Table>,
    request: SimulationRequest | null = null,
  ) {
    making?.abort(new DataError('This was stopped because another data set was asked for.'));
    const mine = new AbortController();
    making = mine;
    // The page's end of `progress` is a proxy: its promise rejects when the page has gone, which is no fault of the data.
    const onProgress = (p: Progress) => {
      if (!mine.signal.aborted) void Promise.resolve(progress(p)).catch(() => undefined);
    };
    return stoppable(mine, async (signal) => {
      const table = await make({ onProgress, signal });
      signal.throwIfAborted();
      const checks = checkTable(table);
      const ready = prepare(table);
      const summary = summarise(ready, table.notes, checks);
      if (current?.ready === null) handedOut = current;
      const held = new HeldTable(table, request && (() => simulateTable(request)), idle);
      current = { table: held, checks, ready, scaling: ready.scaling, request };
      return summary;
    }).finally(() => {
      if (making === mine) making = null;
    });
  }

  const the = () => {
    if (!current) throw new DataError('There is no data set yet: simulate a world or open a file first.');
    return current;
  };

  /** The current table as a shard. */
  const shardOf = () =>
    the().table.use((table) =>
      stoppable(new AbortController(), (signal) => writeShard(table, {}, { signal })),
    );

  /** The shard that a user opens as files: the ZIP of a download, or its folder; null where it is something else. */
  async function shardAmong(files: readonly NamedBlob[]): Promise<Found | null> {
    const folder = await findShardAmong(files);
    if (folder) return { ...folder, name: folder.manifest.title };
    const [first] = files;
    if (files.length !== 1 || !first || !(await isZip(first.blob))) return null;
    const zipped = await findZippedShard(first.blob, first.name);
    return zipped && { ...zipped, name: first.name, bytes: first.blob.size };
  }

  return {
    // A promise even where the request is refused at once: a caller in this thread must not see a throw.
    simulate: async (request, progress) => {
      const checked = parseSimulationRequest(request);
      return replace(progress, (work) => simulateTable(checked, work), checked);
    },
    preview: async (files) => {
      const chosen = named(files);
      const shard = await shardAmong(chosen);
      return shard ? previewShard(shard.manifest, shard.name, shard.bytes) : previewFiles(chosen);
    },
    open: async (files, mapping, progress) => {
      const chosen = named(files);
      const checked = mapping === null ? null : mappingSchema.safeParse(mapping);
      if (checked && !checked.success) {
        const { path, message } = checked.error.issues[0]!;
        throw new DataError(`The mapping cannot be used because of its ${path.join('.')}: ${message}.`);
      }
      return replace(progress, async (work) => {
        const shard = await shardAmong(chosen);
        return shard
          ? readShard(shard.manifest, shard.part, work)
          : readFiles(chosen, checked?.data ?? null, work);
      });
    },
    cancel: () => {
      for (const control of [...running]) control.abort(new DataError(STOPPED));
    },
    discard: (fingerprint) => {
      if (current?.ready?.fingerprint !== fingerprint || !handedOut) return;
      current = handedOut;
      handedOut = null;
    },
    profile: async () => {
      const { table, checks } = the();
      return table.use((rows) => profileTable(rows, checks));
    },
    saveShard: async () => saveShard(await shardOf(), storage),
    listShards: async () => {
      const [shards, room] = await Promise.all([listShards(), storageRoom(storage)]);
      return { shards, room };
    },
    openShard: (id, progress) =>
      replace(progress, async (work) => {
        const { manifest, part } = await findShard(id);
        return readShard(manifest, part, work);
      }),
    deleteShard: (id) => deleteShard(id),
    downloadShard: async () => {
      const shard = await shardOf();
      const blob = new Blob([zipShard(shard)], { type: 'application/zip' });
      return { name: `${fileNameOf(shard.manifest.title)}-shard.zip`, blob };
    },
    inspectUrl: (url) =>
      stoppable(
        new AbortController(),
        async (signal) => (await findRemoteShard(url, { signal }, remote)).offer,
      ),
    openUrl: (url, progress) =>
      replace(progress, async ({ signal, onProgress }) => {
        // Fetching takes the time; reading what has come is a moment.
        const found = await findRemoteShard(url, { signal, onProgress }, remote);
        return readShard(found.manifest, found.part, { signal });
      }),
    copy: async (): Promise<Dataset> => {
      const held = the();
      const dataset = held.ready ?? (await held.table.use((table) => prepare(table)));
      // Its buffers are given away.
      held.ready = null;
      // Another may have been made while this one was drawn again.
      if (held === current) handedOut = null;
      return Comlink.transfer(dataset, columnBuffers(dataset));
    },
    page: async (group) => {
      const { request, scaling } = the();
      if (!request) {
        throw new DataError(
          'The world that these rows come from is not at hand, so that the page cannot be drawn again: look at one of the whole pages instead.',
        );
      }
      if (!Number.isInteger(group) || group < 0 || group > MOST_PAGE) {
        throw new DataError(`There is no page ${group}: choose a row of these data.`);
      }
      const dataset = prepare(await simulatePages(request, group, 1), { scaling });
      return Comlink.transfer(dataset, columnBuffers(dataset));
    },
    ping: () => Date.now(),
  };
}

/** False where a test imports this file: there is no worker to answer for. */
const inWorker = typeof self !== 'undefined' && typeof window === 'undefined' && 'postMessage' in self;
if (inWorker) Comlink.expose(createDataApi());
