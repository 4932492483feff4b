/** From the options of a command to what the engine is given: pipeline, data and the checks that both fit. */
import { type Dataset, prepare } from '../src/data';
import type { Check } from '../src/data/checks/check';
import { checkTable } from '../src/data/checks/checks';
import { findings } from '../src/pipeline/compat';
import { parsePipeline } from '../src/pipeline/parse';
import type { Pipeline } from '../src/pipeline/schema';
import { type DataSource, loadTable } from './dataSource';
import { badInput, type Io } from './io';

/** The pipeline with another seed or number of steps, checked again: the options follow the same limits. */
export function withTraining(
  pipeline: Pipeline,
  change: { readonly seed?: number | undefined; readonly steps?: number | undefined },
): Pipeline {
  const training = { ...pipeline.training };
  if (change.seed !== undefined) training.seed = change.seed;
  if (change.steps !== undefined) training.steps = change.steps;
  const parsed = parsePipeline({ ...pipeline, training });
  if (!parsed.ok) throw badInput(parsed.message);
  return parsed.pipeline;
}

/**
 * Reads the data and holds the pipeline against it; warnings go to stderr.
 * @param fingerprint that the data must have, or null where any will do
 */
export async function loadFor(
  pipeline: Pipeline,
  source: DataSource,
  fingerprint: string | null,
  io: Io,
  quiet: boolean,
): Promise<Dataset> {
  const data = prepare(await loadTable(source, io, quiet));
  meet(pipeline, source, fingerprint, data, io, quiet);
  return data;
}

/** The same with the checks of the data, of which errors and warnings go to stderr. */
export async function loadChecked(
  pipeline: Pipeline,
  source: DataSource,
  fingerprint: string | null,
  io: Io,
  quiet: boolean,
): Promise<{ data: Dataset; checks: Check[] }> {
  const table = await loadTable(source, io, quiet);
  const data = prepare(table);
  meet(pipeline, source, fingerprint, data, io, quiet);
  const checks = checkTable(table);
  for (const { level, message } of checks) {
    if (!quiet && level !== 'info') io.err(`Data check (${level}): ${message}\n`);
  }
  return { data, checks };
}

/** Refuses data that the pipeline cannot be trained on. @throws CliError @returns what else is worth knowing */
export function loadedFits(pipeline: Pipeline, data: Dataset): string[] {
  const found = findings(pipeline, data);
  const error = found.find(({ level }) => level === 'error');
  if (error) throw badInput(error.reason);
  return found.map(({ reason }) => reason);
}

function meet(
  pipeline: Pipeline,
  source: DataSource,
  fingerprint: string | null,
  data: Dataset,
  io: Io,
  quiet: boolean,
): void {
  if (fingerprint !== null && data.fingerprint !== fingerprint) {
    const what = source.kind === 'simulated' ? 'the simulated world' : `"${source.path}"`;
    throw badInput(
      `The rows of ${what} are not those of the run (fingerprint ${data.fingerprint}, not ${fingerprint}): bring the same data.`,
    );
  }
  for (const reason of loadedFits(pipeline, data)) {
    if (!quiet) io.err(`Note: ${reason}\n`);
  }
}
