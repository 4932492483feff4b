/** Runs in this browser's storage: entries, their weights, and the snapshots from which a run or a race can go on after a reload. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export const DATABASE = 'seesaw-runs';

interface Schema extends DBSchema {
  /** Entries of the list by id; parsed when they are read. */
  runs: { key: string; value: { readonly id: string } };
  /** weights.safetensors by run. */
  weights: { key: string; value: Uint8Array };
  /** The one run that can go on, under `head`; parsed when it is read. */
  checkpoint: { key: string; value: unknown };
  /** What its steps told, in the order in which they did. */
  frames: { key: number; value: Float64Array };
  /** The one race that can go on: itself under `head`, a racer's snapshot under [place], what its steps told under [place, first step]. */
  race: { key: 'head' | [place: number] | [place: number, step: number]; value: unknown };
}

/** Why storage cannot be used, in one sentence. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

let opening: Promise<IDBPDatabase<Schema>> | null = null;

function connect(): Promise<IDBPDatabase<Schema>> {
  if (typeof indexedDB === 'undefined') {
    return Promise.reject(
      new StorageError('This browser keeps nothing for pages, so runs last until a reload.'),
    );
  }
  opening ??= openDB<Schema>(DATABASE, 2, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore('runs', { keyPath: 'id' });
        db.createObjectStore('weights');
        db.createObjectStore('checkpoint');
        db.createObjectStore('frames', { autoIncrement: true });
      }
      db.createObjectStore('race');
    },
    // A later version of the page in another tab wants to change the database: it gets it.
    blocking: () => void close(),
    terminated: () => {
      opening = null;
    },
  });
  return opening;
}

/** Lets go of the database; the next use opens it again. */
export async function close(): Promise<void> {
  const db = await opening?.catch(() => null);
  opening = null;
  db?.close();
}

/** @throws StorageError in one sentence, whatever the browser says */
async function use<T>(act: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  try {
    return await act(await connect());
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    if ((cause as { name?: string } | null)?.name === 'QuotaExceededError') {
      throw new StorageError(
        'This browser has no room for more runs: delete some under Runs, or a kept data shard.',
      );
    }
    opening = null;
    throw new StorageError(
      'This browser refuses to keep runs (its storage may be switched off), so they last until a reload.',
    );
  }
}

export interface StoredRuns {
  readonly entries: readonly unknown[];
  /** Bytes of weights by run. */
  readonly weights: ReadonlyMap<string, number>;
}

export const readRuns = (): Promise<StoredRuns> =>
  use(async (db) => {
    const tx = db.transaction(['runs', 'weights']);
    const weights = new Map<string, number>();
    for (let at = await tx.objectStore('weights').openCursor(); at; at = await at.continue()) {
      weights.set(at.key, at.value.byteLength);
    }
    return { entries: await tx.objectStore('runs').getAll(), weights };
  });

/** Writes an entry, and with it its weights; null leaves those that are there. All of it or nothing. */
export const writeRun = (entry: { readonly id: string }, weights: Uint8Array | null): Promise<void> =>
  use(async (db) => {
    const tx = db.transaction(['runs', 'weights'], 'readwrite');
    const done = tx.done;
    // The transaction's own fault is the one to tell; those of its parts would go unheard otherwise.
    const parts = [
      tx.objectStore('runs').put(entry),
      ...(weights ? [tx.objectStore('weights').put(weights, entry.id)] : []),
    ];
    await Promise.all([...parts, done]);
  });

export const readWeights = (id: string): Promise<Uint8Array | undefined> =>
  use((db) => db.get('weights', id));

export const deleteRun = (id: string): Promise<void> =>
  use(async (db) => {
    const tx = db.transaction(['runs', 'weights'], 'readwrite');
    await Promise.all([tx.objectStore('runs').delete(id), tx.objectStore('weights').delete(id), tx.done]);
  });

/** Writes the head of the run that can go on, and appends what it told since. @param anew drops what an earlier run told */
export const writeCheckpoint = (head: unknown, frames: Float64Array | null, anew: boolean): Promise<void> =>
  use(async (db) => {
    const tx = db.transaction(['checkpoint', 'frames'], 'readwrite');
    const told = tx.objectStore('frames');
    await Promise.all([
      ...(anew ? [told.clear()] : []),
      ...(frames && frames.length > 0 ? [told.add(frames)] : []),
      tx.objectStore('checkpoint').put(head, 'head'),
      tx.done,
    ]);
  });

export const readCheckpoint = (): Promise<{
  readonly head: unknown;
  readonly frames: readonly Float64Array[];
}> =>
  use(async (db) => {
    const tx = db.transaction(['checkpoint', 'frames']);
    const [head, frames] = await Promise.all([
      tx.objectStore('checkpoint').get('head'),
      tx.objectStore('frames').getAll(),
    ]);
    return { head, frames };
  });

export const deleteCheckpoint = (): Promise<void> =>
  use(async (db) => {
    const tx = db.transaction(['checkpoint', 'frames'], 'readwrite');
    await Promise.all([tx.objectStore('checkpoint').clear(), tx.objectStore('frames').clear(), tx.done]);
  });

/** Everything that lies under a racer's place. An array sorts after all numbers. */
const placeRange = (place: number) => IDBKeyRange.bound([place], [place, []]);

/** Writes what a race is. @param anew drops all that an earlier race left */
export const writeRaceHead = (head: unknown, anew: boolean): Promise<void> =>
  use(async (db) => {
    const tx = db.transaction('race', 'readwrite');
    await Promise.all([...(anew ? [tx.store.clear()] : []), tx.store.put(head, 'head'), tx.done]);
  });

/** As `writeCheckpoint`, for the racer at a place. */
export const writeRacer = (
  place: number,
  head: unknown,
  frames: Float64Array | null,
  anew: boolean,
): Promise<void> =>
  use(async (db) => {
    const tx = db.transaction('race', 'readwrite');
    await Promise.all([
      ...(anew ? [tx.store.delete(placeRange(place))] : []),
      ...(frames && frames.length > 0 ? [tx.store.put(frames, [place, frames[0]!])] : []),
      tx.store.put(head, [place]),
      tx.done,
    ]);
  });

export interface StoredRace {
  readonly head: unknown;
  /** By place: nothing where a racer was cut off before its first snapshot. */
  readonly racers: ReadonlyMap<number, { head: unknown; readonly frames: unknown[] }>;
}

export const readRace = (): Promise<StoredRace> =>
  use(async (db) => {
    let head: unknown;
    const racers = new Map<number, { head: unknown; readonly frames: unknown[] }>();
    for (let at = await db.transaction('race').store.openCursor(); at; at = await at.continue()) {
      if (at.key === 'head') {
        head = at.value;
        continue;
      }
      const [place, step] = at.key;
      const racer = racers.get(place) ?? { head: undefined, frames: [] };
      racers.set(place, racer);
      if (step === undefined) racer.head = at.value;
      else racer.frames.push(at.value);
    }
    return { head, racers };
  });

export const deleteRace = (): Promise<void> => use((db) => db.clear('race'));
