/** `seesaw eval`: measures the weights of a run again, on its own data or on other data with the same columns. */
import { marketShifts } from '../src/data/marketShift';
import { assemble } from '../src/engine/assemble';
import { chooseBackend } from '../src/engine/backends';
import { Session } from '../src/engine/session';
import { wasmPaths } from '../src/nn/wasmPaths';
import type { BackendChoice } from '../src/pipeline/run';
import { parseDataSource, type ReadingOptions } from './dataSource';
import { claimFolder, FILES, readOfRun, writeFolder } from './folder';
import { type CommonOptions, EXIT, type Io, printJson } from './io';
import { outcomeOf, snapshotForReading } from './outcome';
import { dataOfRun, readRun } from './pipelineSource';
import type { PredictionPart } from './predictions';
import { loadFor } from './setup';
import { metricsTable } from './table';
import { prepareBackend } from './webgpu';
import { readWeights } from './weights';

export interface EvalOptions extends CommonOptions, ReadingOptions {
  readonly run: string;
  readonly data?: string;
  readonly out?: string;
  readonly backend: BackendChoice;
  readonly predict: PredictionPart;
  readonly force?: boolean;
}

export async function evaluateRun(options: EvalOptions, io: Io): Promise<number> {
  const quiet = options.quiet ?? false;
  const say = (line: string) => {
    if (!quiet) io.err(`${line}\n`);
  };
  const run = readRun(`${options.run}/${FILES.run}`);
  const { pipeline } = run;
  const source = options.data === undefined ? dataOfRun(run) : parseDataSource(options.data, options);
  if (options.out !== undefined) claimFolder(options.out, 'metrics', options.force ?? false);
  const bytes = readOfRun(options.run, 'weights');
  const choice = await prepareBackend(options.backend, say);
  const data = await loadFor(
    pipeline,
    source,
    options.data === undefined ? run.data.fingerprint : null,
    io,
    quiet,
  );
  const { layout } = assemble(
    pipeline,
    data.schema,
    // Base rates set where biases start; these come from the file.
    pipeline.tasks.map(() => 0.5),
    () => marketShifts(data),
  );
  const weights = readWeights(bytes, layout, FILES.weights);

  const { backend, reason } = await chooseBackend(choice, wasmPaths(), pipeline, data);
  say(`Evaluating on ${backend.label}. ${reason}`);
  const session = new Session(pipeline, data, snapshotForReading(pipeline, data.fingerprint, weights));
  const { evaluation, files } = await outcomeOf(session, options.predict);
  session.dispose();

  const result = {
    run: options.run,
    step: evaluation.step,
    fingerprint: data.fingerprint,
    data: data.source,
    rows: data.rows,
    backend: { name: backend.name, label: backend.label, reason },
    metrics: evaluation.metrics,
    pages: evaluation.pages ?? null,
  };
  if (options.out !== undefined) {
    const metrics = `${JSON.stringify({ format: 'seesaw-metrics', ...result }, null, 1)}\n`;
    const written = writeFolder(options.out, { metrics, ...files }, false);
    say(`Wrote ${written.join(', ')} to ${options.out}.`);
  }
  if (options.json) printJson(io, { ...result, out: options.out ?? null });
  else io.out(metricsTable(evaluation, session.spaces));
  return EXIT.ok;
}
