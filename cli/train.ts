/** `seesaw train`: trains a pipeline, or goes on with a run, and writes the run's folder. */
import type { Dataset } from '../src/data';
import { marketShifts } from '../src/data/marketShift';
import { assemble } from '../src/engine/assemble';
import { Session } from '../src/engine/session';
import { Trainer } from '../src/engine/trainer';
import { wasmPaths } from '../src/nn/wasmPaths';
import type { BackendChoice, Evaluation, Snapshot } from '../src/pipeline/run';
import { type RunContent, type RunData, type RunFile, runText } from '../src/pipeline/runFile';
import type { Pipeline } from '../src/pipeline/schema';
import { outputSpaces } from '../src/pipeline/spaces';
import { stateFile, weightsFile } from '../src/pipeline/weightFile';
import { type DataSource, DEFAULT_SOURCE, parseDataSource, type ReadingOptions } from './dataSource';
import { claimFolder, FILES, type FileContents, readOfRun, writeFolder } from './folder';
import { badInput, CliError, type CommonOptions, EXIT, type Io, interrupted, printJson } from './io';
import { breathe, outcomeOf } from './outcome';
import { dataOfRun, parsePipelineSource, readRun } from './pipelineSource';
import type { PredictionPart } from './predictions';
import { Progress } from './progress';
import { loadChecked, withTraining } from './setup';
import { metricsTable } from './table';
import { versions } from './versions';
import { prepareBackend } from './webgpu';
import { readState, readWeights } from './weights';

export interface TrainOptions extends CommonOptions, ReadingOptions {
  readonly pipeline?: string;
  readonly data?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly backend: BackendChoice;
  readonly predict: PredictionPart;
  readonly force?: boolean;
}

/** All that is settled before data is read. */
interface Plan {
  readonly pipeline: Pipeline;
  readonly source: DataSource;
  readonly fingerprint: string | null;
  readonly out: string;
  /** The run that is taken up again, and its folder. */
  readonly earlier: { readonly run: RunFile; readonly folder: string } | null;
}

export async function train(options: TrainOptions, io: Io): Promise<number> {
  const started = new Date().toISOString();
  const quiet = options.quiet ?? false;
  const say = (line: string) => {
    if (!quiet) io.err(`${line}\n`);
  };
  const plan = options.resume === undefined ? planNew(options) : planResume(options, options.resume);
  const { pipeline, source, earlier } = plan;
  claimFolder(plan.out, 'run', (options.force ?? false) || plan.out === earlier?.folder);
  const backend = await prepareBackend(options.backend, say);
  const { data, checks } = await loadChecked(pipeline, source, plan.fingerprint, io, quiet);
  if (io.signal.aborted) throw interrupted();

  const from = earlier ? snapshotOfRun(earlier.folder, pipeline, data) : null;
  const progress = new Progress(pipeline, say, earlier?.run ?? null, from?.step ?? 0);
  const ended = await runToRest(pipeline, data, backend, from, progress, io.signal);
  const { failure } = progress;
  const { snapshot } = ended;
  progress.forgetAfter(snapshot?.step ?? 0);

  const files: FileContents = {};
  let final: Evaluation | null = null;
  let parameterCount = 0;
  if (snapshot) {
    const session = new Session(pipeline, data, snapshot);
    const { layout } = session.model;
    parameterCount = layout.size;
    files.weights = weightsFile(layout, snapshot);
    files.state = stateFile(layout, snapshot);
    if (!failure) {
      say('Predicting and reading probes …');
      const known = progress.evaluations.find((e) => e.step === snapshot.step && !e.sample);
      const outcome = await outcomeOf(session, options.predict, known);
      final = outcome.evaluation;
      Object.assign(files, outcome.files);
    }
    session.dispose();
  }
  const state = failure?.state ?? (ended.stopped ? 'stopped' : 'finished');
  const run: RunContent = {
    state,
    message: failure?.message ?? null,
    pipeline,
    data: dataOf(source, data),
    checks,
    seed: pipeline.training.seed,
    backend: progress.backend ?? {
      name: 'wasm',
      label: 'none',
      reason: 'It failed before a backend was up.',
    },
    versions: versions(),
    started: earlier?.run.started ?? started,
    finished: new Date().toISOString(),
    resumedAt: [...(earlier?.run.resumedAt ?? []), ...(from ? [from.step] : [])],
    step: snapshot?.step ?? 0,
    parameterCount,
    curves: progress.curves,
    evaluations: progress.evaluations,
    final,
  };
  files.run = runText(run);
  const written = writeFolder(plan.out, files, true);
  say(`Wrote ${written.join(', ')} to ${plan.out}.`);
  report(run, plan.out, options, io);
  if (failure) throw new CliError(failure.message, EXIT.failed);
  return state === 'stopped' ? EXIT.interrupted : EXIT.ok;
}

function planNew(options: TrainOptions): Plan {
  if (options.out === undefined) {
    throw badInput('A folder for the results is missing: name one with --out, as in --out runs/first.');
  }
  const found = parsePipelineSource(options.pipeline);
  return {
    pipeline: withTraining(found.pipeline, options),
    source:
      options.data === undefined ? (found.data ?? DEFAULT_SOURCE) : parseDataSource(options.data, options),
    fingerprint: options.data === undefined ? found.fingerprint : null,
    out: options.out,
    earlier: null,
  };
}

function planResume(options: TrainOptions, folder: string): Plan {
  if (options.pipeline !== undefined || options.seed !== undefined) {
    throw badInput(
      'A run goes on with its own pipeline and seed: leave --pipeline and --seed out beside --resume.',
    );
  }
  const run = readRun(`${folder}/${FILES.run}`);
  const pipeline = withTraining(run.pipeline, { steps: options.steps });
  if (run.step >= pipeline.training.steps) {
    throw badInput(
      `The run in "${folder}" has done all of its ${run.step} steps: ask for more of them with --steps.`,
    );
  }
  return {
    pipeline,
    source: options.data === undefined ? dataOfRun(run) : parseDataSource(options.data, options),
    fingerprint: run.data.fingerprint,
    out: options.out ?? folder,
    earlier: { run, folder },
  };
}

/** Weights and moments of a run, to go on from. @throws CliError where the files do not fit together */
function snapshotOfRun(folder: string, pipeline: Pipeline, data: Dataset): Snapshot {
  const { layout } = assemble(
    pipeline,
    data.schema,
    // Base rates set where biases start; these come from the file.
    pipeline.tasks.map(() => 0.5),
    () => marketShifts(data),
  );
  const weights = readWeights(readOfRun(folder, 'weights'), layout, FILES.weights);
  const state = readState(readOfRun(folder, 'state'), layout, FILES.state);
  if (weights.step !== state.step) {
    throw badInput(
      `${FILES.weights} is of step ${weights.step} and ${FILES.state} of step ${state.step}: they are not of one run.`,
    );
  }
  const { moment1, moment2, balancer } = state;
  return { pipeline, fingerprint: data.fingerprint, ...weights, moment1, moment2, balancer, edits: {} };
}

/** Trains until it is finished, stopped by the signal, or fails. */
async function runToRest(
  pipeline: Pipeline,
  data: Dataset,
  backend: BackendChoice,
  from: Snapshot | null,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ snapshot: Snapshot | null; stopped: boolean }> {
  const trainer = new Trainer({ wasmFiles: wasmPaths(), emit: progress.hear, yieldNow: breathe });
  trainer.load(data);
  // Until training has begun there is nothing to pause; the signal is looked at again right after.
  let begun = false;
  const stop = () => {
    if (begun) void trainer.pause();
  };
  signal.addEventListener('abort', stop);
  try {
    await trainer.start({ pipeline, backend, ...(from ? { from } : {}) });
    begun = true;
    if (signal.aborted) stop();
    await trainer.settled();
    const snapshot = await trainer.snapshot().catch(() => progress.snapshot);
    const stopped = snapshot !== null && snapshot.step < pipeline.training.steps && !progress.failure;
    return { snapshot, stopped };
  } finally {
    signal.removeEventListener('abort', stop);
    // Its announcement that it stopped is of no interest: the run has come to rest already.
    await trainer.stop();
  }
}

function dataOf(source: DataSource, data: Dataset): RunData {
  const { fingerprint, rows, trainRows } = data;
  const { title, detail } = data.source;
  const common = { title, detail, fingerprint, rows, trainRows };
  switch (source.kind) {
    case 'simulated':
      return { kind: 'simulated', ...common, request: source.request };
    case 'shard':
      return { kind: 'shard', ...common, path: source.path };
    case 'file': {
      const { path, mapping, sampling } = source;
      const sampled = Object.keys(sampling).length > 0;
      return { kind: 'file', ...common, path, ...(mapping && { mapping }), ...(sampled && { sampling }) };
    }
  }
}

function report(run: RunContent, out: string, options: TrainOptions, io: Io): void {
  const { state, message, step, final, backend, data, parameterCount } = run;
  if (options.json) {
    const { fingerprint } = data;
    printJson(io, {
      state,
      message,
      out,
      step,
      parameterCount,
      fingerprint,
      backend,
      metrics: final?.metrics ?? null,
      pages: final?.pages ?? null,
    });
    return;
  }
  if (final) io.out(metricsTable(final, outputSpaces(run.pipeline.tasks)));
}
