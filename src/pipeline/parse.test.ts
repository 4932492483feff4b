import { describe, expect, it } from 'vitest';
import { defaultPipeline } from './defaults';
import { type Migration, migrate } from './migrations';
import { parsePipeline } from './parse';

// biome-ignore lint/suspicious/noExplicitAny: hostile input has no type
type Loose = any;

/** The message about the default pipeline after a change. */
function complaint(change: (p: Loose) => void): string {
  const p: Loose = structuredClone(defaultPipeline());
  change(p);
  const result = parsePipeline(p);
  return result.ok ? 'accepted' : result.message;
}

describe('parsePipeline', () => {
  it('reads what it was given and fills in hyper-parameters that are left out', () => {
    expect(parsePipeline(defaultPipeline())).toEqual({ ok: true, pipeline: defaultPipeline() });
    const short: Loose = structuredClone(defaultPipeline());
    delete short.bottom.params;
    short.towers.params = { ratio: 1 };
    expect(parsePipeline(short)).toEqual({ ok: true, pipeline: defaultPipeline() });
  });

  it.each<[change: (p: Loose) => void, message: string | RegExp]>([
    [(p) => (p.training.batch = 100_000), 'training.batch is 100000: it must be at most 16384.'],
    [(p) => (p.training.batch = 2 ** 60), /^training\.batch is \d+: it must be at most 16384\.$/],
    [(p) => (p.training.batch = 0.5), 'training.batch is 0.5: it must be a whole number.'],
    [(p) => (p.training.batch = -1), 'training.batch is -1: it must be at least 1.'],
    [(p) => (p.training.batch = '64'), 'training.batch is "64": it must be a number.'],
    [(p) => (p.training.batch = null), 'training.batch is null: it must be a number.'],
    [(p) => (p.training.learningRate = Number.NaN), 'training.learningRate is NaN: it must be a number.'],
    [
      (p) => (p.training.learningRate = Number.POSITIVE_INFINITY),
      'training.learningRate is Infinity: it must be a number.',
    ],
    [(p) => delete p.training.seed, 'training.seed is missing: add a number.'],
    [(p) => (p.training.clipNorm = true), 'training.clipNorm is true: it must be a number or null.'],
    [
      (p) => (p.training.optimizer = 'lion'),
      'training.optimizer is "lion": it must be "adam", "adam-rows", "adamw" or "sgd".',
    ],
    [
      (p) => delete p.training.optimizer,
      'training.optimizer is missing: add "adam", "adam-rows", "adamw" or "sgd".',
    ],
    [
      (p) => (p.training.lr = 1),
      /^training\.lr is not known: remove it, or use one of steps, batch, optimizer, learningRate,/,
    ],
    [(p) => (p.speed = 1), /^speed is not known: remove it, or use one of version, input, bottom,/],
    [
      (p) => (p.tasks[1].weight = 1),
      'tasks.1.weight is not known: remove it, or use one of id, label, metric, parent, lossWeight, positiveWeight.',
    ],
    [(p) => (p.bottom.layers = [1]), 'bottom.layers is not known: remove it, or use one of block, params.'],
    [
      (p) => (p.input[0].params.width = 1),
      'input.0.params.width is not known: remove it, or use one of dim, country.',
    ],
    [(p) => (p.top.params.x = 1), 'top.params.x is not known: remove it, since nothing can be set there.'],
    [
      (p) => (p.bottom.block = 'nsee'),
      /^bottom\.block is "nsee", which is no block of this place: it must be .*"nse".*"shared-bottom".*\.$/,
    ],
    [(p) => delete p.bottom.block, /^bottom\.block is missing: add .*"nse"/],
    [(p) => (p.bottom = 'nse'), 'bottom is "nse": it must be an object in braces.'],
    [(p) => delete p.towers, 'towers is missing: add an object in braces.'],
    [(p) => (p.towers.params.heads = 5), /^towers\.params\.heads: Width 32 does not divide into 5 heads: /],
    [(p) => (p.towers.params.mask = 'all'), 'towers.params.mask is "all": it must be "none" or "causal".'],
    [(p) => (p.bottom.params.layers = []), 'bottom.params.layers has 0 entries: it must have at least 1.'],
    [
      (p) => (p.bottom.params.layers = [8, 8, 8, 8, 8]),
      'bottom.params.layers has 5 entries: it must have at most 4.',
    ],
    [(p) => (p.bottom.params.layers = [8, 'x']), 'bottom.params.layers.1 is "x": it must be a number.'],
    [(p) => (p.bottom.params.batchNorm = 1), 'bottom.params.batchNorm is 1: it must be true or false.'],
    [(p) => (p.tasks = []), 'tasks has 0 entries: it must have at least 1.'],
    [(p) => (p.input = []), 'input has 0 entries: it must have at least 1.'],
    [(p) => (p.tasks = {}), 'tasks is an object: it must be a list.'],
    [(p) => (p.tasks[0].label = ''), 'tasks.0.label is empty: give it at least 1 character.'],
    [(p) => (p.tasks[0].label = 'x'.repeat(25)), 'tasks.0.label has 25 characters: it must have at most 24.'],
    [(p) => (p.tasks[0].parent = 3), 'tasks.0.parent is 3: it must be a text or null.'],
    [(p) => (p.tasks[1].id = 'click'), /^tasks\.1\.id: Two tasks use the label column "click": /],
    [(p) => (p.version = '1'), 'version is "1": it must be 1.'],
    [(p) => (p.version = 0), 'version is 0: it must be 1.'],
    [(p) => delete p.version, 'version is missing: add 1.'],
    [
      (p) => (p.version = 7),
      'This was made with a newer Seesaw (pipeline version 7; this one reads up to 1): reload the page or update.',
    ],
    [(p) => (p.training.optimizer = 'x'.repeat(900)), /^.{0,120}$/],
  ])('says in one sentence what is wrong, case %#', (change, message) => {
    const said = complaint(change);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
    expect(said).not.toMatch(/invalid|expected|received|discriminator|undefined|\n/i);
  });

  it.each([
    [null, 'The pipeline is null: it must be an object in braces.'],
    [undefined, 'The pipeline is missing: add an object in braces.'],
    ['x', 'The pipeline is "x": it must be an object in braces.'],
    [[], 'The pipeline is a list: it must be an object in braces.'],
  ])('refuses %j', (value, message) => {
    expect(parsePipeline(value)).toEqual({ ok: false, message });
  });

  it('survives values nested without end and keys that reach for the prototype', () => {
    let deep: unknown = 0;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    expect(complaint((p) => (p.training.batch = deep))).toBe(
      'training.batch is a list: it must be a number.',
    );
    const hostile = JSON.parse(
      `{"__proto__":{"polluted":1},${JSON.stringify(defaultPipeline()).slice(1)}`,
    ) as unknown;
    expect(parsePipeline(hostile).ok).toBe(false);
    expect(({} as Loose).polluted).toBeUndefined();
  });
});

describe('migrate', () => {
  const table: Record<number, Migration> = {
    1: (old) => ({ ...old, version: 2, loss: old.lambda }),
    2: (old) => ({ version: 3, weight: old.loss }),
  };

  it('goes step by step to the current version', () => {
    expect(migrate({ version: 1, lambda: 4 }, table, 3)).toEqual({ version: 3, weight: 4 });
    expect(migrate({ version: 2, loss: 5 }, table, 3)).toEqual({ version: 3, weight: 5 });
    expect(migrate({ version: 3, weight: 6 }, table, 3)).toEqual({ version: 3, weight: 6 });
  });

  it('does not touch what it was given', () => {
    const stored = Object.freeze({ version: 1, lambda: 4 });
    migrate(stored, table, 3);
    expect(stored).toEqual({ version: 1, lambda: 4 });
  });

  it('stops at a newer version with what to do', () => {
    expect(() => migrate({ version: 4 }, table, 3)).toThrow(
      'made with a newer Seesaw (pipeline version 4; this one reads up to 3): reload the page or update.',
    );
  });

  it('hands back what has no version that it knows, for the schema to refuse', () => {
    for (const value of [null, 3, 'x', [], {}, { version: 'x' }, { version: 1.5 }, { version: 0 }]) {
      expect(migrate(value, table, 3)).toBe(value);
    }
    // A name of Object.prototype must not be taken for a migration.
    expect(migrate({ version: 'constructor' }, table, 3)).toEqual({ version: 'constructor' });
  });

  it('catches a migration that forgets to count up', () => {
    expect(() => migrate({ version: 1 }, { 1: (old) => ({ ...old }) }, 2)).toThrow(/must lead to 2/);
  });
});
