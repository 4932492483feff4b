/** The same models in PyTorch on the same machine, turn by turn with ours (reference/bench_torch.py). */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { Batcher } from '../src/engine/batches';
import { Session } from '../src/engine/session';
import { setFastKernels } from '../src/nn';
import { benchData } from './data';
import { clock, median } from './measure';
import { MODELS, type ModelId } from './models';
import { onOneBatch } from './steps';

export interface TorchResult {
  readonly model: ModelId;
  readonly batch: number;
  readonly threads: 1 | 2;
  readonly compiled: boolean;
  /** Milliseconds of a step, medians: processor time with one thread, time that passed with two. */
  readonly torch: number;
  readonly ours: number;
  /** Our time / PyTorch's, the median over rounds. */
  readonly ratio: number;
}

export interface TorchReport {
  readonly version: string;
  readonly results: readonly TorchResult[];
  /** Why a case is not among them, one sentence each. */
  readonly missing: readonly string[];
}

const greeting = z.object({ torch: z.string() });
const failure = z.object({ error: z.string() });
const answer = z.object({ parameters: z.number(), wall: z.number(), cpu: z.number(), steps: z.number() });

/** Longer than the compiler of torch.compile should take for one model. */
const PATIENCE = 60_000;

/** A running interpreter that answers one line with another. */
class Python {
  private waiting: ((line: string | null) => void) | null = null;
  private readonly lines: string[] = [];
  private ended = false;
  private readonly child;

  constructor(command: string, script: string) {
    this.child = spawn(command, [script], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, OMP_NUM_THREADS: '2' },
    });
    const end = () => {
      this.ended = true;
      this.waiting?.(null);
    };
    this.child.on('error', end).on('close', end);
    this.child.stdin.on('error', end);
    createInterface(this.child.stdout).on('line', (line) => {
      if (this.waiting) this.waiting(line);
      else this.lines.push(line);
    });
  }

  /** The next line, or null where none comes within the time. */
  read(limit: number): Promise<string | null> {
    const line = this.lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      const done = (text: string | null) => {
        clearTimeout(timer);
        this.waiting = null;
        resolve(text);
      };
      const timer = setTimeout(() => done(null), limit);
      this.waiting = done;
    });
  }

  ask(request: object, limit: number): Promise<string | null> {
    if (!this.ended) this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.read(limit);
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}

interface Case {
  readonly model: Exclude<ModelId, 'TA'>;
  readonly batch: number;
  readonly threads: 1 | 2;
  readonly compiled: boolean;
}

const CASES: readonly Case[] = (['SB', 'MMoE', 'PLE'] as const).flatMap((model) => [
  ...[512, 2048].flatMap((batch) =>
    ([1, 2] as const).map((threads) => ({ model, batch, threads, compiled: false })),
  ),
  // Compiled for one size only: it takes up to a minute a size and thread count.
  { model, batch: 512, threads: 1, compiled: true },
]);

const nameOf = ({ model, batch, threads, compiled }: Case) =>
  `${model}, batch ${batch}, ${threads === 1 ? 'one thread' : 'two threads'}${compiled ? ', torch.compile' : ''}`;

/**
 * Our fast step and PyTorch's in turns.
 * @param python the interpreter; @param script reference/bench_torch.py
 * @returns null where there is no Python with torch
 * @throws Error where the two models have different numbers of parameters
 */
export async function benchTorch(
  python: string,
  script: string,
  rounds: number,
  slice: number,
): Promise<TorchReport | null> {
  setFastKernels(true);
  let server = new Python(python, script);
  const first = await server.read(PATIENCE);
  if (first === null) return null;
  const { torch: version } = greeting.parse(JSON.parse(first));
  const results: TorchResult[] = [];
  const missing: string[] = [];
  for (const each of CASES) {
    const outcome = await one(server, each, rounds, slice);
    if (typeof outcome !== 'string') {
      results.push(outcome);
      continue;
    }
    missing.push(`${nameOf(each)}: ${outcome}`);
    // It may still be at it.
    server.close();
    server = new Python(python, script);
    await server.read(PATIENCE);
  }
  server.close();
  return { version, results, missing };
}

/** @returns the result, or why there is none */
async function one(server: Python, each: Case, rounds: number, slice: number): Promise<TorchResult | string> {
  const { model, batch, threads, compiled } = each;
  const data = benchData(batch + 1024);
  const pipeline = MODELS[model].pipeline(batch);
  const session = onOneBatch(new Session(pipeline, data), new Batcher(data, pipeline, batch, 1).training(0));
  const now = threads === 1 ? clock : () => performance.now();
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = -1; round < rounds; round++) {
      let steps = 0;
      const start = now();
      do {
        await session.trainStep();
        await session.readFrame();
        steps++;
      } while (now() - start < slice);
      const mine = (now() - start) / steps;
      const line = await server.ask({ model, batch, threads, compile: compiled, ms: slice }, PATIENCE);
      if (line === null) return `no answer within ${PATIENCE / 1000} s`;
      const said: unknown = JSON.parse(line);
      const failed = failure.safeParse(said);
      if (failed.success) return failed.data.error;
      const { parameters, cpu, wall } = answer.parse(said);
      if (parameters !== session.model.layout.size) {
        throw new Error(
          `${model} has ${parameters} parameters in PyTorch and ${session.model.layout.size} here: they are not the same model.`,
        );
      }
      if (round < 0) continue;
      ours.push(mine);
      theirs.push(threads === 1 ? cpu : wall);
    }
  } finally {
    session.dispose();
  }
  return {
    model,
    batch,
    threads,
    compiled,
    torch: median(theirs),
    ours: median(ours),
    ratio: median(ours.map((t, i) => t / theirs[i]!)),
  };
}
