/** What every spec promises: an id that is its folder, defaults inside their ranges, a build. */
import { describe, expect, it } from 'vitest';
import type { BlockSpec, Pillar } from '../pipeline/spec';
import { findBuild } from './builds';
import { CATALOG } from './catalog';

const all = (Object.entries(CATALOG) as [Pillar, readonly BlockSpec[]][]).flatMap(([pillar, specs]) =>
  specs.map((spec) => [`${pillar}/${spec.id}`, pillar, spec] as const),
);

describe.each(all)('%s', (_name, pillar, spec) => {
  it('stands in its pillar and has a build', () => {
    expect(spec.pillar).toBe(pillar);
    expect(typeof findBuild(pillar, spec.id)).toBe('function');
  });

  it('has defaults and suggestions within its own ranges', () => {
    for (const p of Object.values(spec.params)) {
      const inside = (v: number) => 'min' in p && v >= p.min && v <= p.max;
      if (p.kind === 'int' || p.kind === 'real') expect(inside(p.default)).toBe(true);
      if (p.kind === 'int') expect(p.suggested.every(inside)).toBe(true);
      if (p.kind === 'widths') {
        for (const list of [...p.suggested, p.default]) {
          expect(list.length).toBeLessThanOrEqual(p.maxLayers);
          expect(list.every(inside)).toBe(true);
        }
      }
      if (p.kind === 'choice') expect(p.options.map((o) => o.value)).toContain(p.default);
      expect(p.help && p.source && p.label).toBeTruthy();
    }
  });

  it('explains every symbol with words', () => {
    expect(spec.equations.length).toBeGreaterThan(0);
    expect(spec.symbols.every(([symbol, meaning]) => symbol && meaning)).toBe(true);
  });
});

it('refuses a block without a build with the file that is missing', () => {
  expect(() => findBuild('bottom', 'nowhere')).toThrow('src/blocks/bottoms/nowhere/build.ts is missing');
});
