/** The static checks, side by side: those that package.json calls `check:…`, each with its output in one piece. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, npm, ROOT } from './shell.mjs';

/** Names of the static checks; the unit tests, which use all cores by themselves, are no static check. */
export function checkSteps(scripts) {
  return Object.keys(scripts).filter((name) => name.startsWith('check:') && !name.startsWith('check:unit'));
}

/**
 * Runs all static checks at once and shows what each printed, in their order, the output of none amid that of another.
 * @returns the name and exit status of each
 */
export async function staticChecks({ root = ROOT, start = npm, say = console.log } = {}) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const running = checkSteps(scripts).map((name) => ({
    name,
    done: start(['run', '--silent', name], { cwd: root, quiet: true }),
  }));
  const results = [];
  for (const { name, done } of running) {
    const { code, output } = await done;
    say(`\n── ${name}\n${output.trimEnd()}`.trimEnd());
    results.push({ name, code });
  }
  return results;
}

if (isMain(import.meta.url)) {
  const failed = (await staticChecks()).filter(({ code }) => code !== 0).map(({ name }) => name);
  if (failed.length > 0) {
    console.error(`\nFailed: ${failed.join(', ')}.`);
    process.exitCode = 1;
  }
}
