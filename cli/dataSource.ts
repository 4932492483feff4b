/** Where the rows come from: a simulated world, a file, a folder with train.csv, or a shard. */
import { openAsBlob, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  DataError,
  type Dataset,
  DEFAULT_REQUEST,
  prepare,
  readFiles,
  type SimulationRequest,
  simulateTable,
  type Table,
} from '../src/data';
import { LARGEST_MANIFEST, MANIFEST_NAME, parseManifest } from '../src/data/shards/manifest';
import { readShard } from '../src/data/shards/read';
import { badInput, type Io, interrupted } from './io';
import { parseSimulation } from './simulation';

/** A place to read rows from, checked but not yet read. */
export type DataSource =
  | { readonly kind: 'simulated'; readonly request: SimulationRequest }
  | { readonly kind: 'file'; readonly path: string; readonly note: string | null }
  /** A folder with a manifest and its parts. */
  | { readonly kind: 'shard'; readonly path: string };

export const DEFAULT_SOURCE: DataSource = { kind: 'simulated', request: DEFAULT_REQUEST };

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Understands the value of `--data`. */
export function parseDataSource(text: string): DataSource {
  if (text.startsWith('sim:')) return { kind: 'simulated', request: parseSimulation(text) };
  const found = statSync(text, { throwIfNoEntry: false });
  if (!found) {
    throw badInput(
      `There is no file or folder "${text}": give a CSV file, a folder with train.csv, or sim:es.`,
    );
  }
  if (!found.isDirectory() && basename(text) === MANIFEST_NAME) return { kind: 'shard', path: dirname(text) };
  if (!found.isDirectory()) return { kind: 'file', path: text, note: null };
  if (isFile(join(text, MANIFEST_NAME))) return { kind: 'shard', path: text };
  const path = join(text, 'train.csv');
  if (!isFile(path)) throw badInput(`The folder "${text}" has no train.csv: give a CSV file itself.`);
  const note = isFile(join(text, 'test.csv'))
    ? 'test.csv is not read: the validation part is a quarter of the pages of train.csv.'
    : null;
  return { kind: 'file', path, note };
}

/** Rows ready for training; see `loadTable`. */
export async function loadData(source: DataSource, io: Io, quiet: boolean): Promise<Dataset> {
  return prepare(await loadTable(source, io, quiet));
}

/**
 * Simulates or reads the rows. Progress and notes go to stderr unless `quiet`.
 * @throws CliError with the reader's sentence
 */
export async function loadTable(source: DataSource, io: Io, quiet: boolean): Promise<Table> {
  const say = (text: string) => {
    if (!quiet) io.err(`${text}\n`);
  };
  const work = { signal: io.signal };
  try {
    if (source.kind === 'simulated') {
      const { rows, impressions } = source.request;
      say(`Simulating about ${count(rows)} rows of ${count(impressions)} impressions …`);
      return await simulateTable(source.request, work);
    }
    if (source.kind === 'shard') {
      say(`Reading the shard ${source.path} …`);
      const table = await readShardFolder(source.path, work.signal);
      for (const note of table.notes) say(note);
      return table;
    }
    if (source.note) say(source.note);
    say(`Reading ${source.path} …`);
    const table = await readFiles(
      [{ name: basename(source.path), blob: await open(source.path) }],
      null,
      work,
    );
    for (const note of table.notes) say(note);
    return table;
  } catch (cause) {
    if (io.signal.aborted) throw interrupted();
    if (cause instanceof DataError) throw badInput(cause.message);
    throw cause;
  }
}

/** The table of a shard's folder. Rejects with a DataError or a CliError. */
async function readShardFolder(folder: string, signal: AbortSignal): Promise<Table> {
  const path = join(folder, MANIFEST_NAME);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw badInput(`"${folder}" has no ${MANIFEST_NAME} any more: check the folder.`);
  if (size > LARGEST_MANIFEST) throw badInput(`"${path}" is too large to be the manifest of a shard.`);
  const manifest = parseManifest(readFileSync(path, 'utf8'), path);
  const part = async (file: string, bytes: number) => {
    const at = join(folder, file);
    const found = statSync(at, { throwIfNoEntry: false });
    if (!found?.isFile()) throw badInput(`"${folder}" lacks ${file}: copy all files of the shard.`);
    if (found.size !== bytes) {
      throw badInput(
        `"${at}" has ${count(found.size)} bytes and the manifest says ${count(bytes)}: it is cut off or not of this shard.`,
      );
    }
    return new Uint8Array(await readFile(at));
  };
  return readShard(manifest, part, { signal });
}

/** The file as a blob that is read piece by piece, however long it is. */
async function open(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch {
    throw badInput(`"${path}" cannot be read: check its name and its permissions.`);
  }
}

const count = (n: number) => n.toLocaleString('en-US');
