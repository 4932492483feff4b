/** Where the rows come from: a simulated world, a file or two, a folder with train.csv, or a shard. */
import { openAsBlob, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  DataError,
  type Dataset,
  DEFAULT_REQUEST,
  type LongWork,
  prepare,
  previewFiles,
  readFiles,
  type SimulationRequest,
  simulateTable,
  type Table,
} from '../src/data';
import type { Mapping } from '../src/data/mapping/mapping';
import { parseMapping } from '../src/data/mapping/plan';
import { LARGEST_MANIFEST, MANIFEST_NAME, parseManifest } from '../src/data/shards/manifest';
import { readShard } from '../src/data/shards/read';
import { badInput, type Io, interrupted } from './io';
import { parseSimulation } from './simulation';

/** A place to read rows from, checked but not yet read. */
export type DataSource =
  | { readonly kind: 'simulated'; readonly request: SimulationRequest }
  | FileSource
  /** A folder with a manifest and its parts. */
  | { readonly kind: 'shard'; readonly path: string };

/** One file, or several that belong together, their paths joined by commas. */
export interface FileSource {
  readonly kind: 'file';
  readonly path: string;
  /** Roles, sampling and split; null = what the files themselves suggest. */
  readonly mapping: Mapping | null;
  /** Overrides of the mapping's sampling. */
  readonly sampling: Sampling;
}

export type Sampling = { readonly [K in keyof Mapping['sampling']]?: Mapping['sampling'][K] | undefined };

/** Options of every command that reads files. */
export interface ReadingOptions {
  readonly mapping?: string;
  readonly rows?: number;
  readonly clickShare?: number;
  readonly wholePages?: boolean;
}

export const DEFAULT_SOURCE: DataSource = { kind: 'simulated', request: DEFAULT_REQUEST };

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Understands the value of `--data`, and the options that say how files are read. */
export function parseDataSource(text: string, options: ReadingOptions = {}): DataSource {
  const source = placeOf(text);
  const sampling: Sampling = {
    ...(options.rows !== undefined && { rows: options.rows }),
    ...(options.clickShare !== undefined && { clickShare: options.clickShare }),
    ...(options.wholePages && { wholePages: true }),
  };
  if (source.kind === 'file') {
    return {
      ...source,
      mapping: options.mapping === undefined ? null : mappingOf(options.mapping),
      sampling,
    };
  }
  if (options.mapping !== undefined || Object.keys(sampling).length > 0) {
    throw badInput(
      `--mapping, --rows, --click-share and --whole-pages say how a file is read, but "${text}" is none: leave them out.`,
    );
  }
  return source;
}

function placeOf(text: string): DataSource {
  if (text.startsWith('sim:')) return { kind: 'simulated', request: parseSimulation(text) };
  const file = (path: string): FileSource => ({ kind: 'file', path, mapping: null, sampling: {} });
  const found = statSync(text, { throwIfNoEntry: false });
  if (!found) {
    if (text.includes(',') && text.split(',').every(isFile)) return file(text);
    throw badInput(
      `There is no file or folder "${text}": give a CSV, TSV, gzip, ZIP or Parquet file, two joined by a comma, a folder with train.csv, or sim:es.`,
    );
  }
  if (!found.isDirectory() && basename(text) === MANIFEST_NAME) return { kind: 'shard', path: dirname(text) };
  if (!found.isDirectory()) return file(text);
  if (isFile(join(text, MANIFEST_NAME))) return { kind: 'shard', path: text };
  const inside = (stem: string) =>
    ['.csv', '.csv.gz', '.tsv', '.parquet'].map((end) => join(text, stem + end)).find(isFile);
  const train = inside('train');
  if (train === undefined) throw badInput(`The folder "${text}" has no train.csv: give a CSV file itself.`);
  const test = inside('test');
  return file(test === undefined ? train : `${train},${test}`);
}

function mappingOf(path: string): Mapping {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw badInput(`The mapping "${path}" cannot be read: check its name and its permissions.`);
  }
  try {
    return parseMapping(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof DataError) throw badInput(`"${path}": ${cause.message}`);
    throw badInput(`The mapping "${path}" is no JSON: write it as the page saves it.`);
  }
}

/** The files of a source; a comma may belong to a name. */
export const filesOf = ({ path }: Pick<FileSource, 'path'>): string[] =>
  isFile(path) ? [path] : path.split(',');

/** Reads the files of a source. Rejects with a DataError or a CliError. */
async function readSource({ path, mapping, sampling }: FileSource, work: LongWork): Promise<Table> {
  const paths = filesOf({ path });
  const files = await Promise.all(paths.map(async (p) => ({ name: basename(p), blob: await open(p) })));
  if (Object.keys(sampling).length === 0) return readFiles(files, mapping, work);
  const base = mapping ?? (await previewFiles(files)).guess;
  return readFiles(files, parseMapping({ ...base, sampling: { ...base.sampling, ...sampling } }), work);
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
    say(`Reading ${source.path} …`);
    const table = await readSource(source, work);
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
