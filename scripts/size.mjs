/** `npm run size`: how much JavaScript the built page and its trainer load, gzipped, and whether that is within the budget. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isMain, main, PlainError, ROOT } from './shell.mjs';

/** Kilobytes of 1,000 bytes, gzipped. */
export const BUDGET = { page: 300, trainer: 350 };

/** What a built script imports before it runs; `import()` is left out, since it waits until somebody asks. */
export function staticImports(code) {
  const found = code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g);
  return [...new Set([...found].map((match) => match[1]))];
}

/** Scripts that an index.html loads at once: its modules and those that it preloads. */
export function pageScripts(html) {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  return tags
    .filter((tag) => /type="module"|rel="modulepreload"/.test(tag))
    .map((tag) => /(?:src|href)="([^"]+\.js)"/.exec(tag)?.[1])
    .filter((path) => path !== undefined);
}

/** Gzipped bytes of these scripts and of all that they import. @param read path below dist → code */
export function gzipped(entries, read) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return 0;
    seen.add(path);
    const code = read(path);
    const next = staticImports(code).map((to) => posix.join(posix.dirname(path), to));
    return next.reduce((sum, to) => sum + visit(to), gzipSync(code).length);
  };
  return entries.map((path) => visit(posix.normalize(path))).reduce((a, b) => a + b, 0);
}

/** Sizes of the built page in kilobytes. @throws PlainError where it is not built */
export function measure(root = ROOT) {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'index.html')))
    throw new PlainError('The page is not built: run npm run build first.');
  const read = (path) => readFileSync(join(dist, path), 'utf8');
  const worker = readdirSync(join(dist, 'assets')).filter((name) => /^trainer\.worker-.*\.js$/.test(name));
  if (worker.length !== 1)
    throw new PlainError(`dist/assets holds ${worker.length} trainer workers instead of one: build again.`);
  return {
    page: gzipped(pageScripts(read('index.html')), read) / 1000,
    trainer: gzipped([`assets/${worker[0]}`], read) / 1000,
  };
}

const NAMES = { page: 'JavaScript before the first paint', trainer: 'The trainer’s worker' };

/** @throws PlainError naming the first that is over its budget */
export function check(sizes, budget = BUDGET) {
  for (const [part, most] of Object.entries(budget)) {
    if (sizes[part] > most) {
      throw new PlainError(
        `${NAMES[part]} has ${sizes[part].toFixed(0)} kB gzipped, and ${most} are allowed: load what the first screen does not need later, by import().`,
      );
    }
  }
}

/** Prints the sizes and holds them against the budget. */
export function sizeBudget(root = ROOT) {
  const sizes = measure(root);
  for (const [part, most] of Object.entries(BUDGET)) {
    console.log(`${NAMES[part]}: ${sizes[part].toFixed(0)} of ${most} kB gzipped.`);
  }
  check(sizes);
}

if (isMain(import.meta.url)) await main(async () => sizeBudget());
