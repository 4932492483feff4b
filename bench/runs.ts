/** Whole runs: leaks over thousands of steps, and what share of the time evaluation and streaming take. */

import { TRAIN_SHARE } from '../src/data/prepare';
import { Session } from '../src/engine/session';
import { Trainer } from '../src/engine/trainer';
import { memory, setFastKernels } from '../src/nn';
import { defaultPipeline } from '../src/pipeline/defaults';
import { benchData } from './data';
import { clock, median } from './measure';
import { MODELS } from './models';

export interface Leaks {
  readonly steps: number;
  /** After `steps` more than after the first 100. */
  readonly tensors: number;
  /** Bytes of the heap, likewise. */
  readonly heap: number;
}

/** Tensors and heap before and after many steps of the default pipeline; rows of a batch make no difference to either. */
export async function benchLeaks(steps: number): Promise<Leaks> {
  setFastKernels(true);
  const session = new Session(MODELS.TA.pipeline(64), benchData(8192));
  const run = async (n: number) => {
    for (let i = 0; i < n; i += 10) {
      for (let j = 0; j < 10; j++) await session.trainStep();
      await session.readFrame();
    }
    return memory();
  };
  const first = await run(100);
  const last = await run(steps);
  session.dispose();
  return { steps, tensors: last.tensors - first.tensors, heap: last.heap - first.heap };
}

export interface Shares {
  readonly rows: number;
  readonly validationRows: number;
  /** Of the time of a run at default settings: evaluations while it goes on, as often as the default pipeline asks for them. */
  readonly evaluation: number;
  /** Of the time of a step: frames, snapshots and letting messages in. */
  readonly streaming: number;
}

/** Rows of the world that the lab opens with, and how many of them are its validation part. */
const DEFAULT_ROWS = 120_000;
const VALIDATION = 1 - TRAIN_SHARE;

/** A message to oneself, as the worker waits for one after every step. */
function messages(): { yieldNow: () => Promise<void>; close: () => void } {
  const { port1, port2 } = new MessageChannel();
  let wake: (() => void) | null = null;
  port1.onmessage = () => wake?.();
  return {
    yieldNow: () =>
      new Promise((resolve) => {
        wake = resolve;
        port2.postMessage(null);
      }),
    close: () => port1.close(),
  };
}

/** Steps of one turn: some seconds, so that frames and snapshots come as often as they do in a run. */
const TURN = 150;

/** Shares of the default pipeline at default settings, medians over rounds. @param wasmFiles as for the trainer */
export async function benchShares(
  rounds: number,
  wasmFiles: ConstructorParameters<typeof Trainer>[0]['wasmFiles'],
): Promise<Shares> {
  setFastKernels(true);
  const base = defaultPipeline();
  const pipeline = { ...base, training: { ...base.training, steps: 200_000, learningRate: 1e-6 } };
  // The trainer streams alone; how much of the validation part an evaluation takes depends on how often there is one.
  const streamed = { ...pipeline, training: { ...pipeline.training, evaluateEvery: 200_000 } };
  const all = benchData(DEFAULT_ROWS);
  const data = { ...all, trainRows: Math.round(DEFAULT_ROWS * (1 - VALIDATION)) };
  const channel = messages();
  const trainer = new Trainer({
    wasmFiles,
    // What postMessage does to an event, without a worker to send it to.
    emit: (event) => void structuredClone(event),
    yieldNow: channel.yieldNow,
  });
  trainer.load(data);
  await trainer.start({ pipeline: streamed, backend: 'wasm', paused: true });
  const session = new Session(pipeline, data);
  const bare = async () => {
    for (let i = 0; i < TURN; i++) await session.trainStep();
    await session.readFrame();
  };
  const timed = async (run: () => Promise<unknown>) => {
    const start = clock();
    await run();
    return clock() - start;
  };
  await trainer.step(TURN);
  await bare();
  await session.evaluate(channel.yieldNow, false);
  const streaming: number[] = [];
  const evaluation: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const alone = await timed(bare);
    const withTrainer = await timed(() => trainer.step(TURN));
    const evaluated = await timed(() => session.evaluate(channel.yieldNow, false));
    streaming.push(withTrainer / alone - 1);
    const between = (alone / TURN) * base.training.evaluateEvery;
    evaluation.push(evaluated / (evaluated + between));
  }
  await trainer.stop();
  session.dispose();
  channel.close();
  return {
    rows: data.rows,
    validationRows: data.rows - data.trainRows,
    evaluation: median(evaluation),
    streaming: median(streaming),
  };
}
