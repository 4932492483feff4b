/** Random valid pipelines for property tests: every block of the catalog, every hyper-parameter in range, trees of tasks. */
import fc from 'fast-check';
import { CATALOG } from '../blocks/catalog';
import { type BlockChoice, PIPELINE_VERSION, type Pipeline, pipelineSchema, type Task } from './schema';
import type { BlockSpec, HyperParam, ParamValue, Pillar } from './spec';

function real(min: number, max: number): fc.Arbitrary<number> {
  // JSON knows no −0, so neither does a stored pipeline.
  return fc.double({ min, max, noNaN: true }).map((x) => x + 0);
}

function param(p: HyperParam): fc.Arbitrary<ParamValue> {
  switch (p.kind) {
    case 'int':
      return fc.integer({ min: p.min, max: p.max });
    case 'real':
      return real(p.min, p.max);
    case 'widths':
      return fc.array(fc.integer({ min: p.min, max: p.max }), { minLength: 1, maxLength: p.maxLayers });
    case 'choice':
      return fc.constantFrom(...p.options.map((o) => o.value));
    case 'flag':
      return fc.boolean();
  }
}

function block(pillar: Pillar, among: (spec: BlockSpec) => boolean = () => true): fc.Arbitrary<BlockChoice> {
  const specs = (CATALOG[pillar] as readonly BlockSpec[]).filter(among);
  return fc.oneof(
    ...specs.map((spec) => {
      const params = Object.fromEntries(Object.entries(spec.params).map(([name, p]) => [name, param(p)]));
      return fc.record({ block: fc.constant(spec.id), params: fc.record(params, { noNullPrototype: true }) });
    }),
  ) as fc.Arbitrary<BlockChoice>;
}

function text(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', minLength: 1, maxLength }).filter((s) => s.length <= maxLength);
}

/** A tree of 1 to 5 tasks, parents first, names in any script. */
export const tasksArbitrary: fc.Arbitrary<Task[]> = fc
  .uniqueArray(
    fc.record({
      id: text(40),
      label: text(24),
      metric: text(16),
      parentSeed: fc.nat(),
      lossWeight: real(0, 1000),
      positiveWeight: real(0.01, 1000),
    }),
    { minLength: 1, maxLength: 5, selector: (t) => t.id },
  )
  .map((drafts) =>
    drafts.map(({ parentSeed, ...task }, k): Task => {
      // 0 is "no parent", 1…k one of the tasks before it.
      const parent = parentSeed % (k + 1);
      return { ...task, parent: parent === 0 ? null : drafts[parent - 1]!.id };
    }),
  );

export const pipelineArbitrary: fc.Arbitrary<Pipeline> = fc
  .record({
    version: fc.constant(PIPELINE_VERSION),
    // One block reads the columns, the others refine what it hands on.
    input: fc
      .tuple(
        block('input', (spec) => !spec.refines),
        fc.array(
          block('input', (spec) => spec.refines === true),
          { maxLength: 3 },
        ),
      )
      .map(([first, rest]) => [first, ...rest]),
    bottom: block('bottom'),
    towers: block('tower'),
    top: block('top'),
    balancer: block('balancer'),
    tasks: tasksArbitrary,
    training: fc.record({
      steps: fc.integer({ min: 1, max: 200_000 }),
      batch: fc.integer({ min: 1, max: 16_384 }),
      optimizer: fc.constantFrom('adam', 'adam-rows', 'adamw', 'sgd'),
      learningRate: real(1e-6, 1),
      decay: fc.constantFrom('none', 'linear', 'cosine'),
      finalRate: real(0, 1),
      weightDecay: real(0, 1),
      clipNorm: fc.option(real(1e-3, 1e6)),
      labelNoise: fc.oneof(fc.constant(0), real(0, 1)),
      evaluateEvery: fc.integer({ min: 1, max: 200_000 }),
      seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    }),
  })
  // Rules between hyper-parameters, such as heads that divide the width, are the blocks' own: keep what they accept.
  .filter((p) => pipelineSchema.safeParse(p).success) as fc.Arbitrary<Pipeline>;
