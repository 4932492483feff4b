import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkSteps, staticChecks } from './checks.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seesaw-checks-'));
  const scripts = { check: '', 'check:format': '', build: '', 'check:types': '', 'check:unit': '' };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts }));
});
afterEach(() => rmSync(root, { recursive: true }));

it('takes every static check, and the unit tests for none of them', () => {
  expect(checkSteps({ check: '', 'check:types': '', build: '', 'check:unit': '', 'check:new': '' })).toEqual([
    'check:types',
    'check:new',
  ]);
});

it('runs them side by side, in one piece each, and tells every failure', async () => {
  const said = [];
  const started = [];
  const ends = {};
  const start = (args) => {
    started.push(args.at(-1));
    return new Promise((resolve) => {
      ends[args.at(-1)] = resolve;
    });
  };
  const coming = staticChecks({ root, start, say: (line) => said.push(line) });
  expect(started).toEqual(['check:format', 'check:types']);
  // The one that ends first waits until those before it have been shown.
  ends['check:types']({ code: 2, output: 'a.ts: wrong\n' });
  await Promise.resolve();
  expect(said).toEqual([]);
  ends['check:format']({ code: 0, output: '' });
  expect(await coming).toEqual([
    { name: 'check:format', code: 0 },
    { name: 'check:types', code: 2 },
  ]);
  expect(said).toEqual(['\n── check:format', '\n── check:types\na.ts: wrong']);
});
