/** The generated pages are those of the sources as they are now. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CATALOG } from '../../src/blocks/catalog';
import type { Case, Fixture } from '../../src/blocks/testing/cases';
import type { BlockSpec, Pillar } from '../../src/pipeline/spec';
import { generatedDocs } from './write';

it.each(['BLOCKS.md', 'WEIGHTS.md'])('docs/%s is up to date', async (name) => {
  const text = (await generatedDocs())[name];
  expect(readFileSync(`docs/${name}`, 'utf8') === text, `docs/${name} is stale: run "npm run docs".`).toBe(
    true,
  );
});

it('docs/BLOCKS.md says of each block with wires what can be cut, and what cutting leaves', () => {
  const text = readFileSync('docs/BLOCKS.md', 'utf8');
  const sections = new Map(text.split('\n### ').map((s) => [s.match(/\n`([^`]+)` ·/)?.[1], s]));
  const wired = Object.values(CATALOG).flatMap((specs: readonly BlockSpec[]) => specs.filter((s) => s.wires));
  expect(wired.map((s) => s.id)).toEqual(
    expect.arrayContaining(['mmoe', 'adatt', 'task-attention', 'dbmtl']),
  );
  for (const { id, wires } of wired) {
    for (const [name, left] of Object.entries(wires!)) {
      expect(sections.get(id)).toContain(
        `\`${name}\`. Cut: ${left.slice(0, 1).toLowerCase()}${left.slice(1)}`,
      );
    }
  }
});

/** Numbers stand for any: `layer2.W` is told by `layer1.W`. */
const kind = (name: string) => name.replace(/\d+/g, '#');

/** Tensors in a block's section of docs/WEIGHTS.md, without the block's place. */
function tensorsIn(text: string, id: string, pillar: Pillar): string[] {
  const after = text.split(`(\`${id}\`)\n`)[1]?.split('\n#')[0] ?? '';
  const place = pillar === 'tower' ? 'towers' : pillar === 'input' ? 'input\\.\\d+' : pillar;
  return [...after.matchAll(new RegExp(`^\\| \`${place}\\.([^\`]+)\``, 'gm'))].map((m) => kind(m[1]!));
}

const weighted = (['input', 'bottom', 'tower', 'top'] as const).flatMap((pillar) =>
  CATALOG[pillar].map((spec: BlockSpec) => [spec.id, pillar] as const),
);

it.each(weighted)(
  'docs/WEIGHTS.md lists the tensors of %s, all that its cases against PyTorch have',
  (id, pillar) => {
    const listed = tensorsIn(readFileSync('docs/WEIGHTS.md', 'utf8'), id, pillar);
    expect(listed.length).toBeGreaterThan(0);
    const path = `reference/fixtures/blocks/${id}.json`;
    expect(existsSync(path)).toBe(true);
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as Fixture;
    const used = new Set(cases.flatMap((c: Case) => Object.keys(c.parameters).map(kind)));
    expect([...used].filter((name) => !listed.includes(name))).toEqual([]);
  },
);
