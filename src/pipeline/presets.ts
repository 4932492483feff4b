/** Named pipelines to start from: those of the lessons, the papers' models, and the combinations of the study's Table 5. */
import type { SimulationRequest } from '../data/simulator/request';
import { blockWith, defaultPipeline, defaultTasks } from './defaults';
import type { BlockChoice, Pipeline, Task } from './schema';
import type { ParamValue } from './spec';

/** The lessons that a preset belongs to. */
export type LessonId = 'negative-transfer' | 'tug-of-war' | 'sequence' | 'markets';

export interface Preset {
  /** Stable name, e.g. for a link or the command line. */
  readonly id: string;
  readonly title: string;
  /** One plain sentence: what there is to see. */
  readonly about: string;
  readonly lesson: LessonId | null;
  /** What of the simulated world it needs, or is about. */
  readonly world?: Partial<Pick<SimulationRequest, 'country' | 'countryShift' | 'addToCart' | 'tension'>>;
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
function fullSize(
  bottom: string,
  towers: BlockChoice,
  top = 'identity',
  params: Readonly<Record<string, ParamValue>> = {},
): Pipeline {
  return {
    ...defaultPipeline(),
    bottom: blockWith('bottom', bottom, { layers: [64, 32], ...params }),
    towers,
    top: blockWith('top', top),
  };
}

/** Click, add to cart, purchase. */
function threeTasks(): Task[] {
  const [click, purchase] = defaultTasks();
  const cart = { id: 'cart', label: 'add to cart', metric: 'CTATC', parent: 'click', lossWeight: 3 };
  return [click!, { ...cart, positiveWeight: 1 }, { ...purchase!, parent: 'cart' }];
}

/** SEQ+MD of the study: the adaptor before the Bottom, the sequence behind it. */
function withMarkets(p: Pipeline): Pipeline {
  return { ...p, input: [...p.input, blockWith('input', 'md')], towers: blockWith('tower', 'seq') };
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

const ple = { experts: 1, shared: 2, levels: 1 };

const taskAttention = (): BlockChoice =>
  blockWith('tower', 'task-attention', defaultPipeline().towers.params);

const mlpTowers = (): BlockChoice => blockWith('tower', 'mlp', { layers: [32, 32] });

const MARKETS = { country: 'ALL', countryShift: 0.7 } as const;

const OF_LESSONS: readonly Preset[] = [
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
    world: { tension: 1 },
    pipeline: oneUnit(),
  },
  {
    id: 'markets-none',
    title: 'Markets: country left out',
    about:
      'For the world of all markets (ALL) at country shift .7: one net that does not know the country, whose tastes average out.',
    lesson: 'markets',
    world: MARKETS,
    pipeline: ofMarkets('none'),
  },
  {
    id: 'markets-one-hot',
    title: 'Markets: country one-hot',
    about:
      'The same world; the country joins as five 0s and 1s, which move a net’s units but do not turn its inputs.',
    lesson: 'markets',
    world: MARKETS,
    pipeline: ofMarkets('one-hot'),
  },
  {
    id: 'markets-md',
    title: 'Markets: MD adaptor',
    about: 'The same world; each market turns every numerical feature up or down by a mask of its own.',
    lesson: 'markets',
    world: MARKETS,
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
    pipeline: fullSize('shared-bottom', taskAttention()),
  },
];

/** A model of its own paper: its block amid the plainest others, all at full size. */
const model = (
  id: string,
  title: string,
  about: string,
  pipeline: Pipeline,
  world?: Preset['world'],
): Preset => ({ id, title, about, lesson: null, ...(world && { world }), pipeline });

const OF_PAPERS: readonly Preset[] = [
  model(
    'single-task',
    'Single task',
    'A whole model for each task, embeddings included: what every claim about sharing is measured against.',
    fullSize('single-task', mlpTowers()),
  ),
  model('omoe', 'MoE', 'Four experts and one gate for all tasks.', fullSize('omoe', mlpTowers())),
  model(
    'mmoe',
    'MMoE',
    'Four experts that all tasks share, and a gate for each.',
    fullSize('mmoe', mlpTowers()),
  ),
  model(
    'ml-mmoe',
    'ML-MMoE',
    'Experts in levels, each level’s experts gated over those below.',
    fullSize('ml-mmoe', mlpTowers()),
  ),
  model(
    'cross-stitch',
    'Cross-stitch',
    'A net for each task; behind every layer a small matrix mixes them.',
    fullSize('cross-stitch', mlpTowers()),
  ),
  model(
    'adatt',
    'AdaTT',
    'Experts of the tasks in levels; each task fuses its own and those of the others.',
    fullSize('adatt', mlpTowers()),
  ),
  model(
    'esmm',
    'ESMM',
    'Purchase on an impression is click times purchase given the click: two nets and a product.',
    fullSize('nse', mlpTowers(), 'esmm'),
  ),
  model(
    'esm2',
    'ESM²',
    'Click, add to cart, purchase: a purchase comes by way of the cart or past it.',
    { ...fullSize('nse', mlpTowers(), 'esm2'), tasks: threeTasks() },
    { addToCart: true },
  ),
  model(
    'escm2-ipw',
    'ESCM²-IPW',
    'ESMM whose conversion rate also learns on clicked rows, weighted against the selection.',
    fullSize('nse', mlpTowers(), 'escm2-ipw'),
  ),
  model(
    'escm2-dr',
    'ESCM²-DR',
    'The same, doubly robust: an imputed error stands in for rows without a click.',
    fullSize('nse', mlpTowers(), 'escm2-dr'),
  ),
  model(
    'dcmt',
    'DCMT',
    'Twin conversion rates, of rows with a click and of rows without, which must agree.',
    fullSize('nse', mlpTowers(), 'dcmt'),
  ),
  model(
    'dbmtl',
    'DBMTL',
    'The events as a Bayesian network: the purchase’s net reads the click’s.',
    fullSize('shared-bottom', mlpTowers(), 'dbmtl'),
  ),
  model(
    'resflow',
    'ResFlow',
    'The purchase adds the click’s features behind each block, and its logit at the end.',
    fullSize('nse', blockWith('tower', 'resflow'), 'logit-residual'),
  ),
  model(
    'seq',
    'SEQ',
    'The tasks as a sequence that a recurrent net reads, and probabilities that only fall.',
    fullSize('shared-bottom', blockWith('tower', 'seq'), 'dpr'),
  ),
  model(
    'seq-three',
    'SEQ on three tasks',
    'Click, add to cart and purchase read one after the other.',
    { ...fullSize('shared-bottom', blockWith('tower', 'seq'), 'dpr'), tasks: threeTasks() },
    { addToCart: true },
  ),
  model(
    'twin',
    'Twin towers',
    'User and item apart until their product scores: ResFlow’s model for pre-ranking.',
    fullSize('nse', blockWith('tower', 'twin')),
  ),
];

const OF_TABLE_5: readonly Preset[] = [
  model(
    'ple',
    'PLE + IT',
    'Experts of each task beside shared ones, independent towers, nothing on top.',
    fullSize('ple', mlpTowers(), 'identity', ple),
  ),
  model(
    'ple-aitm',
    'PLE + IT + AITM',
    'PLE, independent towers, and what the click passes on to the purchase.',
    fullSize('ple', mlpTowers(), 'aitm', ple),
  ),
  model(
    'ple-seq-md-dbmtl',
    'PLE + SEQ+MD + DBMTL',
    'The markets’ masks, PLE, the tasks as a sequence, and a network of events.',
    withMarkets(fullSize('ple', mlpTowers(), 'dbmtl', ple)),
    { country: 'ALL' },
  ),
  model(
    'ple-seq-md-aitm',
    'PLE + SEQ+MD + AITM',
    'The markets’ masks, PLE, the tasks as a sequence, and AITM on top.',
    withMarkets(fullSize('ple', mlpTowers(), 'aitm', ple)),
    { country: 'ALL' },
  ),
  model(
    'aitm',
    'AITM',
    'A net for each task; the purchase weighs its own vector against what the click passes on.',
    fullSize('nse', mlpTowers(), 'aitm'),
  ),
  model(
    'sb-ta-aitm',
    'SB + TA + AITM',
    'One shared net, Task Attention, and AITM.',
    fullSize('shared-bottom', taskAttention(), 'aitm'),
  ),
  model(
    'sb-ta-dbmtl',
    'SB + TA + DBMTL',
    'One shared net, Task Attention, and a network of events.',
    fullSize('shared-bottom', taskAttention(), 'dbmtl'),
  ),
];

/** The presets as the gallery shows them. SB + IT of Table 5 is Shared-Bottom at full size. */
export const PRESET_GROUPS: readonly { readonly title: string; readonly presets: readonly Preset[] }[] = [
  ...(
    [
      ['negative-transfer', 'Lesson: negative transfer'],
      ['tug-of-war', 'Lesson: tug of war'],
      ['sequence', 'Lesson: what the click knows'],
      ['markets', 'Lesson: markets'],
      [null, 'Sharing at full size'],
    ] as const
  ).map(([lesson, title]) => ({ title, presets: OF_LESSONS.filter((p) => p.lesson === lesson) })),
  { title: 'Models of the papers', presets: OF_PAPERS },
  { title: 'Combinations of Kutak 2025, Table 5', presets: OF_TABLE_5 },
];

export const PRESETS: readonly Preset[] = [...OF_LESSONS, ...OF_PAPERS, ...OF_TABLE_5];

/** A preset by its id. */
export function findPreset(id: string): Preset | undefined {
  return PRESETS.find((preset) => preset.id === id);
}
