/** `seesaw record`: trains a pipeline on a simulated world and writes all that the run told, for the lab's first picture. */
import { writeFileSync } from 'node:fs';
import { oracleAucs } from '../src/data/summary';
import { Trainer } from '../src/engine/trainer';
import { wasmPaths } from '../src/nn/wasmPaths';
import { recordingText } from '../src/pipeline/recording';
import type { Evaluation, ProbeReading, RunEvent } from '../src/pipeline/run';
import { blocksOf } from '../src/pipeline/schema';
import { DEFAULT_SOURCE, parseDataSource } from './dataSource';
import { badInput, CliError, type CommonOptions, EXIT, type Io } from './io';
import { breathe } from './outcome';
import { parsePipelineSource } from './pipelineSource';
import { loadFor } from './setup';

export interface RecordOptions extends CommonOptions {
  readonly pipeline?: string;
  readonly data?: string;
  readonly out: string;
}

/** Records a run on wasm, whose numbers are the same on every machine. @throws CliError where it cannot be trained, or fails */
export async function record(options: RecordOptions, io: Io): Promise<number> {
  const found = parsePipelineSource(options.pipeline);
  const { pipeline } = found;
  const source =
    options.data === undefined ? (found.data ?? DEFAULT_SOURCE) : parseDataSource(options.data, {});
  if (source.kind !== 'simulated') {
    throw badInput('Only runs on a simulated world are recorded: the page must be able to make their data.');
  }
  const data = await loadFor(pipeline, source, null, io, options.quiet ?? false);
  const steps: number[] = [];
  const evaluations: Evaluation[] = [];
  const probes: ProbeReading[] = [];
  let columns = 0;
  let failure: string | null = null;
  const hear = (event: RunEvent) => {
    if (event.kind === 'frame') {
      columns = event.columns;
      steps.push(...event.steps);
    } else if (event.kind === 'evaluation') evaluations.push(event.evaluation);
    else if (event.kind === 'probe') probes.push(event.probe);
    else if (event.kind === 'failed') failure = event.message;
  };
  const trainer = new Trainer({ wasmFiles: wasmPaths(), emit: hear, yieldNow: breathe });
  trainer.load(data);
  trainer.watch(blocksOf(pipeline).flatMap(({ spec }) => Object.keys(spec.probes)));
  const stop = () => void trainer.stop();
  io.signal.addEventListener('abort', stop);
  try {
    await trainer.start({ pipeline, backend: 'wasm' });
    await trainer.settled();
  } finally {
    io.signal.removeEventListener('abort', stop);
    await trainer.stop();
  }
  if (failure !== null) throw new CliError(failure, EXIT.failed);
  if (io.signal.aborted) throw new CliError('Stopped; nothing was written.', EXIT.interrupted);
  const head = {
    made: new Date().toISOString().slice(0, 10),
    backend: 'WASM',
    pipeline,
    request: source.request,
    fingerprint: data.fingerprint,
    oracle: oracleAucs(data) ?? {},
    columns,
  };
  writeFileSync(options.out, recordingText(head, steps, evaluations, probes));
  if (!options.quiet) io.err(`Wrote ${steps.length / columns} steps to ${options.out}.\n`);
  return EXIT.ok;
}
