/** docs/WEIGHTS.md: the tensors of every block, found by assembling it in the default pipeline in each of its variants. */
import { CATALOG } from '../../src/blocks/catalog';
import type { Dataset } from '../../src/data';
import { assemble } from '../../src/engine/assemble';
import { blockWith, defaultPipeline } from '../../src/pipeline/defaults';
import { checkPipeline } from '../../src/pipeline/parse';
import { PRESETS } from '../../src/pipeline/presets';
import type { Pipeline } from '../../src/pipeline/schema';
import { placeFor, slotPath, withBlock } from '../../src/pipeline/slots';
import type { BlockSpec, ParamValue, Pillar } from '../../src/pipeline/spec';
import { PILLARS } from './blocks';
import { code, markdownTable } from './markdown';

type Schema = Dataset['schema'];

/** A block in one of its forms, within the default pipeline. */
interface Variant {
  /** When it has this form, e.g. "with Batch norm on"; empty for the defaults. */
  readonly when: string;
  readonly pipeline: Pipeline;
  /** It differs in a number of layers or the like, or in two switches: a third layer like the second is no news. */
  readonly counts?: boolean;
}

/** A switch or choice in another position than its default. */
interface Switched {
  readonly name: string;
  readonly when: string;
  readonly params: Readonly<Record<string, ParamValue>>;
}

interface Tensor {
  readonly name: string;
  readonly shape: string;
  readonly symbol: string;
}

/**
 * The default pipeline, or where the block asks for other tasks, the same with those of a preset that has them.
 * @throws Error where the block fits none: its tensors would be missing from the page
 */
function hostOf(pillar: Pillar, spec: BlockSpec): Pipeline {
  const lists = [defaultPipeline(), ...PRESETS.map((p) => p.pipeline)].map(({ tasks }) => tasks);
  const hosts = lists.map((tasks) => ({ ...defaultPipeline(), tasks }));
  const block = blockWith(pillar, spec.id);
  const found = hosts.find(
    (p) => checkPipeline(withBlock(p, pillar, block, placeFor(p, pillar, spec.id))).ok,
  );
  if (!found) {
    throw new Error(
      `${spec.title} fits the tasks of no preset: add a preset whose tasks it can be shown with.`,
    );
  }
  return found;
}

/** The defaults, every switch and choice by itself and two at once, fewest and more of what is counted, other neighbours. */
function variants(pillar: Pillar, spec: BlockSpec, host: Pipeline): Variant[] {
  const at = placeFor(host, pillar, spec.id);
  const base = withBlock(host, pillar, blockWith(pillar, spec.id), at);
  const withParams = (params: Readonly<Record<string, ParamValue>>) =>
    withBlock(host, pillar, blockWith(pillar, spec.id, params), at);
  const found: Variant[] = [{ when: '', pipeline: base }];
  const switches = switchesOf(spec);
  for (const { when, params } of switches) found.push({ when: `with ${when}`, pipeline: withParams(params) });
  if (pillar === 'input') {
    found.push({
      when: 'where the Bottom wants an input for each task',
      pipeline: { ...base, bottom: blockWith('bottom', 'single-task') },
    });
  }
  if (pillar === 'tower' || pillar === 'top') {
    found.push(
      {
        when: 'where the Bottom hands all tasks one vector',
        pipeline: { ...base, bottom: blockWith('bottom', 'shared-bottom') },
      },
      {
        when: 'where the Bottom hands on another width',
        pipeline: { ...base, bottom: blockWith('bottom', 'nse', { layers: [64, 24] }) },
      },
    );
  }
  const more = (when: string, params: Readonly<Record<string, ParamValue>>) =>
    found.push({ when: `with ${when}`, pipeline: withParams(params), counts: true });
  for (const [name, p] of Object.entries(spec.params)) {
    if (p.kind === 'widths') {
      const [first = p.min] = p.default;
      more(`one of ${p.label}`, { [name]: [first] });
      more(`several of ${p.label}`, { [name]: [first, first] });
    }
    if (p.kind === 'int') {
      for (const n of [p.min, p.default + 1]) if (n <= p.max) more(`${p.label} ${n}`, { [name]: n });
    }
  }
  switches.forEach((a, i) => {
    for (const b of switches.slice(i + 1)) {
      if (a.name !== b.name) more(`${a.when} and ${b.when}`, { ...a.params, ...b.params });
    }
  });
  return found.filter(({ pipeline }) => checkPipeline(pipeline).ok);
}

/** Each switch turned and each choice made otherwise than by default. */
function switchesOf(spec: BlockSpec): Switched[] {
  return Object.entries(spec.params).flatMap(([name, p]): Switched[] => {
    if (p.kind === 'flag') {
      return [{ name, when: `${p.label} ${p.default ? 'off' : 'on'}`, params: { [name]: !p.default } }];
    }
    if (p.kind !== 'choice') return [];
    return p.options
      .filter(({ value }) => value !== p.default)
      .map(({ value, label }) => ({ name, when: `${p.label} “${label}”`, params: { [name]: value } }));
  });
}

/** Parameters and running statistics of the block at a path. */
function tensorsOf(pipeline: Pipeline, path: string, schema: Schema): Tensor[] {
  const { layout } = assemble(
    pipeline,
    schema,
    // Where biases start does not matter here.
    pipeline.tasks.map(() => 0.5),
    // Which features are shifted is a matter of the data: here it is the first number.
    () => new Map([[schema.numerical[0]!, 1]]),
  );
  const own = ({ name }: { name: string }) => name.startsWith(`${path}.`);
  const shown = (shape: readonly number[]) => shape.join('×');
  return [
    ...layout.parameters
      .filter(own)
      .map(({ name, shape, symbol }) => ({ name, shape: shown(shape), symbol })),
    ...layout.buffers
      .filter(own)
      .map(({ name, shape }) => ({ name, shape: shown(shape), symbol: 'running statistic, not trained' })),
  ];
}

/** The schema of a world of five markets. */
const ofMarkets = (schema: Schema): Schema => ({
  ...schema,
  categorical: [...schema.categorical, { name: 'country', vocabulary: 5 }],
  country: 'country',
});

function blockText(pillar: Pillar, spec: BlockSpec, schema: Schema): string {
  const host = hostOf(pillar, spec);
  const path = slotPath(pillar, placeFor(host, pillar, spec.id));
  const data = spec.needs?.includes('country') ? ofMarkets(schema) : schema;
  const rows: string[][] = [];
  const known = new Set<string>();
  for (const { when, pipeline, counts } of variants(pillar, spec, host)) {
    for (const { name, shape, symbol } of tensorsOf(pipeline, path, data)) {
      // The same tensor in another size is nothing new; another orientation is.
      const key = `${name}\n${symbol}`;
      const kind = key.replace(/\d+/g, '#');
      if (known.has(counts ? kind : key)) continue;
      known.add(key).add(kind);
      rows.push([code(name), shape, symbol, when]);
    }
  }
  const body =
    rows.length === 0
      ? 'It has no weights.\n'
      : markdownTable(['Tensor', 'Shape here', 'Symbol and orientation', 'Only'], rows);
  const tasks = host.tasks.map(({ label }) => label).join(', ');
  const those =
    host.tasks.length === defaultPipeline().tasks.length ? '' : `Shapes are for the tasks ${tasks}.\n\n`;
  return `\n### ${spec.title} (${code(spec.id)})\n\n${those}${body}`;
}

export function weightsText(schema: Schema): string {
  const body = PILLARS.map(({ pillar, title }) => {
    const specs: readonly BlockSpec[] = CATALOG[pillar];
    return `\n## ${title}\n${specs.map((spec) => blockText(pillar, spec, schema)).join('')}`;
  });
  return HEAD + body.join('');
}

const HEAD = `# Weights

\`npm run seesaw -- train\` writes \`weights.safetensors\` (all that a model computes with) and \`state.safetensors\`
(the optimiser's two moments of each parameter, as \`moment1.NAME\` and \`moment2.NAME\`, and as \`balancer\` the numbers that a
balancer carries from step to step). Both are in the
[safetensors](https://huggingface.co/docs/safetensors) format: float32, little-endian, row-major.
This page is written by \`npm run docs\`; change a block's \`build.ts\` instead.

## Names

A name begins with the block's place in the pipeline: \`input.0\`, \`input.1\` …, \`bottom\`, \`towers\`, \`top\`. What follows is
the name within the block, as in the tables below. Under twin towers the Bottom is there twice, as \`bottom.user\` and \`bottom.item\`,
and the towers' networks lie in the order user's first task, user's second …, item's first …: (side, task). Balancers have no weights here: what they carry is in the run's state. Layers count from 1; tasks and heads come in
the order of the pipeline.

- A matrix is written input × output: a layer computes $\`h W + b\`$ with rows of $\`h\`$ as examples.
- Networks of several tasks that read the same input lie side by side in one matrix, task k in columns
  $\`k d \\dots (k+1)d-1\`$, counted from 0. Where each task reads its own input, the tasks are the first axis.
- Experts lie side by side in the same way: those of the first task, those of the second …, and shared ones in a tensor of their own.
  Gates number all experts in that order, the shared ones last.
- \`mean\` and \`variance\` are the running statistics of batch norm. They are no parameters, but evaluation needs them.

The file's metadata (\`__metadata__\`) says \`format\` (seesaw), \`pipeline_version\`, \`fingerprint\` (of the data) and
\`step\`. Numerical features are z-scored with the training part's mean and standard deviation and clipped to ±5 before a
model sees them.

## In Python

The Top of the default pipeline is [Identity](BLOCKS.md#identity): $\`\\ell_k = w_k^\\top t_k + c_k\`$, $\`p_k = \\sigma(\\ell_k)\`$.
With the towers' output \`t\`, one row an impression and task k's vector in columns $\`k D_t \\dots\`$:

\`\`\`python
import numpy as np
from safetensors.numpy import load_file

weights = load_file("runs/first/weights.safetensors")
w = weights["top.w"]  # [K, D_t], task × D_t
c = weights["top.c"]  # [K]
K, D_t = w.shape

def probabilities(t):  # t: [B, K·D_t]
    logits = np.einsum("bkd,kd->bk", t.reshape(-1, K, D_t), w) + c
    return 1 / (1 + np.exp(-logits))  # [B, K], entire space: P(click), P(click and purchase)
\`\`\`

With \`t\` all zero only the biases speak. Before training they are the log-odds of the base rates, so that
\`probabilities(np.zeros((1, K * D_t)))\` is near the share of impressions with each event.

## Beside the weights

\`run.json\` holds pipeline, data with fingerprint, seed, backend, versions, the curves of every step, all evaluations and the
final metrics; \`npm run seesaw -- train --pipeline runs/first/run.json --out runs/again\` trains it once more.
\`probes.json\` holds what the blocks publish, averaged over cohorts of validation rows. \`predictions.parquet\` has a row for
each validation row (all rows with \`--predict all\`):

| Column | Meaning |
| --- | --- |
| \`row_id\`, \`page\` | number of the row in its source, and the page it was shown on |
| \`split\` | \`train\` or \`validation\` |
| \`weight\` | how many impressions the row stands for where some were sampled away |
| \`label_TASK\` | 1 where the event happened on the impression |
| \`logp_TASK\`, \`p_TASK\` | the model's probability of the event on an impression, and its logarithm |
| \`logp_CHILD_given_PARENT\`, \`p_CHILD_given_PARENT\` | log p(child) − log p(parent), by which the conditional AUC ranks, and the probability, at most 1 |
| \`true_p_…\`, \`feature_weight\` | in a simulated world: the true probabilities, and how much of the population has such features |

## Tensors of each block

Shapes in the tables are those of the default pipeline, with the block in its place and its settings at their defaults, on the
simulated world.
`;
