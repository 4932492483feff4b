/** Installs what Seesaw needs, when it is not there yet or the lock file has changed. Needs nothing but Node itself. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, main, npm, PlainError, ROOT } from './shell.mjs';

const OLDEST_NODE = [20, 19];

/** One sentence where this Node is too old, else null. `version` is like "20.19.0". */
export function nodeProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  const [needMajor, needMinor] = OLDEST_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return null;
  return `Seesaw needs Node ${needMajor}.${needMinor} or newer and this is Node ${version}: install a newer one from https://nodejs.org.`;
}

/**
 * Whether the installed packages are those of the lock file. `installed` is npm's own record of what it put in
 * node_modules. Optional packages are left out: npm leaves those of other platforms away.
 */
export function installMatches(lock, installed) {
  const there = installed?.packages ?? {};
  return Object.entries(lock.packages ?? {}).every(
    ([path, entry]) => path === '' || entry.optional || entry.link || there[path]?.version === entry.version,
  );
}

/** What to tell somebody whose `npm ci` failed, from what it printed. */
export function installFailure(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(output)) {
    return 'The packages could not be downloaded because the npm registry cannot be reached: connect to the network (or point npm to a mirror) and run this again.';
  }
  if (/ENOSPC/.test(output))
    return 'The packages could not be installed because the disk is full: free some space and run this again.';
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return 'The packages could not be installed because the folder cannot be written to: check its permissions and run this again.';
  }
  const reason = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .find((line) => line !== '' && !line.startsWith('code '));
  return `The packages could not be installed (${reason ?? 'npm ci gave no reason'}): run "npm ci" to see all of it.`;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Brings node_modules in line with the lock file; says so where that takes time. Throws a PlainError where it cannot. */
export async function ensureInstalled({ root = ROOT, install = npm, say = console.log } = {}) {
  const problem = nodeProblem(process.versions.node);
  if (problem) throw new PlainError(problem);
  const lockPath = join(root, 'package-lock.json');
  if (!existsSync(lockPath))
    throw new PlainError('package-lock.json is missing: get the whole repository again.');
  const text = readFileSync(lockPath, 'utf8');
  const hash = createHash('sha256').update(text).digest('hex');
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.seesaw-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return { installed: false };
  // Installed by hand and right: an install would only take it away from whoever is using it.
  const installed = readJson(join(modules, '.package-lock.json'));
  const done = installed !== null && installMatches(JSON.parse(text), installed);
  if (!done) {
    say('Installing packages, which takes a minute the first time …');
    const result = await install(['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      quiet: true,
    });
    if (result.code !== 0) throw new PlainError(installFailure(result.output));
  }
  writeFileSync(stamp, hash);
  return { installed: !done };
}

if (isMain(import.meta.url)) await main(() => ensureInstalled());
