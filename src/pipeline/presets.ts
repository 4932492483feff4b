/** Named pipelines to start from: those of the lessons on negative transfer and on the tug of war, and four that differ by their blocks alone. */
import { blockWith, defaultPipeline, defaultTasks } from './defaults';
import type { BlockChoice, Pipeline } from './schema';

/** The lessons that a preset belongs to. */
export type LessonId = 'negative-transfer' | 'tug-of-war' | 'sequence' | 'markets';

export interface Preset {
  /** Stable name, e.g. for a link or the command line. */
  readonly id: string;
  readonly title: string;
  /** One plain sentence: what there is to see. */
  readonly about: string;
  readonly lesson: LessonId | null;
  readonly pipeline: Pipeline;
}

/** The lesson's size: nets so small that the tasks must fight for units, and short enough for a lecture. */
function lessonSize(bottom: string, params: BlockChoice['params'] = {}): Pipeline {
  const full = defaultPipeline();
  return {
    ...full,
    bottom: blockWith('bottom', bottom, { layers: [16, 8], ...params }),
    towers: blockWith('tower', 'mlp', { layers: [16] }),
    // λ 1: at λ 10 the purchase is no longer starved, and the loss that the lesson is about all but disappears.
    tasks: defaultTasks(1),
    training: { ...full.training, steps: 300, batch: 1024, evaluateEvery: 25 },
  };
}

/** Full size; tasks and training are the default's, so that two of these differ by their blocks alone. */
function fullSize(bottom: string, towers: BlockChoice): Pipeline {
  return {
    ...defaultPipeline(),
    bottom: blockWith('bottom', bottom, { layers: [64, 32] }),
    towers,
  };
}

/**
 * One unit for both tasks. The batch is large because a purchase is rare: on 1,024 rows the gradients' own noise, which the
 * tasks share (who buys has clicked), hides that they oppose. λ 10 makes both gradients about as long.
 */
function oneUnit(): Pipeline {
  const full = defaultPipeline();
  return {
    ...full,
    bottom: blockWith('bottom', 'shared-bottom', { layers: [1] }),
    towers: blockWith('tower', 'mlp', { layers: [16] }),
    training: { ...full.training, steps: 300, batch: 2048, learningRate: 0.005, evaluateEvery: 25 },
  };
}

/** One shared net on all markets together; how it gets to know the country is all that differs. */
function ofMarkets(country: string, ...refining: BlockChoice[]): Pipeline {
  const full = defaultPipeline();
  return {
    ...full,
    input: [blockWith('input', 'embedding', { dim: 4, country }), ...refining],
    bottom: blockWith('bottom', 'shared-bottom', { layers: [32, 16] }),
    towers: blockWith('tower', 'mlp', { layers: [16] }),
    tasks: defaultTasks(1),
    training: { ...full.training, steps: 500, batch: 1024, learningRate: 0.008 },
  };
}

const mlpTowers = (): BlockChoice => blockWith('tower', 'mlp', { layers: [32, 32] });

export const PRESETS: readonly Preset[] = [
  {
    id: 'shared-bottom-lesson',
    title: 'Shared-Bottom (lesson size)',
    about:
      'One small net for both tasks: where their tastes differ, clicks take its few units and purchases lose.',
    lesson: 'negative-transfer',
    pipeline: lessonSize('shared-bottom'),
  },
  {
    id: 'separate-lesson',
    title: 'Separate nets (lesson size)',
    about: 'The same small net once for each task: the fair baseline against which sharing helps or hurts.',
    lesson: 'negative-transfer',
    pipeline: lessonSize('nse'),
  },
  {
    id: 'mmoe-lesson',
    title: 'MMoE (lesson size)',
    about:
      'Four small nets that both tasks share, and a gate for each task: where tastes differ, the gates move apart.',
    lesson: 'negative-transfer',
    pipeline: lessonSize('mmoe', { experts: 4 }),
  },
  {
    id: 'ple-lesson',
    title: 'PLE (lesson size)',
    about:
      'One small net of its own for each task beside two shared ones: each task takes from the shared what helps it.',
    lesson: 'negative-transfer',
    pipeline: lessonSize('ple', { experts: 1, shared: 2, levels: 1 }),
  },
  {
    id: 'tug-of-war',
    title: 'Tug of war (one shared unit)',
    about:
      'With the world’s tug of war at 1, click and purchase pull the one shared unit in opposite directions: neither gets its way.',
    lesson: 'tug-of-war',
    pipeline: oneUnit(),
  },
  {
    id: 'markets-none',
    title: 'Markets: country left out',
    about:
      'For the world of all markets (ALL) at country shift .7: one net that does not know the country, whose tastes average out.',
    lesson: 'markets',
    pipeline: ofMarkets('none'),
  },
  {
    id: 'markets-one-hot',
    title: 'Markets: country one-hot',
    about:
      'The same world; the country joins as five 0s and 1s, which move a net’s units but do not turn its inputs.',
    lesson: 'markets',
    pipeline: ofMarkets('one-hot'),
  },
  {
    id: 'markets-md',
    title: 'Markets: MD adaptor',
    about: 'The same world; each market turns every numerical feature up or down by a mask of its own.',
    lesson: 'markets',
    pipeline: ofMarkets('one-hot', blockWith('input', 'md', { transform: 'none' })),
  },
  {
    id: 'shared-bottom',
    title: 'Shared-Bottom',
    about: 'One net of 64 and 32 units for both tasks: wide enough that sharing costs little.',
    lesson: null,
    pipeline: fullSize('shared-bottom', mlpTowers()),
  },
  {
    id: 'separate',
    title: 'Separate nets',
    about: 'A net for each task and nothing passed between them but the embeddings.',
    lesson: 'sequence',
    pipeline: fullSize('nse', mlpTowers()),
  },
  {
    id: 'separate-task-attention',
    title: 'Separate + Task Attention',
    about: 'A net for each task, and attention by which the purchase reads what the click has learned.',
    lesson: 'sequence',
    pipeline: defaultPipeline(),
  },
  {
    id: 'shared-bottom-task-attention',
    title: 'Shared-Bottom + Task Attention',
    about: 'Attention on top of one shared net: both tokens start alike, so there is little left to pass on.',
    lesson: null,
    pipeline: fullSize(
      'shared-bottom',
      blockWith('tower', 'task-attention', defaultPipeline().towers.params),
    ),
  },
];

/** A preset by its id. */
export function findPreset(id: string): Preset | undefined {
  return PRESETS.find((preset) => preset.id === id);
}
