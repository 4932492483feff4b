/** The pipeline: one object that is share link, run file, page state and command-line input, and the schema that guards it. */
import { z } from 'zod';
import { CATALOG, findSpec } from '../blocks/catalog';
import type { BlockSpec, Finding, HyperParam, ParamValue, Pillar } from './spec';
import { defaultParams } from './spec';
import { taskFindings } from './tasks';

/** Version of the stored form; a change of meaning adds a migration (migrations.ts). */
export const PIPELINE_VERSION = 1;

export const MAX_TASKS = 8;

function paramSchema(p: HyperParam): z.ZodType<ParamValue> {
  switch (p.kind) {
    case 'int':
      return z.number().int().min(p.min).max(p.max);
    case 'real':
      return z.number().min(p.min).max(p.max);
    case 'widths':
      return z.array(z.number().int().min(p.min).max(p.max)).min(1).max(p.maxLayers);
    case 'choice':
      return z.enum(p.options.map((o) => o.value) as [string, ...string[]]);
    case 'flag':
      return z.boolean();
  }
}

/** Parses one block's hyper-parameters: strict names, ranges, defaults for what is left out. */
function paramsSchema(spec: BlockSpec) {
  const shape: Record<string, z.ZodType> = {};
  const defaults = defaultParams(spec);
  for (const [name, p] of Object.entries(spec.params)) shape[name] = paramSchema(p).default(defaults[name]!);
  return z.strictObject(shape);
}

export interface BlockChoice {
  block: string;
  params: Record<string, ParamValue>;
}

/** A slot takes any block of its pillar; an unknown name is refused with the names that exist. */
function slot(pillar: Pillar): z.ZodType<BlockChoice> {
  const variants = CATALOG[pillar].map((spec: BlockSpec) =>
    z.strictObject({
      block: z.literal(spec.id),
      params: paramsSchema(spec).prefault({}),
    }),
  );
  return z.discriminatedUnion('block', variants as never) as unknown as z.ZodType<BlockChoice>;
}

const taskSchema = z.strictObject({
  /** Column of the data set that holds the label. */
  id: z.string().min(1).max(40),
  /** Name on the page, e.g. "click". */
  label: z.string().min(1).max(24),
  /** Name of the entire-space prediction, e.g. "CTR", "CTCVR". */
  metric: z.string().min(1).max(16),
  /** Id of the event that must come before, or null. */
  parent: z.string().nullable(),
  /** λ_k, the weight of this task's loss. */
  lossWeight: z.number().min(0).max(1000),
  /** w in −(w·y·log p + (1−y)·log(1−p)). Anything but 1 shifts calibration. */
  positiveWeight: z.number().min(0.01).max(1000),
});

const trainingSchema = z.strictObject({
  steps: z.number().int().min(1).max(200_000),
  batch: z.number().int().min(1).max(16_384),
  optimizer: z.enum(['adam', 'adam-rows', 'adamw', 'sgd']),
  learningRate: z.number().min(1e-6).max(1),
  /** How the learning rate falls from its value to `finalRate` of it over the steps. */
  decay: z.enum(['none', 'linear', 'cosine']),
  finalRate: z.number().min(0).max(1),
  /** Decoupled (AdamW) or L2 added to the gradient (Adam, SGD). */
  weightDecay: z.number().min(0).max(1),
  /** Largest global norm of a step's gradient, or null for no clipping. */
  clipNorm: z.number().min(1e-3).max(1e6).nullable(),
  /** Share of training rows whose labels (and weight) are those of another row: noise that a model must bear. */
  labelNoise: z.number().min(0).max(1).default(0),
  /** Steps between two evaluations of the validation part. */
  evaluateEvery: z.number().int().min(1).max(200_000),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
});

const base = z.strictObject({
  version: z.literal(PIPELINE_VERSION),
  input: z.array(slot('input')).min(1).max(4),
  bottom: slot('bottom'),
  towers: slot('tower'),
  top: slot('top'),
  balancer: slot('balancer'),
  tasks: z.array(taskSchema).min(1).max(MAX_TASKS),
  training: trainingSchema,
});

/** The fields of a task and of the training settings, for messages that name them. */
export const TASK_FIELDS = Object.keys(taskSchema.shape);
export const TRAINING_FIELDS = Object.keys(trainingSchema.shape);
export const PIPELINE_FIELDS = Object.keys(base.shape);

export type Task = z.infer<typeof taskSchema>;
export type Training = z.infer<typeof trainingSchema>;
export type Pipeline = z.infer<typeof base>;

/** Parses a pipeline of the current version: unknown keys, ranges, block rules and the task tree are all checked. */
export const pipelineSchema = base.superRefine((p, ctx) => {
  // zod runs this although a length or range is wrong; the rules below rest on sound values (an empty input list has no block).
  if (ctx.issues.length > 0) return;
  for (const finding of [...taskFindings(p.tasks), ...blockFindings(p)]) {
    if (finding.level === 'error') {
      ctx.addIssue({ code: 'custom', path: pathOf(finding.where), message: finding.reason });
    }
  }
});

/** `tasks.1.parent` as zod and a walk down the object want it: numbers for the places in lists. */
function pathOf(where: string): (string | number)[] {
  return where.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** The blocks of a pipeline with their place, in the order in which data flows. */
export function blocksOf(
  p: Pipeline,
): { pillar: Pillar; path: string; choice: BlockChoice; spec: BlockSpec }[] {
  const at = (pillar: Pillar, path: string, choice: BlockChoice) => ({
    pillar,
    path,
    choice,
    spec: findSpec(pillar, choice.block)!,
  });
  return [
    ...p.input.map((choice, i) => at('input', `input.${i}`, choice)),
    at('bottom', 'bottom', p.bottom),
    at('tower', 'towers', p.towers),
    at('top', 'top', p.top),
    at('balancer', 'balancer', p.balancer),
  ];
}

/** Inputs are a chain: one block reads the columns of the data, those after it change what it hands on. */
function orderFindings(path: string, { pillar, title, refines }: BlockSpec): Finding[] {
  if (pillar !== 'input') return [];
  const first = path === 'input.0';
  if (first === (refines !== true)) return [];
  const reason = first
    ? `${title} changes what another input block hands on and cannot come first: put Embedding before it.`
    : `${title} reads the columns of the data and would drop what the input blocks before it made: put it first, or take it out.`;
  return [{ level: 'error', where: path, reason }];
}

/** What the blocks' own rules say about this pipeline. */
export function blockFindings(p: Pipeline) {
  const blocks = {
    input: p.input[0]!.block,
    bottom: p.bottom.block,
    tower: p.towers.block,
    top: p.top.block,
    balancer: p.balancer.block,
  };
  return blocksOf(p).flatMap(({ choice, spec, path }) => [
    ...orderFindings(path, spec),
    ...(spec.rules?.({ place: path, params: choice.params, blocks, tasks: p.tasks }) ?? []),
  ]);
}
