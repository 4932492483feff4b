/** Shards in the browser's own storage: kept over reloads, all of one or nothing of it. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { z } from 'zod';
import { DataError } from '../dataset';
import { hashString } from '../random';
import { type Manifest, manifestText, parseManifest, type StoredShard } from './manifest';
import type { Shard } from './write';

const DATABASE = 'seesaw-shards';

/** What lies in the store `shards`; parsed whenever it is read, for an older page or another program may have put it there. */
const recordSchema = z.strictObject({
  id: z.string().min(1).max(100),
  title: z.string().max(200),
  detail: z.string().max(500),
  created: z.string().max(40),
  rows: z.number().int().min(0),
  bytes: z.number().int().min(0),
  /** The manifest's text. */
  manifest: z.string(),
});

type ShardRecord = z.infer<typeof recordSchema>;

interface Schema extends DBSchema {
  shards: { key: string; value: ShardRecord };
  /** By [id, file]. */
  parts: { key: [string, string]; value: Uint8Array };
}

/** Browser storage in bytes; null where the browser does not say. */
export interface Room {
  readonly used: number | null;
  readonly quota: number | null;
}

/** What of `navigator.storage` is used; tests hand in their own. */
export interface StorageManagerLike {
  estimate?: () => Promise<{ usage?: number; quota?: number }>;
  persisted?: () => Promise<boolean>;
  persist?: () => Promise<boolean>;
}

const browserStorage = (): StorageManagerLike =>
  (globalThis.navigator as Navigator | undefined)?.storage ?? {};

/** Used and allowed bytes, as far as the browser tells. */
export async function storageRoom(storage: StorageManagerLike = browserStorage()): Promise<Room> {
  const { usage, quota } = (await storage.estimate?.().catch(() => null)) ?? {};
  return { used: usage ?? null, quota: quota ?? null };
}

const MB = 1e6;
const inMb = (bytes: number) => `${(bytes / MB).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;

async function connect(): Promise<IDBPDatabase<Schema>> {
  if (typeof indexedDB === 'undefined') throw notKept('this browser has no storage for pages');
  try {
    return await openDB<Schema>(DATABASE, 1, {
      upgrade(db) {
        db.createObjectStore('shards', { keyPath: 'id' });
        db.createObjectStore('parts');
      },
      // Another tab wants to delete or upgrade it: let go, the next call opens it again.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
  } catch (cause) {
    throw notKept((cause as Error).message);
  }
}

const notKept = (why: string) =>
  new DataError(
    `Shards cannot be kept in this browser (${why.replace(/\.$/, '')}): download the shard instead, or leave private browsing.`,
  );

async function withStore<T>(use: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  const db = await connect();
  try {
    return await use(db);
  } finally {
    db.close();
  }
}

const everyPart = (id: string) => IDBKeyRange.bound([id, ''], [id, '\uffff']);

/** How a record of this manifest is listed. */
function recordOf(manifest: Manifest): ShardRecord {
  const text = manifestText(manifest);
  const { title, detail, created, rows, parts } = manifest;
  // One sample, one place: saving it again takes the place of the first.
  const digest = manifest.fingerprint ?? hashString(text).toString(16);
  return {
    id: `${digest}-${manifest.pagesFingerprint ?? 'alone'}`,
    title,
    detail,
    created,
    rows,
    bytes: parts.reduce((sum, p) => sum + p.bytes, 0),
    manifest: text,
  };
}

const asStored = ({ manifest: _, ...listed }: ShardRecord): StoredShard => listed;

/**
 * Keeps a shard: all of it, or nothing where there is no room; other shards are never touched. Asks the browser to hold
 * on to what is stored. Rejects with a DataError that says how much room there is.
 */
export async function saveShard(
  { manifest, parts }: Shard,
  storage: StorageManagerLike = browserStorage(),
): Promise<StoredShard> {
  const record = recordOf(manifest);
  // A browser that says no keeps it all the same, until it runs out of room.
  if (!(await storage.persisted?.().catch(() => false))) await storage.persist?.().catch(() => false);
  await withStore(async (db) => {
    const transaction = db.transaction(['shards', 'parts'], 'readwrite');
    const shelf = transaction.objectStore('parts');
    const requests: Promise<unknown>[] = [transaction.done];
    const faults: Error[] = [];
    try {
      requests.push(shelf.delete(everyPart(record.id)));
      for (const { file, bytes } of parts) requests.push(shelf.put(bytes, [record.id, file]));
      requests.push(transaction.objectStore('shards').put(record));
    } catch (cause) {
      faults.push(cause as Error);
      transaction.abort();
    }
    for (const end of await Promise.allSettled(requests)) {
      if (end.status === 'rejected') faults.push(end.reason as Error);
    }
    // One fault aborts the rest; the cause is the one that is no mere consequence.
    const cause = faults.find((f) => f.name === 'QuotaExceededError') ?? faults[0];
    if (cause) throw await refusal(cause, record, storage);
  });
  return asStored(record);
}

async function refusal(cause: Error, { bytes }: ShardRecord, storage: StorageManagerLike): Promise<Error> {
  if (cause.name !== 'QuotaExceededError') return notKept(cause.message);
  const { used, quota } = await storageRoom(storage);
  const room =
    used === null || quota === null
      ? 'the browser has no room for it'
      : `the browser has room for ${inMb(Math.max(0, quota - used))} more`;
  return new DataError(
    `This shard needs ${inMb(Math.max(bytes, MB / 10))} and ${room}: delete a stored shard or download this one; what was stored before is still there.`,
  );
}

/** All shards that are kept, the newest first; one that cannot be understood is listed as damaged. */
export function listShards(): Promise<StoredShard[]> {
  return withStore(async (db) => {
    const [keys, values, partKeys] = await Promise.all([
      db.getAllKeys('shards'),
      db.getAll('shards'),
      db.getAllKeys('parts'),
    ]);
    const kept = new Set(partKeys.map(([id, file]) => `${id}/${file}`));
    const listed = keys.map((key, i) => look(key, values[i], kept));
    return listed.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
  });
}

function look(id: string, value: unknown, kept: ReadonlySet<string>): StoredShard {
  const parsed = recordSchema.safeParse(value);
  const damaged = (why: string, known: Partial<StoredShard> = {}): StoredShard => ({
    id,
    title: 'Damaged shard',
    detail: '',
    created: '',
    rows: 0,
    bytes: 0,
    ...known,
    damaged: `${why}: delete it.`,
  });
  if (!parsed.success) return damaged('What is stored of this shard cannot be understood');
  const listed = asStored(parsed.data);
  try {
    const { parts } = parseManifest(parsed.data.manifest);
    const lost = parts.find((p) => !kept.has(`${id}/${p.file}`));
    return lost ? damaged(`The part ${lost.file} of this shard is lost`, listed) : listed;
  } catch {
    return damaged('The manifest of this shard cannot be understood', listed);
  }
}

/** A stored shard, its parts still to be fetched. Rejects with a DataError where it is gone or damaged. */
export async function findShard(
  id: string,
): Promise<{ manifest: Manifest; part: (file: string) => Promise<Uint8Array> }> {
  const value: unknown = await withStore((db) => db.get('shards', id));
  if (value === undefined) {
    throw new DataError('This shard is no longer stored: choose another, or save it again.');
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) {
    throw new DataError('What is stored of this shard cannot be understood: delete it and save it again.');
  }
  return {
    manifest: parseManifest(parsed.data.manifest),
    part: async (file) => {
      const bytes: unknown = await withStore((db) => db.get('parts', [id, file]));
      if (bytes instanceof Uint8Array) return bytes;
      throw new DataError(
        `The part ${file} of this stored shard is lost: delete the shard and save it again.`,
        {
          file,
        },
      );
    },
  };
}

/** Deletes a shard, damaged or not; one that is not there is no fault. */
export function deleteShard(id: string): Promise<void> {
  return withStore(async (db) => {
    const transaction = db.transaction(['shards', 'parts'], 'readwrite');
    await Promise.all([
      transaction.objectStore('shards').delete(id),
      transaction.objectStore('parts').delete(everyPart(id)),
      transaction.done,
    ]);
  });
}
