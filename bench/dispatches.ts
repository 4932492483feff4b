/**
 * Dispatches of a training step on WebGPU: the measure there, since encoding one costs some forty microseconds however little it computes.
 * They are counted where they are encoded, so what the backend hides counts too. A software adapter does: the number is the same.
 */
import { spawnSync } from 'node:child_process';
import { provideWebGpu } from '../cli/webgpu';
import { Batcher } from '../src/engine/batches';
import { Session } from '../src/engine/session';
import { close, fastKernels, openWebGpu, setFastKernels } from '../src/nn';
import { benchData } from './data';
import { MODEL_IDS, MODELS, type ModelId } from './models';
import { naiveModel } from './naive';

/** What one step asks of the device. */
export interface Commands {
  readonly dispatches: number;
  /** Copies and clears of buffers, which are commands too but compute nothing. */
  readonly copies: number;
}

export interface DispatchResult {
  readonly model: string;
  readonly title: string;
  /** The most dispatches that are allowed, and those that would be better still; null where nobody asked. */
  readonly target: number | null;
  readonly stretch: number | null;
  readonly fast: Commands;
  readonly plain: Commands;
  readonly naive: Commands | null;
}

/** What was counted, or in one sentence why nothing could be. */
export type DispatchReport = { readonly results: readonly DispatchResult[] } | { readonly reason: string };

/** Rows of a batch; the counts are the same for any number. */
const BATCH = 16;

/** What the models that have targets are allowed: the most dispatches, and those that would be better still. */
const TARGETS: Partial<Record<ModelId, { readonly target: number; readonly stretch: number }>> = {
  SB: { target: 55, stretch: 30 },
  MMoE: { target: 45, stretch: 32 },
  PLE: { target: 80, stretch: 63 },
};

type Method = (...args: unknown[]) => unknown;

/** Counts what is encoded while `run` runs. */
async function counted(run: () => unknown): Promise<Commands> {
  const count = { dispatches: 0, copies: 0 };
  const watch = (prototype: object, name: string, as: keyof typeof count) => {
    const methods = prototype as Record<string, Method>;
    const own = methods[name]!;
    methods[name] = function (this: unknown, ...args) {
      count[as]++;
      return own.apply(this, args);
    };
    return () => {
      methods[name] = own;
    };
  };
  const undo = [
    watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', 'dispatches'),
    watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', 'dispatches'),
    watch(GPUCommandEncoder.prototype, 'copyBufferToBuffer', 'copies'),
    watch(GPUCommandEncoder.prototype, 'clearBuffer', 'copies'),
  ];
  try {
    await run();
    return { ...count };
  } finally {
    for (const restore of undo) restore();
  }
}

/** Counts in this process, which needs an adapter. */
export async function countDispatches(): Promise<DispatchReport> {
  const none = await provideWebGpu();
  if (none) return { reason: none };
  const opened = await openWebGpu(true);
  if (!opened.ok) return { reason: `There is no adapter in Node here: ${opened.reason}.` };
  if (!fastKernels()) return { reason: 'The WebGPU programs are not used on this adapter.' };
  const data = benchData(6 * BATCH + 1024);
  const results: DispatchResult[] = [];
  for (const model of MODEL_IDS) {
    const pipeline = MODELS[model].pipeline(BATCH);
    const onTier = async (on: boolean) => {
      setFastKernels(on);
      const session = new Session(pipeline, data);
      // The first step uploads the state and compiles.
      await session.trainStep();
      await opened.backend.device!.settled();
      const commands = await counted(() => session.trainStep());
      session.dispose();
      return commands;
    };
    const [fast, plain] = [await onTier(true), await onTier(false)];
    const { layout } = new Session(pipeline, data).model;
    const flat = layout.initialParameters(1);
    const lambdas = pipeline.tasks.map((t) => t.lossWeight);
    const written = naiveModel(model, layout, flat, lambdas, pipeline.training.learningRate);
    const batch = new Batcher(data, pipeline, BATCH, 1).training(0);
    written.step(batch);
    await opened.backend.device!.settled();
    const naive = await counted(() => written.step(batch));
    written.dispose();
    const { target = null, stretch = null } = TARGETS[model] ?? {};
    console.error(`  ${model}: ${naive.dispatches} → ${plain.dispatches} → ${fast.dispatches}`);
    results.push({ model, title: MODELS[model].title, target, stretch, fast, plain, naive });
  }
  setFastKernels(true);
  const error = opened.backend.device!.error();
  close(opened.backend);
  if (error) throw new Error(`The device reported an error: ${error}`);
  return { results };
}

/** Says to a process of the bench's own program that it shall count and print, and nothing else. */
export const DISPATCHES_FLAG = '--count-dispatches';

/**
 * Counts in a process of its own, since a software adapter is found only by one that starts with it in its surroundings: those that
 * scripts/bench.mjs found (scripts/vulkan.mjs).
 */
export function countDispatchesApart(program: string): DispatchReport {
  const found = JSON.parse(process.env.SEESAW_ADAPTER ?? '{}') as Record<string, string>;
  const env = { ...process.env, ...found };
  const { stdout, status } = spawnSync(process.execPath, [program, DISPATCHES_FLAG], {
    env,
    encoding: 'utf8',
    // How far it is goes where the bench says so too.
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 24,
  });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (status !== 0 || !line)
    return { reason: 'The process that counts ended early: what it said stands above.' };
  return JSON.parse(line) as DispatchReport;
}

/** The section of docs/PERFORMANCE.md. */
export function dispatchSection(report: DispatchReport): string {
  const head = `## WebGPU: dispatches of a step

Counted where they are encoded, in one training step: *naive*, *plain* and *fast* as above, on a software adapter in Node. In parentheses the
copies and clears of buffers beside them, which are commands but compute nothing. How long a step takes on a real GPU was not measured.
`;
  if ('reason' in report) return `${head}\nNot counted: ${report.reason}\n`;
  const show = (c: Commands | null) => (c ? `${c.dispatches} (${c.copies})` : '—');
  const verdict = ({ target, stretch, fast: { dispatches } }: DispatchResult) => {
    if (target === null || stretch === null) return '';
    if (dispatches > target) return '**missed**';
    return dispatches <= stretch ? 'met, stretch too' : 'met';
  };
  const rows = report.results.map((r) => {
    const target = r.target === null ? '—' : `≤ ${r.target}, better ${r.stretch}`;
    return `| ${r.model} | ${show(r.naive)} | ${show(r.plain)} | ${show(r.fast)} | ${target} | ${verdict(r)} |`;
  });
  const titles = report.results.map((r) => `- **${r.model}**: ${r.title}`);
  return `${head}
| model | naive | plain | fast | target | |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

${titles.join('\n')}
`;
}
