/** What differs between two pipelines, in words: for the preview of a preset and for what undo says. */
import { findSpec } from '../blocks/catalog';
import type { BlockChoice, Pipeline } from './schema';
import type { ParamValue, Pillar } from './spec';

export interface Change {
  /** e.g. "Bottom", "Bottom: Layer widths", "click: λ", "Steps". */
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

const PLACES: readonly (readonly [
  name: string,
  pillar: Pillar,
  key: 'bottom' | 'towers' | 'top' | 'balancer',
])[] = [
  ['Bottom', 'bottom', 'bottom'],
  ['Towers', 'tower', 'towers'],
  ['Top', 'top', 'top'],
  ['Balancer', 'balancer', 'balancer'],
];

const TRAINING: Readonly<Record<string, string>> = {
  steps: 'Steps',
  batch: 'Batch',
  optimizer: 'Optimizer',
  learningRate: 'Learning rate',
  decay: 'Decay',
  finalRate: 'Final rate',
  weightDecay: 'Weight decay',
  clipNorm: 'Clip norm',
  labelNoise: 'Label noise',
  evaluateEvery: 'Evaluate every',
  seed: 'Seed',
};

const shown = (value: ParamValue | null | undefined): string =>
  value === null || value === undefined
    ? 'none'
    : Array.isArray(value)
      ? value.join(', ')
      : value === true
        ? 'on'
        : value === false
          ? 'off'
          : String(value);

function blockChanges(name: string, pillar: Pillar, a: BlockChoice, b: BlockChoice): Change[] {
  if (a.block !== b.block) {
    const title = (choice: BlockChoice) => findSpec(pillar, choice.block)?.title ?? choice.block;
    return [{ what: name, from: title(a), to: title(b) }];
  }
  const spec = findSpec(pillar, a.block);
  return Object.keys(b.params)
    .filter((param) => JSON.stringify(a.params[param]) !== JSON.stringify(b.params[param]))
    .map((param) => ({
      what: `${name}: ${spec?.params[param]?.label ?? param}`,
      from: shown(a.params[param]),
      to: shown(b.params[param]),
    }));
}

function inputChanges(a: readonly BlockChoice[], b: readonly BlockChoice[]): Change[] {
  const names = (list: readonly BlockChoice[]) =>
    list.map((choice) => findSpec('input', choice.block)?.title ?? choice.block).join(' + ');
  if (names(a) !== names(b)) return [{ what: 'Input', from: names(a), to: names(b) }];
  return b.flatMap((choice, i) => blockChanges('Input', 'input', a[i]!, choice));
}

function taskChanges(a: Pipeline['tasks'], b: Pipeline['tasks']): Change[] {
  const names = (tasks: Pipeline['tasks']) => tasks.map((t) => t.label).join(', ');
  const listed = names(a) === names(b) ? [] : [{ what: 'Tasks', from: names(a), to: names(b) }];
  const parent = (tasks: Pipeline['tasks'], id: string | null) =>
    tasks.find((t) => t.id === id)?.label ?? 'none';
  return [
    ...listed,
    ...b.flatMap((task): Change[] => {
      const old = a.find((t) => t.id === task.id);
      if (!old) return [];
      const fields: [string, string, string][] = [
        ['λ', String(old.lossWeight), String(task.lossWeight)],
        ['positive weight', String(old.positiveWeight), String(task.positiveWeight)],
        ['parent', parent(a, old.parent), parent(b, task.parent)],
        ['column', old.metric, task.metric],
      ];
      return fields
        .filter(([, from, to]) => from !== to)
        .map(([field, from, to]) => ({ what: `${task.label}: ${field}`, from, to }));
    }),
  ];
}

/** Everything that another pipeline changes, in the order in which data flows; nothing where the two are the same. */
export function changesOf(a: Pipeline, b: Pipeline): Change[] {
  return [
    ...inputChanges(a.input, b.input),
    ...PLACES.flatMap(([name, pillar, key]) => blockChanges(name, pillar, a[key], b[key])),
    ...taskChanges(a.tasks, b.tasks),
    ...Object.entries(TRAINING).flatMap(([key, what]): Change[] => {
      const [from, to] = [a.training[key as 'steps'], b.training[key as 'steps']];
      return from === to ? [] : [{ what, from: shown(from), to: shown(to) }];
    }),
  ];
}
