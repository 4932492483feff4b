/** A study: models × worlds × seeds, as one JSON file, and the pipeline of each of its cells. */
import { z } from 'zod';
import { defaultPipeline } from '../pipeline/defaults';
import { describeIssue, firstIssue } from '../pipeline/issues';
import { parsePipeline } from '../pipeline/parse';
import type { Pipeline } from '../pipeline/schema';

/** What a model changes of the pipeline that the lab opens with; blocks are replaced whole, the rest field by field. */
const changeSchema = z.strictObject({
  input: z.array(z.unknown()).optional(),
  bottom: z.unknown().optional(),
  towers: z.unknown().optional(),
  top: z.unknown().optional(),
  balancer: z.unknown().optional(),
  /** By task id: fields to set, e.g. `{"conversion": {"lossWeight": 10}}`; or the whole list of tasks. */
  tasks: z
    .union([
      z.record(z.string(), z.record(z.string(), z.unknown())),
      z.array(z.record(z.string(), z.unknown())),
    ])
    .optional(),
  training: z.record(z.string(), z.unknown()).optional(),
});

const figureSchema = z.strictObject({
  world: z.string(),
  model: z.string(),
  /** Output space: `click`, `conversion`, `conversion|click` … */
  space: z.string(),
  /** Mean AUC, or with `against` the mean difference to the baseline. */
  value: z.number(),
  /** Standard error of that mean. */
  se: z.number().min(0),
  against: z.boolean().default(false),
});

const studySchema = z.strictObject({
  title: z.string().min(1).max(200),
  seeds: z.array(z.number().int().min(0)).min(1).max(100),
  /** By name: where the rows come from, as for `--data`. A simulated world is drawn anew for every seed. */
  worlds: z.record(z.string(), z.string()),
  /** Changes that all models share. */
  base: changeSchema.default({}),
  models: z.record(
    z.string(),
    changeSchema.extend({
      /** The worlds it is trained on; left out: all. */
      worlds: z.array(z.string()).optional(),
    }),
  ),
  /** The model that the others are compared with, seed by seed. */
  baseline: z.string(),
  /** Figures published elsewhere, to hold these against. */
  reference: z.strictObject({ source: z.string(), figures: z.array(figureSchema) }).optional(),
});

export type Study = z.infer<typeof studySchema>;
export type ReferenceFigure = z.infer<typeof figureSchema>;
type Change = z.infer<typeof changeSchema>;

/** One training run of a study. */
export interface Cell {
  readonly world: string;
  readonly model: string;
  readonly seed: number;
}

export type ParsedStudy =
  | { readonly ok: true; readonly study: Study }
  | { readonly ok: false; readonly message: string };

/** Checks a study file: its form, the names it refers to, and every model's pipeline. `message` is one sentence. */
export function parseStudy(value: unknown): ParsedStudy {
  const parsed = studySchema.safeParse(value);
  if (!parsed.success) {
    const { message } = describeIssue(firstIssue(parsed.error.issues), value, 'The study');
    return { ok: false, message };
  }
  const study = parsed.data;
  const unknown = (kind: string, name: string, known: object) =>
    ({
      ok: false,
      message: `The study names a ${kind} "${name}" that it does not have: it has ${Object.keys(known).join(', ')}.`,
    }) as const;
  if (!Object.hasOwn(study.models, study.baseline)) return unknown('model', study.baseline, study.models);
  for (const [name, model] of Object.entries(study.models)) {
    for (const world of model.worlds ?? []) {
      if (!Object.hasOwn(study.worlds, world)) return unknown('world', world, study.worlds);
    }
    const pipeline = tryPipeline(study, name, study.seeds[0]!);
    if (!pipeline.ok) return { ok: false, message: `Model "${name}": ${pipeline.message}` };
  }
  for (const { world, model } of study.reference?.figures ?? []) {
    if (!Object.hasOwn(study.worlds, world)) return unknown('world', world, study.worlds);
    if (!Object.hasOwn(study.models, model)) return unknown('model', model, study.models);
  }
  return { ok: true, study };
}

/** The runs of a study, those of one world and seed side by side: its rows are made once for all models. */
export function cellsOf({ worlds, seeds, models }: Study): Cell[] {
  return Object.keys(worlds).flatMap((world) =>
    seeds.flatMap((seed) =>
      Object.entries(models)
        .filter(([, model]) => model.worlds?.includes(world) ?? true)
        .map(([model]) => ({ world, model, seed })),
    ),
  );
}

/** The pipeline of a cell; the seed is that of initial weights, order of rows and dropout. */
export function pipelineOf(study: Study, model: string, seed: number): Pipeline {
  const parsed = tryPipeline(study, model, seed);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.pipeline;
}

function tryPipeline(study: Study, model: string, seed: number) {
  const { worlds: _, ...change } = study.models[model]!;
  const changed = apply(apply(defaultPipeline(), study.base), change);
  return parsePipeline({ ...changed, training: { ...(changed.training as object), seed } });
}

type Loose = Record<string, unknown>;

function apply(pipeline: Loose, { tasks, training, ...blocks }: Change): Loose {
  const given = Object.fromEntries(Object.entries(blocks).filter(([, block]) => block !== undefined));
  return {
    ...pipeline,
    ...given,
    training: { ...(pipeline.training as Loose), ...training },
    tasks: Array.isArray(tasks) ? tasks : withFields(pipeline.tasks as readonly Loose[], tasks ?? {}),
  };
}

/** The tasks with fields set by id. One that is not there is handed on for the schema to refuse. */
function withFields(known: readonly Loose[], fields: Readonly<Record<string, Loose>>): Loose[] {
  const unheard = Object.keys(fields).filter((id) => !known.some((task) => task.id === id));
  return [
    ...known.map((task) => ({ ...task, ...fields[task.id as string] })),
    ...unheard.map((id) => ({ id, ...fields[id] })),
  ];
}
