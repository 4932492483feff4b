/** A pipeline as data → a model that runs: blocks chained, parameters laid out in one flat vector. It knows no block by name. */
import { findBuild } from '../blocks/builds';
import type {
  Balancer,
  Features,
  InputBlock,
  InputFlow,
  StreamBlock,
  TaskContext,
  TopOutput,
} from '../blocks/contract';
import type { DatasetSchema } from '../data/dataset';
import { Layout, type Pass, Scope, type Stream, type StreamShape, tf } from '../nn';
import { PROBABILITIES } from '../pipeline/probes';
import { blocksOf, type Pipeline } from '../pipeline/schema';
import { bothSides } from './sides';

/** One block of the graph as it stands. */
export interface AssembledBlock {
  /** Path in the pipeline and prefix of its weights. */
  readonly path: string;
  readonly title: string;
  readonly output: StreamShape;
}

export interface Model {
  readonly pipeline: Pipeline;
  readonly layout: Layout;
  readonly blocks: readonly AssembledBlock[];
  readonly tasks: readonly TaskContext[];
  readonly balancer: Balancer;
  /** Data flows through inputs, Bottom, Towers and Top. Each block's output is reported to the pass in that order. */
  forward(features: Features, pass: Pass): TopOutput;
}

/**
 * Assembles a pipeline for a data set.
 * @param schema columns of the data
 * @param baseRates of the pipeline's tasks, weighted share of positives in the training part
 * @param shifts by feature, how far it differs between markets, for blocks that divide features by it
 * @throws Error in one sentence where the data lack what a block needs
 */
export function assemble(
  pipeline: Pipeline,
  schema: DatasetSchema,
  baseRates: readonly number[],
  shifts?: () => ReadonlyMap<string, number>,
): Model {
  const layout = new Layout();
  const tasks = pipeline.tasks.map((t, k): TaskContext => {
    const parent = t.parent === null ? null : pipeline.tasks.findIndex((o) => o.id === t.parent);
    return { id: t.id, parent, baseRate: baseRates[k]! };
  });
  const blocks: AssembledBlock[] = [];
  const steps: ((x: Stream | null, features: Features, pass: Pass) => Stream)[] = [];
  let flow: InputFlow | null = null;
  let shape: StreamShape | null = null;
  let top: ((x: Stream, pass: Pass) => TopOutput) | null = null;
  let balancer: Balancer | null = null;

  const chosen = blocksOf(pipeline);
  const ownInputs = chosen.some(({ spec }) => spec.ownInputs === true);
  const apart = chosen.some(({ spec }) => spec.sides === true);
  for (const { pillar, path, choice, spec } of chosen) {
    const context = { path, params: choice.params, tasks, scope: new Scope(layout, path) };
    if (pillar === 'input') {
      const block: InputBlock = findBuild('input', choice.block)(
        { ...context, ownInputs, ...(shifts && { shifts }) },
        schema,
        flow,
      );
      flow = block;
      shape = block.output;
      steps.push((x, features, pass) => block.forward(features, x, pass));
    } else if (pillar === 'bottom' || pillar === 'tower') {
      const build = findBuild(pillar, choice.block);
      const block: StreamBlock =
        pillar === 'bottom' && apart
          ? bothSides(build, context, context.scope, flow!)
          : build(context, shape!);
      shape = block.output;
      steps.push((x, _features, pass) => block.forward(x!, pass));
    } else if (pillar === 'top') {
      const block = findBuild('top', choice.block)(context, shape!);
      shape = { groups: tasks.length, width: 1 };
      top = (x, pass) => block.forward(x, pass);
    } else {
      balancer = findBuild('balancer', choice.block)(context);
      continue;
    }
    blocks.push({ path, title: spec.title, output: shape });
  }

  return {
    pipeline,
    layout,
    blocks,
    tasks,
    balancer: balancer!,
    forward(features, pass) {
      let x: Stream | null = null;
      for (let i = 0; i < steps.length; i++) {
        x = steps[i]!(x, features, pass);
        pass.options.onOutput?.(blocks[i]!.path, x.t);
        pass.options.timer?.blockDone();
      }
      const out = top!(x!, pass);
      pass.probe('top', PROBABILITIES, () => tf.exp(out.entire.logP()), [tasks.length]);
      return out;
    },
  };
}

/** Columns of the data set that hold the pipeline's labels, in the order of its tasks. @throws Error naming the columns that exist */
export function labelColumns(pipeline: Pipeline, schema: DatasetSchema): number[] {
  return pipeline.tasks.map((task) => {
    const column = schema.tasks.findIndex((t) => t.name === task.id);
    if (column < 0) {
      const known = schema.tasks.map((t) => t.name).join(', ');
      throw new Error(
        `The data has no label column "${task.id}"; it has ${known}. Choose one of them for the task.`,
      );
    }
    return column;
  });
}
