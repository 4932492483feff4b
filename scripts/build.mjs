/** Builds the page, when it has not been built from the sources as they are now. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, PlainError, ROOT } from './shell.mjs';

/** All that the built page depends on. */
const SOURCES = [
  'src',
  'workers',
  'public',
  'index.html',
  'vite.config.ts',
  'scripts/page.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

/** Inside dist, so that it goes away with it: whoever builds or cleans by hand leaves no stale promise behind. */
const STAMP = join('dist', '.seesaw-build');

function filesOf(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesOf(root, `${path}/${name}`));
}

/** Digest of the sources' names and contents; contents, since times tell nothing after a checkout. Tests are left out. */
export function sourceHash(root = ROOT) {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((path) => filesOf(root, path))) {
    if (/\.test\.tsx?$/.test(file)) continue;
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether dist was built from these very sources. */
export function isBuilt(root = ROOT) {
  const stamp = join(root, STAMP);
  return (
    existsSync(join(root, 'dist', 'index.html')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === sourceHash(root)
  );
}

/** Builds where needed, or always with `rebuild`. Throws a PlainError where the build fails. */
export async function ensureBuilt({
  root = ROOT,
  rebuild = false,
  quiet = true,
  build = npm,
  say = console.log,
} = {}) {
  if (!rebuild && isBuilt(root)) return { built: false };
  say('Building the page …');
  // Taken before the build: a source that is saved meanwhile leads to another build, not to a stale page.
  const hash = sourceHash(root);
  const result = await build(['run', '--silent', 'build'], { cwd: root, quiet });
  if (result.code !== 0) {
    throw new PlainError(
      `${result.output}The page could not be built: mend what is named above and run this again.`,
    );
  }
  writeFileSync(join(root, STAMP), hash);
  return { built: true };
}
