/** Where the rows come from: a simulated world, a CSV file, or a folder with train.csv. */
import { openAsBlob, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  DataError,
  type Dataset,
  DEFAULT_REQUEST,
  prepare,
  readFiles,
  type SimulationRequest,
  simulateWorld,
} from '../src/data';
import { badInput, type Io, interrupted } from './io';
import { parseSimulation } from './simulation';

/** A place to read rows from, checked but not yet read. */
export type DataSource =
  | { readonly kind: 'simulated'; readonly request: SimulationRequest }
  | { readonly kind: 'file'; readonly path: string; readonly note: string | null };

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
  if (!found.isDirectory()) return { kind: 'file', path: text, note: null };
  const path = join(text, 'train.csv');
  if (!isFile(path)) throw badInput(`The folder "${text}" has no train.csv: give a CSV file itself.`);
  const note = isFile(join(text, 'test.csv'))
    ? 'test.csv is not read: the validation part is a quarter of the pages of train.csv.'
    : null;
  return { kind: 'file', path, note };
}

/**
 * Simulates or reads the rows. Progress and notes go to stderr unless `quiet`.
 * @throws CliError with the reader's sentence
 */
export async function loadData(source: DataSource, io: Io, quiet: boolean): Promise<Dataset> {
  const say = (text: string) => {
    if (!quiet) io.err(`${text}\n`);
  };
  const work = { signal: io.signal };
  try {
    if (source.kind === 'simulated') {
      const { rows, impressions } = source.request;
      say(`Simulating about ${count(rows)} rows of ${count(impressions)} impressions …`);
      return await simulateWorld(source.request, work);
    }
    if (source.note) say(source.note);
    say(`Reading ${source.path} …`);
    const table = await readFiles(
      [{ name: basename(source.path), blob: await open(source.path) }],
      null,
      work,
    );
    for (const note of table.notes) say(note);
    return prepare(table);
  } catch (cause) {
    if (io.signal.aborted) throw interrupted();
    if (cause instanceof DataError) throw badInput(cause.message);
    throw cause;
  }
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
