/** What fits and what does not, each with its reason: shown on the page, before a block is dropped, and by the command line. */
import { findSpec } from '../blocks/catalog';
import { type Dataset, SIDES } from '../data/dataset';
import { sidesOf } from '../data/sides';
import { unknownBlock } from './edits';
import { choices } from './issues';
import { blockFindings, blocksOf, type Pipeline } from './schema';
import { blockAt, newBlock, placeFor, slotPath, withBlock } from './slots';
import type { DataNeed, Finding, Pillar } from './spec';
import { taskFindings } from './tasks';

/** What the rules ask of the data set; a data set's summary has it too. */
export type DataFacts = Pick<Dataset, 'schema' | 'trainRows'>;

/** All that is to be said about a pipeline, and about it on this data set; errors first. */
export function findings(p: Pipeline, data?: DataFacts): Finding[] {
  const all = [
    ...taskFindings(p.tasks),
    ...blockFindings(p),
    ...attentionFindings(p),
    ...lossFindings(p),
    ...trainingFindings(p),
    ...(data ? dataFindings(p, data) : []),
  ];
  return [...all.filter((f) => f.level === 'error'), ...all.filter((f) => f.level === 'warning')];
}

/**
 * What would be said if this block, with its defaults, were dropped in this place: its own findings, and those about
 * the rest that the pipeline does not have already.
 */
export function explainFit(
  p: Pipeline,
  pillar: Pillar,
  blockId: string,
  index = 0,
  data?: DataFacts,
): Finding[] {
  const choice = newBlock(pillar, blockId);
  if (!choice || !blockAt(p, pillar, index)) return [unknownBlock(pillar, blockId, index)];
  const key = (f: Finding) => `${f.where}\n${f.reason}`;
  const known = new Set(findings(p, data).map(key));
  const to = placeFor(p, pillar, blockId, index);
  const place = slotPath(pillar, to);
  const isHere = (f: Finding) => f.where === place || f.where.startsWith(`${place}.`);
  return findings(withBlock(p, pillar, choice, to), data).filter((f) => isHere(f) || !known.has(key(f)));
}

/** Bottoms that hand all tasks one vector. */
const ONE_VECTOR: readonly string[] = ['shared-bottom', 'omoe'];

/** Where attention between tasks has nothing to do, or is known not to help. */
function attentionFindings(p: Pipeline): Finding[] {
  if (p.towers.block !== 'task-attention') return [];
  if (p.tasks.length === 1) {
    return [
      warning(
        'towers',
        'Task Attention has one task here and nothing to attend to: add a task, or take MLP towers.',
      ),
    ];
  }
  const found: Finding[] = [];
  if (ONE_VECTOR.includes(p.bottom.block)) {
    found.push(
      warning(
        'towers',
        `${findSpec('bottom', p.bottom.block)?.title} hands every task the same vector, so that the tokens differ by their task embeddings alone and attention has little to pass on: take a Bottom with a vector for each task, such as Separate nets.`,
      ),
    );
  }
  p.tasks.forEach((task, k) => {
    const parent = p.tasks.find((t) => t.id === task.parent);
    if (parent && task.lossWeight > 0 && task.lossWeight <= parent.lossWeight) {
      found.push(
        warning(
          `tasks.${k}.lossWeight`,
          `Task Attention's weights serve all tokens, and the rarer ${task.label} is starved at a loss weight no larger than that of ${parent.label}: try λ ${10 * Math.max(1, parent.lossWeight)}.`,
        ),
      );
    }
  });
  return found;
}

function lossFindings(p: Pipeline): Finding[] {
  const found: Finding[] = [];
  if (p.tasks.every((t) => t.lossWeight === 0)) {
    found.push(
      error('tasks.0.lossWeight', 'All loss weights are 0, so nothing would be learned: raise one of them.'),
    );
  }
  p.tasks.forEach((task, k) => {
    if (task.lossWeight === 0 && p.tasks.some((t) => t.lossWeight > 0)) {
      found.push(
        warning(
          `tasks.${k}.lossWeight`,
          `The loss weight of ${task.label} is 0: it is reported, but nothing is learned from its labels.`,
        ),
      );
    }
    if (task.positiveWeight !== 1) {
      const off = task.positiveWeight > 1 ? 'high' : 'low';
      found.push(
        warning(
          `tasks.${k}.positiveWeight`,
          `With positives weighted ${task.positiveWeight} times, the probabilities of ${task.label} come out too ${off}: rank by them, but do not read log-loss or calibration; 1 leaves them as they are, and ${Math.abs(Math.log(task.positiveWeight)).toFixed(2)} ${task.positiveWeight > 1 ? 'less' : 'more'} on each log-odds of the event corrects them.`,
        ),
      );
    }
  });
  return found;
}

function trainingFindings(p: Pipeline): Finding[] {
  const { optimizer, learningRate, evaluateEvery, steps } = p.training;
  const found: Finding[] = [];
  if (optimizer !== 'sgd' && learningRate >= 0.1) {
    found.push(
      warning(
        'training.learningRate',
        `A learning rate of ${learningRate} with ${optimizer === 'adamw' ? 'AdamW' : 'Adam'} often diverges: 0.01 is a good start.`,
      ),
    );
  }
  if (evaluateEvery > steps) {
    found.push(
      warning(
        'training.evaluateEvery',
        `An evaluation every ${evaluateEvery} steps comes only at the end of ${steps} steps: choose fewer to see AUC while it trains.`,
      ),
    );
  }
  return found;
}

/** Why a data set does not have what a block needs; null where it has. */
const NEEDS: Readonly<Record<DataNeed, (title: string, schema: DataFacts['schema']) => string | null>> = {
  country: (title, { categorical, country }) =>
    categorical.some((c) => c.name === country)
      ? null
      : `${title} needs a country column, and this data has none: take the world of all markets (ALL), or give a column of your file the role country.`,
  sides: (title, schema) => {
    const sides = new Set(sidesOf(schema).values());
    const lacks = SIDES.filter((side) => !sides.has(side));
    return lacks.length === 0
      ? null
      : `${title} read the user’s features apart from the item’s, and this data marks none as the ${lacks.join('’s or the ')}’s: mark some in the mapping of your file, or take MLP towers.`;
  },
};

/** Codes of all columns together from which on touched rows pay: up to here the two optimisers take the same time (`npm run bench`, scaling). */
const LARGE_VOCABULARY = 100_000;

/** Labels that the data lacks, parents that the data does not bear out, batches larger than the training part. */
function dataFindings(p: Pipeline, { schema, trainRows }: DataFacts): Finding[] {
  const found: Finding[] = [];
  const codes = schema.categorical.reduce((sum, c) => sum + c.vocabulary, 0);
  if (codes > LARGE_VOCABULARY && p.training.optimizer === 'adam') {
    found.push(
      warning(
        'training.optimizer',
        `Adam goes over all ${codes.toLocaleString('en-US')} embeddings at every step, though a batch reads few of them: Adam rows costs what the batch costs, and embeddings rest between the batches that read them.`,
      ),
    );
  }
  const columns = schema.tasks.map((t) => t.name);
  p.tasks.forEach((task, k) => {
    const column = columns.indexOf(task.id);
    if (column < 0) {
      const names = columns.map((name) => `"${name}"`);
      const remedy =
        names.length === 0 ? 'it has none; open other data' : `choose ${choices(names)}, or open other data`;
      found.push(
        error(`tasks.${k}.id`, `The data has no label column "${task.id}" for ${task.label}: ${remedy}.`),
      );
      return;
    }
    if (task.parent === null || !columns.includes(task.parent)) return;
    if (!ancestors(schema, column).includes(task.parent)) {
      found.push(
        warning(
          `tasks.${k}.parent`,
          `In this data "${task.id}" may happen without "${task.parent}", so that it is no step of that funnel: choose the parent that the data states, or none.`,
        ),
      );
    }
  });
  for (const { path, spec } of blocksOf(p)) {
    for (const need of spec.needs ?? []) {
      const reason = NEEDS[need](spec.title, schema);
      if (reason) found.push(error(path, reason));
    }
  }
  if (p.training.batch > trainRows) {
    found.push(
      error(
        'training.batch',
        `A batch of ${p.training.batch} is larger than the training part, which has ${trainRows} rows: choose at most ${trainRows}.`,
      ),
    );
  }
  return found;
}

/** Names of the events that the data set says come before a column's event. */
function ancestors(schema: DataFacts['schema'], column: number): string[] {
  const names: string[] = [];
  let at = schema.tasks[column]?.parent ?? null;
  // The count bounds the walk, so that a schema whose parents run in a ring cannot hang the page.
  while (at !== null && names.length < schema.tasks.length) {
    const parent = schema.tasks[at];
    if (!parent) break;
    names.push(parent.name);
    at = parent.parent;
  }
  return names;
}

function error(where: string, reason: string): Finding {
  return { level: 'error', where, reason };
}

function warning(where: string, reason: string): Finding {
  return { level: 'warning', where, reason };
}
