/** `npm run seesaw -- <command>`: installs and builds the command line where needed, then runs it with these arguments. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceHash } from './build.mjs';
import { ensureInstalled } from './setup.mjs';
import { isMain, main, PlainError, ROOT, run } from './shell.mjs';

const BUNDLE = join('dist-cli', 'seesaw.mjs');
/** Inside dist-cli, so that it goes away with it. */
const STAMP = join('dist-cli', '.seesaw-build');

// Standard output belongs to the command: with --json it holds one object and nothing else.
const say = (text) => console.error(text);

/** Digest of all that the command line is built from. */
export function cliHash(root = ROOT) {
  const hash = createHash('sha256').update(sourceHash(root));
  const files = readdirSync(join(root, 'cli'), { recursive: true })
    .map((name) => join('cli', name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  for (const name of [...files, 'vite.cli.config.ts']) {
    const content = readFileSync(join(root, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Builds dist-cli where it is missing or its sources have changed; returns the bundle's path. Throws a PlainError. */
export async function ensureCli({ root = ROOT, build = vite } = {}) {
  const bundle = join(root, BUNDLE);
  const stamp = join(root, STAMP);
  // Taken before the build: a source that is saved meanwhile leads to another build, not to a stale program.
  const hash = cliHash(root);
  if (existsSync(bundle) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return bundle;
  say('Building the command line …');
  const result = await build(root);
  if (result.code !== 0) {
    throw new PlainError(
      `${result.output}The command line could not be built: mend what is named above and run this again.`,
    );
  }
  writeFileSync(stamp, hash);
  return bundle;
}

function vite(root) {
  const manifest = createRequire(join(root, 'package.json')).resolve('vite/package.json');
  const program = join(dirname(manifest), 'bin', 'vite.js');
  const args = [program, 'build', '--config', 'vite.cli.config.ts', '--logLevel', 'error'];
  return run(process.execPath, args, { cwd: root, quiet: true });
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await ensureInstalled({ say });
    // In this process, so that Ctrl+C and the exit code are the command's own.
    await import(pathToFileURL(await ensureCli()).href);
  });
}
