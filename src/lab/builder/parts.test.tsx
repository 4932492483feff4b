// @vitest-environment jsdom
/** Every part that a symbol names is there to light up, for every block of the catalog, and every drawn probe has its symbol. */
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { CATALOG } from '../../blocks/catalog';
import { defaultPipeline } from '../../pipeline/defaults';
import { PROBABILITIES } from '../../pipeline/probes';
import type { Pipeline } from '../../pipeline/schema';
import { newBlock, slotPath, withBlock } from '../../pipeline/slots';
import type { BlockSpec, Part } from '../../pipeline/spec';
import { addressOf, nameParts, pointAtPart, useParts } from '../../state/parts';
import { usePipeline, useUi } from '../../state/stores';
import { Inspector } from '../inspector/Inspector';
import { Cards } from './Pipeline';
import { layOut } from './places';

const ALL: readonly BlockSpec[] = Object.values(CATALOG).flat();

/** The default pipeline with a block in its place: three tasks in a line, so that links have somewhere to go. */
function pipelineOf(spec: BlockSpec): { pipeline: Pipeline; path: string } {
  const base = defaultPipeline();
  const [click, purchase] = base.tasks;
  const action = { ...purchase!, id: 'action', label: 'action', parent: click!.id };
  const tasks = [click!, action, { ...purchase!, parent: 'action' }];
  const index = spec.refines ? base.input.length : 0;
  const choice = newBlock(spec.pillar, spec.id)!;
  return {
    pipeline: { ...withBlock(base, spec.pillar, choice, index), tasks },
    path: slotPath(spec.pillar, index),
  };
}

/** The page with a block selected. */
function show(spec: BlockSpec) {
  const { pipeline, path } = pipelineOf(spec);
  usePipeline.setState({ pipeline });
  useUi.setState({ selected: spec.pillar === 'balancer' ? 'loss' : path });
  const page = render(
    <>
      <Cards layout={layOut(1100, 400, pipeline.tasks.length)} />
      <Inspector />
    </>,
  ).container;
  const addresses = [...page.querySelectorAll<HTMLElement>('[data-part]')].flatMap((part) =>
    part.dataset.part!.split('|'),
  );
  return { page, path, addresses: new Set(addresses) };
}

const partsOf = (spec: BlockSpec): Part[] => [
  ...new Set(spec.symbols.flatMap(([, , ...parts]) => parts as Part[])),
];

afterEach(() => {
  cleanup();
  nameParts([]);
  pointAtPart(null);
});

describe.each(ALL.map((spec) => [`${spec.pillar}/${spec.id}`, spec] as const))('%s', (_name, spec) => {
  it('names only what it declares', () => {
    const probes = [...Object.keys(spec.probes), ...(spec.pillar === 'top' ? [PROBABILITIES] : [])];
    for (const part of partsOf(spec)) {
      const [kind, name] = part.split('.');
      if (kind === 'knob') expect(Object.keys(spec.params)).toContain(name);
      if (kind === 'probe') expect(probes).toContain(name);
    }
  });

  it('names its input, its output and every probe that is drawn, and all of them are on the page', () => {
    const { path, addresses } = show(spec);
    const named = partsOf(spec);
    expect(named).toEqual(
      expect.arrayContaining(spec.pillar === 'balancer' ? ['loss', 'weight'] : ['in', 'out']),
    );
    for (const part of named) expect([...addresses]).toContain(addressOf(path, part));
    const drawn = [...addresses].filter((address) => address.startsWith(`${path} probe.`));
    expect(named.map((part) => addressOf(path, part))).toEqual(expect.arrayContaining(drawn));
  });
});

it('lights what a symbol stands for, by its class, and nothing else', () => {
  const { page } = show(ALL.find((s) => s.id === 'task-attention')!);
  const lit = () => [...page.querySelectorAll<HTMLElement>('.lit')].map((part) => part.dataset.part);
  expect(lit()).toEqual([]);
  act(() => nameParts(['towers probe.attention', 'towers knob.heads']));
  expect(lit()).toEqual(['towers probe.attention', 'towers knob.heads']);
  act(() => nameParts(['towers in']));
  expect(lit()).toEqual(['bottom out|towers in']);
  act(() => nameParts([]));
  expect(lit()).toEqual([]);
});

it('tells of the part that is pointed at once, however often the pointer moves in it', () => {
  let told = 0;
  const end = useParts.subscribe(() => told++);
  for (let i = 0; i < 3; i++) pointAtPart('bottom out|towers in');
  expect(useParts.getState().pointed).toEqual(['bottom out', 'towers in']);
  pointAtPart(null);
  pointAtPart(null);
  expect(told).toBe(2);
  end();
});
