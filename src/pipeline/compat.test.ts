import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import { type DataFacts, explainFit, findings } from './compat';
import { blockWith, defaultPipeline } from './defaults';
import { pipelineArbitrary } from './pipeline.arbitrary';
import type { Pipeline } from './schema';
import type { BlockSpec, Pillar } from './spec';

const DATA: DataFacts = {
  schema: {
    categorical: [],
    numerical: [],
    tasks: [
      { name: 'click', parent: null },
      { name: 'conversion', parent: 0 },
    ],
    group: null,
  },
  trainRows: 75_000,
};

function changed(change: (p: Pipeline) => void): Pipeline {
  const p = structuredClone(defaultPipeline());
  change(p);
  return p;
}

/** The one finding there is, as "level where: reason". */
function only(p: Pipeline, data?: DataFacts): string {
  const found = findings(p, data);
  expect(found).toHaveLength(1);
  return `${found[0]!.level} ${found[0]!.where}: ${found[0]!.reason}`;
}

describe('findings', () => {
  it('has nothing to say about the default on its own data', () => {
    expect(findings(defaultPipeline(), DATA)).toEqual([]);
  });

  it.each<[string, (p: Pipeline) => void, RegExp]>([
    [
      'one task under attention',
      (p) => p.tasks.pop(),
      /^warning towers: Task Attention has one task here and nothing to attend to/,
    ],
    [
      'attention on a shared vector',
      (p) => {
        p.bottom = blockWith('bottom', 'shared-bottom');
      },
      /^warning towers: Shared-Bottom hands every task the same vector/,
    ],
    [
      'attention on the vector of one gate',
      (p) => {
        p.bottom = blockWith('bottom', 'omoe');
      },
      /^warning towers: MoE, one gate hands every task the same vector/,
    ],
    [
      'a single-task baseline whose towers pass something on',
      (p) => {
        p.bottom = blockWith('bottom', 'single-task');
      },
      /^warning bottom: Single task is the baseline in which nothing passes between tasks/,
    ],
    [
      'PLE that shares nothing',
      (p) => {
        p.bottom = blockWith('bottom', 'ple', { shared: 0 });
      },
      /^warning bottom\.params\.shared: Without shared experts/,
    ],
    [
      'a starved token',
      (p) => {
        p.tasks[1]!.lossWeight = 1;
      },
      /^warning tasks\.1\.lossWeight: .*the rarer purchase is starved.*try λ 10\.$/,
    ],
    [
      'heads that do not divide the width',
      (p) => {
        p.towers = blockWith('tower', 'task-attention', { width: 32, heads: 5 });
      },
      /^error towers\.params\.heads: Width 32 does not divide into 5 heads/,
    ],
    [
      'a positive weight',
      (p) => {
        p.tasks[1]!.positiveWeight = 100;
      },
      /^warning tasks\.1\.positiveWeight: With positives weighted 100 times.*too high/,
    ],
    [
      'a positive weight below 1',
      (p) => {
        p.tasks[0]!.positiveWeight = 0.5;
      },
      /^warning tasks\.0\.positiveWeight: .*too low/,
    ],
    [
      'a task without loss',
      (p) => {
        p.tasks[1]!.lossWeight = 0;
      },
      /^warning tasks\.1\.lossWeight: The loss weight of purchase is 0/,
    ],
    [
      'no loss at all',
      (p) => {
        for (const t of p.tasks) t.lossWeight = 0;
      },
      /^error tasks\.0\.lossWeight: All loss weights are 0/,
    ],
    [
      'a wild learning rate',
      (p) => {
        p.training.learningRate = 0.1;
      },
      /^warning training\.learningRate: A learning rate of 0\.1 with Adam often diverges/,
    ],
    [
      'an evaluation that comes only at the end',
      (p) => {
        p.training.evaluateEvery = 501;
      },
      /^warning training\.evaluateEvery: An evaluation every 501 steps comes only at the end of 500 steps/,
    ],
    [
      'a parent that is missing',
      (p) => {
        p.tasks[1]!.parent = 'cart';
      },
      /^error tasks\.1\.parent: The parent "cart" of task "conversion" is not among the tasks/,
    ],
    [
      'a parent that comes later',
      (p) => {
        p.tasks.reverse();
      },
      /^error tasks\.0\.parent: The parent "click" of task "conversion" comes after it/,
    ],
  ])('names %s', (_, change, expected) => {
    expect(only(changed(change))).toMatch(expected);
  });

  it('leaves SGD its large learning rates', () => {
    expect(
      findings(
        changed((p) => {
          p.training.optimizer = 'sgd';
          p.training.learningRate = 0.5;
        }),
      ),
    ).toEqual([]);
  });

  it('puts errors before warnings', () => {
    const found = findings(
      changed((p) => {
        p.training.learningRate = 0.5;
        p.training.batch = 2000;
      }),
      { ...DATA, trainRows: 1000 },
    );
    expect(found.map((f) => f.level)).toEqual(['error', 'warning']);
  });
});

describe('findings on a data set', () => {
  it('names the label columns that there are', () => {
    const p = changed((q) => {
      q.tasks[1]!.id = 'buy';
    });
    expect(only(p, DATA)).toBe(
      'error tasks.1.id: The data has no label column "buy" for purchase: choose "click" or "conversion", or open other data.',
    );
    const none = { ...DATA, schema: { ...DATA.schema, tasks: [] } };
    expect(findings(defaultPipeline(), none)[0]!.reason).toMatch(/it has none; open other data\.$/);
  });

  it('suggests Adam on touched rows for a large vocabulary, to dense Adam alone', () => {
    const sized = (vocabulary: number) => ({
      ...DATA,
      schema: { ...DATA.schema, categorical: [{ name: 'item', vocabulary }] },
    });
    const reason =
      /^warning training\.optimizer: Adam goes over all 100,001 embeddings at every step, .*Adam rows/;
    expect(only(defaultPipeline(), sized(100_001))).toMatch(reason);
    expect(findings(defaultPipeline(), sized(100_000))).toEqual([]);
    const rows = changed((p) => {
      p.training.optimizer = 'adam-rows';
    });
    expect(findings(rows, sized(100_001))).toEqual([]);
  });

  it('compares the batch with the training rows', () => {
    expect(only(defaultPipeline(), { ...DATA, trainRows: 400 })).toBe(
      'error training.batch: A batch of 512 is larger than the training part, which has 400 rows: choose at most 400.',
    );
    expect(findings(defaultPipeline(), { ...DATA, trainRows: 512 })).toEqual([]);
  });

  it('warns of a funnel that the data does not state, however many steps lie between', () => {
    const tasks = [
      { name: 'click', parent: null },
      { name: 'cart', parent: 0 },
      { name: 'conversion', parent: 1 },
    ];
    expect(findings(defaultPipeline(), { ...DATA, schema: { ...DATA.schema, tasks } })).toEqual([]);
    const apart = tasks.map((t) => ({ ...t, parent: null }));
    expect(only(defaultPipeline(), { ...DATA, schema: { ...DATA.schema, tasks: apart } })).toMatch(
      /^warning tasks\.1\.parent: In this data "conversion" may happen without "click"/,
    );
  });

  it('comes back from a schema whose parents run in a ring', () => {
    const tasks = [
      { name: 'click', parent: 1 },
      { name: 'conversion', parent: 0 },
    ];
    expect(findings(defaultPipeline(), { ...DATA, schema: { ...DATA.schema, tasks } })).toEqual([]);
  });
});

describe('explainFit', () => {
  it('says what a drop would bring, before it', () => {
    expect(explainFit(defaultPipeline(), 'bottom', 'shared-bottom').map((f) => f.where)).toEqual(['towers']);
    expect(explainFit(defaultPipeline(), 'tower', 'mlp')).toEqual([]);
    expect(explainFit(defaultPipeline(), 'tower', 'nse')[0]).toMatchObject({
      level: 'error',
      where: 'towers',
    });
  });

  it('keeps quiet about what is wrong anyway', () => {
    const p = changed((q) => {
      q.training.learningRate = 0.5;
    });
    expect(explainFit(p, 'tower', 'mlp')).toEqual([]);
  });

  it('repeats what concerns the place itself', () => {
    const p = changed((q) => {
      q.bottom = blockWith('bottom', 'shared-bottom');
    });
    expect(explainFit(p, 'tower', 'task-attention').map((f) => f.where)).toEqual(['towers']);
  });

  it('answers for every block in every place of any pipeline', () => {
    const blocks = (Object.keys(CATALOG) as Pillar[]).flatMap((pillar) =>
      (CATALOG[pillar] as readonly BlockSpec[]).map((spec) => spec.id),
    );
    const pillars = fc.constantFrom(...(Object.keys(CATALOG) as Pillar[]));
    fc.assert(
      fc.property(pipelineArbitrary, pillars, fc.constantFrom(...blocks), (p, pillar, id) => {
        const fits = (CATALOG[pillar] as readonly BlockSpec[]).some((spec) => spec.id === id);
        const found = explainFit(p, pillar, id, 0, DATA);
        if (!fits) expect(found.map((f) => f.level)).toEqual(['error']);
        for (const f of found) expect(f.reason).toMatch(/^.{20,}\.$/su);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what a block needs of the data', () => {
  const md = (transform: string) =>
    changed((p) => {
      p.input.push(blockWith('input', 'md', { transform }));
    });
  const twin = (p = defaultPipeline()): Pipeline => ({ ...p, towers: blockWith('tower', 'twin') });
  const withSchema = (schema: Partial<DataFacts['schema']>): DataFacts => ({
    ...DATA,
    schema: { ...DATA.schema, ...schema },
  });
  const land = { categorical: [{ name: 'land', vocabulary: 3 }], country: 'land' };

  it('MD: a country column', () => {
    expect(only(md('mlp'), DATA)).toMatch(
      /^error input\.1: MD adaptor needs a country column, and this data has none: take the/,
    );
    expect(findings(md('mlp'), withSchema(land))).toEqual([]);
  });

  it('twin towers: features of both sides, whether stated or known by the layout', () => {
    expect(only(twin(), DATA)).toMatch(
      /^error towers: Twin towers read .* marks none as the user’s or the item’s: mark some/,
    );
    const numerical = ['age', 'price'];
    expect(only(twin(), withSchema({ numerical, sides: { age: 'user' } }))).toContain(
      'marks none as the item’s:',
    );
    expect(findings(twin(), withSchema({ numerical, sides: { age: 'user', price: 'item' } }))).toEqual([]);
    expect(findings(twin(), withSchema({ numerical: ['numerical_1', 'numerical_24'] }))).toEqual([]);
  });

  it('an order of inputs: columns are read first and refined after', () => {
    const first = changed((p) => {
      p.input = [blockWith('input', 'md')];
    });
    expect(findings(first).map((f) => f.where)).toEqual(['input.0']);
    const two = changed((p) => {
      p.input.push(blockWith('input', 'embedding'));
    });
    expect(only(two)).toMatch(/^error input\.1: Embedding reads the columns of the data and would drop/);
  });

  it('MD before twin towers: its MLP is refused, its mask alone named', () => {
    expect(only(twin(md('mlp')))).toMatch(/^error input\.1\.params\.transform: MLP_trans mixes features/);
    expect(only(twin(md('none')))).toMatch(
      /^warning input\.1\.params\.dependent: .*an index of items for each market/,
    );
  });

  it('is said before MD is dropped, where it would join', () => {
    const said = explainFit(defaultPipeline(), 'input', 'md', 0, DATA);
    expect(said.map((f) => `${f.level} ${f.where}`)).toEqual(['error input.1']);
    expect(explainFit(defaultPipeline(), 'input', 'md', 0, withSchema(land))).toEqual([]);
  });
});
