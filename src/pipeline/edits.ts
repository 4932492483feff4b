/** Small edits of a pipeline: each returns a new one that the schema accepts, or the findings that say why not. */
import { CATALOG, findSpec } from '../blocks/catalog';
import { choices, show } from './issues';
import { checkPipeline } from './parse';
import type { Pipeline, Task, Training } from './schema';
import { blockAt, newBlock, placeFor, slotPath, withBlock } from './slots';
import type { BlockSpec, Finding, ParamValue, Pillar } from './spec';

export type Edited = { ok: true; pipeline: Pipeline } | { ok: false; findings: readonly Finding[] };

/** Puts a block, with its own defaults, where it belongs in its pillar (placeFor); all else stays. */
export function swapBlock(p: Pipeline, pillar: Pillar, blockId: string, index = 0): Edited {
  const choice = newBlock(pillar, blockId);
  if (!choice) return refuse(unknownBlock(pillar, blockId, index));
  if (!blockAt(p, pillar, index)) return refuse(noSlot(p, index));
  return checked(withBlock(p, pillar, choice, placeFor(p, pillar, blockId, index)));
}

/** Sets one hyper-parameter of the block in a slot. */
export function setParam(p: Pipeline, pillar: Pillar, name: string, value: ParamValue, index = 0): Edited {
  const held = blockAt(p, pillar, index);
  if (!held) return refuse(noSlot(p, index));
  return checked(withBlock(p, pillar, { ...held, params: { ...held.params, [name]: value } }, index));
}

/** Gives a slot's block its defaults back. */
export function resetParams(p: Pipeline, pillar: Pillar, index = 0): Edited {
  const held = blockAt(p, pillar, index);
  return held ? swapBlock(p, pillar, held.block, index) : refuse(noSlot(p, index));
}

/** Appends an input block after those there are. */
export function addInput(p: Pipeline, blockId: string): Edited {
  const choice = newBlock('input', blockId);
  if (!choice) return refuse(unknownBlock('input', blockId, p.input.length));
  return checked({ ...p, input: [...p.input, choice] });
}

export function removeInput(p: Pipeline, index: number): Edited {
  if (!p.input[index]) return refuse(noSlot(p, index));
  return checked({ ...p, input: p.input.filter((_, i) => i !== index) });
}

/** Changes training settings, e.g. `{ steps: 300 }`. */
export function setTraining(p: Pipeline, change: Partial<Training>): Edited {
  return checked({ ...p, training: { ...p.training, ...change } });
}

/** Changes one task. A new id is carried on to the tasks whose parent it is. */
export function setTask(p: Pipeline, index: number, change: Partial<Task>): Edited {
  const task = p.tasks[index];
  if (!task) return refuse(noTask(p, index));
  const id = change.id ?? task.id;
  const tasks = p.tasks.map((t, k) => {
    if (k === index) return { ...t, ...change };
    return t.parent === task.id ? { ...t, parent: id } : t;
  });
  return checked({ ...p, tasks });
}

export function addTask(p: Pipeline, task: Task): Edited {
  return checked({ ...p, tasks: [...p.tasks, task] });
}

/** Takes a task out; its children move up to its own parent. */
export function removeTask(p: Pipeline, index: number): Edited {
  const gone = p.tasks[index];
  if (!gone) return refuse(noTask(p, index));
  const tasks = p.tasks
    .filter((_, k) => k !== index)
    .map((t) => (t.parent === gone.id ? { ...t, parent: gone.parent } : t));
  return checked({ ...p, tasks });
}

/** Moves a task one place up (−1) or down (+1). Parents stay before their children, or it is refused. */
export function moveTask(p: Pipeline, index: number, by: 1 | -1): Edited {
  const task = p.tasks[index];
  const other = p.tasks[index + by];
  if (!task || !other) return refuse(noTask(p, task ? index + by : index));
  const tasks = [...p.tasks];
  tasks[index] = other;
  tasks[index + by] = task;
  return checked({ ...p, tasks });
}

function checked(candidate: unknown): Edited {
  const result = checkPipeline(candidate);
  if (result.ok) return result;
  return refuse(...result.problems.map(({ level, where, reason }): Finding => ({ level, where, reason })));
}

function refuse(...findings: Finding[]): Edited {
  return { ok: false, findings };
}

/** What is said about a block that the pillar does not have. */
export function unknownBlock(pillar: Pillar, blockId: string, index = 0): Finding {
  const home = (Object.keys(CATALOG) as Pillar[]).find((other) => findSpec(other, blockId));
  const names = choices(CATALOG[pillar].map((spec: BlockSpec) => show(spec.id)));
  const reason = home
    ? `${findSpec(home, blockId)!.title} is ${article(home)} block and does not fit as ${article(pillar)}: the blocks of this place are ${names}.`
    : `There is no ${pillar} block ${show(blockId)}: choose ${names}.`;
  return { level: 'error', where: slotPath(pillar, index), reason };
}

function article(pillar: Pillar): string {
  return pillar === 'input' ? 'an input' : `a ${pillar}`;
}

function noSlot(p: Pipeline, index: number): Finding {
  return {
    level: 'error',
    where: `input.${index}`,
    reason: `There is no input ${index + 1}: the pipeline has ${p.input.length}.`,
  };
}

function noTask(p: Pipeline, index: number): Finding {
  return {
    level: 'error',
    where: `tasks.${index}`,
    reason: `There is no task ${index + 1}: the pipeline has ${p.tasks.length}.`,
  };
}
