/** Actions on shards: kept in this browser, taken away as a ZIP, or fetched from an address after a confirmation. */
import { create } from 'zustand';
import { WorkerDied } from '../../workers/client';
import type { ShardOffer, StorageRoom, StoredShard } from '../../workers/protocol';
import { take } from './data';
import { saveBlob } from './export';
import { say, tellError } from './notices';
import { messageOf, theClient } from './session';

interface ShardStore {
  /** Null before the first look. */
  readonly shards: readonly StoredShard[] | null;
  readonly room: StorageRoom | null;
  /** What is being done, in words, while it takes its time. */
  readonly busy: string | null;
  /** Why the last deed on shards failed. */
  readonly refusal: string | null;
  /** What an address would bring; nothing but its manifest has been fetched. */
  readonly offer: ShardOffer | null;
  /** The address that is being asked. */
  readonly asking: string | null;
}

export const useShards = create<ShardStore>(() => ({
  shards: null,
  room: null,
  busy: null,
  refusal: null,
  offer: null,
  asking: null,
}));

async function deed<T>(busy: string, act: () => Promise<T>): Promise<T | null> {
  useShards.setState({ busy, refusal: null });
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) useShards.setState({ refusal: messageOf(cause) });
    return null;
  } finally {
    useShards.setState({ busy: null });
  }
}

/** Reads again what is kept, and how much room there is. */
export async function refreshShards(): Promise<void> {
  try {
    const { shards, room } = await theClient().data((api) => api.listShards());
    useShards.setState({ shards, room });
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) useShards.setState({ shards: [], refusal: messageOf(cause) });
  }
}

/** Keeps the data in use in this browser. */
export async function saveShard(): Promise<void> {
  const saved = await deed('Saving the data in this browser…', () =>
    theClient().data((api) => api.saveShard()),
  );
  // A failure leaves what is kept as it was; the list is read again so that the page shows just that.
  await refreshShards();
  if (saved) say(`"${saved.title}" is kept in this browser.`);
}

/** Takes a kept shard into use. @returns false where it could not be opened */
export function openShard(shard: StoredShard): Promise<boolean> {
  const client = theClient();
  return take({ what: shard.title, made: null, opened: null }, (report) =>
    client.data((api) => api.openShard(shard.id, client.callback(report))),
  );
}

export async function deleteShard(shard: StoredShard): Promise<void> {
  await deed('Deleting…', () => theClient().data((api) => api.deleteShard(shard.id)));
  await refreshShards();
}

/** The data in use as one ZIP, to the browser's downloads. */
export async function downloadShard(): Promise<void> {
  const file = await deed('Writing the ZIP…', () => theClient().data((api) => api.downloadShard()));
  if (file) saveBlob(file.name, file.blob);
}

/** Asks an address what it would bring; the answer waits for a confirmation. */
export async function offerShard(url: string): Promise<void> {
  useShards.setState({ asking: url, offer: null, refusal: null });
  try {
    const offer = await theClient().data((api) => api.inspectUrl(url));
    if (useShards.getState().asking === url) useShards.setState({ offer });
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
  } finally {
    if (useShards.getState().asking === url) useShards.setState({ asking: null });
  }
}

export const declineOffer = (): void => useShards.setState({ offer: null, asking: null });

/** Fetches what was offered, and takes it into use. */
export function acceptOffer(): Promise<boolean> {
  const { offer } = useShards.getState();
  declineOffer();
  if (!offer) return Promise.resolve(false);
  const client = theClient();
  return take({ what: offer.title, made: null, opened: null }, (report) =>
    client.data((api) => api.openUrl(offer.url, client.callback(report))),
  );
}
