/** The folder of a run: which files it holds, and how they are written and read. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeReading } from '../src/pipeline/run';
import { badInput, CliError, EXIT } from './io';

export const FILES = {
  run: 'run.json',
  weights: 'weights.safetensors',
  state: 'state.safetensors',
  predictions: 'predictions.parquet',
  probes: 'probes.json',
  metrics: 'metrics.json',
} as const;

export type FileContents = Partial<Record<keyof typeof FILES, string | Uint8Array>>;

/** Makes sure that results can go to a folder, before hours are spent on them. @throws CliError */
export function claimFolder(folder: string, marker: keyof typeof FILES, force: boolean): void {
  if (existsSync(join(folder, FILES[marker])) && !force) {
    const what = marker === 'run' ? 'a run' : 'an evaluation';
    throw badInput(
      `The folder "${folder}" already holds ${what}: choose another, or overwrite it with --force.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    if (!statSync(folder).isDirectory()) throw new Error('not a folder');
  } catch {
    throw badInput(`The folder "${folder}" cannot be made: choose another place.`);
  }
}

/** The files that an earlier run left behind, so that none of them is taken for the new one's. */
const ALL_OF_RUN = ['run', 'weights', 'state', 'predictions', 'probes'] as const;

/**
 * Writes files beside their places first and then moves them there, so that a full disk leaves the old ones whole.
 * @param complete the files are a run's: those that it does not have are removed
 */
export function writeFolder(folder: string, files: FileContents, complete: boolean): string[] {
  const names = (Object.keys(files) as (keyof typeof FILES)[]).filter((key) => files[key] !== undefined);
  const path = (key: keyof typeof FILES) => join(folder, FILES[key]);
  try {
    for (const key of names) writeFileSync(`${path(key)}.part`, files[key]!);
  } catch (cause) {
    for (const key of names) rmSync(`${path(key)}.part`, { force: true });
    const why = (cause as NodeJS.ErrnoException).code;
    throw new CliError(
      `Nothing could be written to "${folder}" (${why}): make room there or choose another folder.`,
      EXIT.failed,
    );
  }
  if (complete) for (const key of ALL_OF_RUN) if (!names.includes(key)) rmSync(path(key), { force: true });
  for (const key of names) renameSync(`${path(key)}.part`, path(key));
  return names.map((key) => FILES[key]);
}

/** The bytes of a run's file. @throws CliError where it is not there */
export function readOfRun(folder: string, key: keyof typeof FILES): Uint8Array {
  try {
    return readFileSync(join(folder, FILES[key]));
  } catch {
    throw badInput(`The run in "${folder}" has no ${FILES[key]}, or it cannot be read.`);
  }
}

/** probes.json: every published tensor, averaged over each cohort of validation rows. */
export function probesText(step: number, probes: readonly ProbeReading[]): string {
  const rows = probes.map(({ block, name, shape, cohorts }) => ({
    block,
    name,
    shape,
    cohorts: cohorts.map((c) => ({ name: c.name, rows: c.rows, mean: Array.from(c.mean) })),
  }));
  return `${JSON.stringify({ format: 'seesaw-probes', step, probes: rows }, null, 1)}\n`;
}
