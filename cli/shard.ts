/** `seesaw shard`: writes rows of any source as a folder of Parquet parts and a manifest. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { DataError } from '../src/data';
import { checkTable } from '../src/data/checks/checks';
import { MANIFEST_NAME, type Manifest, manifestText } from '../src/data/shards/manifest';
import { writeShard } from '../src/data/shards/write';
import { type DataSource, filesOf, loadTable, parseDataSource, type ReadingOptions } from './dataSource';
import { badInput, CliError, type CommonOptions, EXIT, type Io, interrupted, printJson } from './io';

export interface ShardOptions extends CommonOptions, ReadingOptions {
  readonly data: string;
  readonly out: string;
  readonly title?: string;
  readonly force?: boolean;
}

export async function shard(options: ShardOptions, io: Io): Promise<number> {
  const quiet = options.quiet ?? false;
  const say = (line: string) => {
    if (!quiet) io.err(`${line}\n`);
  };
  const source = parseDataSource(options.data, options);
  claim(options.out, options.force ?? false);
  const table = await loadTable(source, io, quiet);
  const checks = checkTable(table);
  for (const { level, message } of checks) if (level !== 'info') say(`Data check (${level}): ${message}`);
  say('Writing Parquet …');
  const sources = await sourcesOf(source, io.signal);
  const written = await writeShard(table, { title: options.title, sources }, { signal: io.signal }).catch(
    (cause: unknown) => {
      if (io.signal.aborted) throw interrupted();
      throw cause instanceof DataError ? badInput(cause.message) : cause;
    },
  );
  const { manifest, parts } = written;
  writeAll(options.out, [
    ...parts.map((p) => [p.file, p.bytes] as const),
    // Last: a folder without it is no shard.
    [MANIFEST_NAME, manifestText(manifest)],
  ]);
  const bytes = parts.reduce((sum, p) => sum + p.bytes.length, 0);
  const { title, rows, validationRows, fingerprint } = manifest;
  say(
    `Wrote ${MANIFEST_NAME} and ${parts.length} ${parts.length === 1 ? 'part' : 'parts'} to ${options.out}.`,
  );
  if (options.json) {
    const files = parts.map((p) => p.file);
    printJson(io, {
      out: options.out,
      title,
      rows,
      validationRows,
      bytes,
      fingerprint,
      parts: files,
      checks,
    });
  } else io.out(`${title}: ${rows.toLocaleString('en-US')} rows, ${(bytes / 1e6).toFixed(1)} MB\n`);
  return EXIT.ok;
}

/** Makes sure that the shard can go to a folder before anything is read. @throws CliError */
function claim(folder: string, force: boolean): void {
  if (existsSync(join(folder, MANIFEST_NAME)) && !force) {
    throw badInput(
      `The folder "${folder}" already holds a shard: choose another, or overwrite it with --force.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    if (!statSync(folder).isDirectory()) throw new Error('not a folder');
  } catch {
    throw badInput(`The folder "${folder}" cannot be made: choose another place.`);
  }
}

/** Size and SHA-256 of the file that the rows come from. */
async function sourcesOf(source: DataSource, signal: AbortSignal): Promise<Manifest['sources']> {
  if (source.kind !== 'file') return [];
  const digests = [];
  for (const path of filesOf(source)) {
    const hash = createHash('sha256');
    try {
      for await (const piece of createReadStream(path, { signal })) hash.update(piece as Buffer);
    } catch (cause) {
      if (signal.aborted) throw interrupted();
      throw badInput(`"${path}" cannot be read any more (${(cause as Error).message}).`);
    }
    const digest = `sha256:${hash.digest('hex')}`;
    digests.push({ name: basename(path).slice(0, 200), bytes: statSync(path).size, digest });
  }
  return digests;
}

/** Writes files beside their places first, so that a full disk leaves an older shard whole. */
function writeAll(folder: string, files: readonly (readonly [string, string | Uint8Array])[]): void {
  const path = (name: string) => join(folder, name);
  try {
    for (const [name, content] of files) writeFileSync(`${path(name)}.new`, content);
  } catch (cause) {
    for (const [name] of files) rmSync(`${path(name)}.new`, { force: true });
    throw new CliError(
      `Nothing could be written to "${folder}" (${(cause as NodeJS.ErrnoException).code}): make room there or choose another folder.`,
      EXIT.failed,
    );
  }
  rmSync(path(MANIFEST_NAME), { force: true });
  for (const [name] of files) renameSync(`${path(name)}.new`, path(name));
}
