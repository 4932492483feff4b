/** The generated pages are those of the sources as they are now. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedDocs } from './write';

it.each(['BLOCKS.md', 'WEIGHTS.md'])('docs/%s is up to date', async (name) => {
  const text = (await generatedDocs())[name];
  expect(readFileSync(`docs/${name}`, 'utf8') === text, `docs/${name} is stale: run "npm run docs".`).toBe(
    true,
  );
});
