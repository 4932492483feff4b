/** The files of what is dropped on the page or chosen as a folder: folders are opened, what systems hide in them is left out. */

/** Files of a folder that may be looked through; a shard has at most 10,000 parts. */
const MOST_FILES = 20_000;

/** Files without those that begin with a dot or an underscore, as systems and Spark leave them in folders. */
export const visible = (files: readonly File[]): File[] => files.filter((f) => !/^[._]/.test(f.name));

/** All files in an entry, folders in it included. */
async function filesIn(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((ok, fail) => (entry as FileSystemFileEntry).file(ok, fail));
    found.push(...visible([file]));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time in Chromium, until there are none.
    const some = await new Promise<FileSystemEntry[]>((ok, fail) => reader.readEntries(ok, fail));
    if (some.length === 0) return;
    for (const inner of some) await filesIn(inner, found);
  }
}

/** What was dropped, folders opened. To be called within the event: afterwards the browser no longer tells. */
export async function droppedFiles(transfer: Pick<DataTransfer, 'items' | 'files'>): Promise<File[]> {
  const files = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const found: File[] = [];
  for (const entry of entries) if (entry) await filesIn(entry, found);
  return found;
}
