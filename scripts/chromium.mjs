/** Finds a Chromium for the end-to-end tests, or gets one: the system's, Playwright's, or the distribution's. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { posix, win32 } from 'node:path';
import { isMain, main, PlainError, ROOT, run } from './shell.mjs';

/** Variables that name a browser, the first one that is set counts. */
const VARIABLES = ['CHROMIUM_PATH', 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH'];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const MINUTE = 60_000;

/** Where a platform keeps its browsers, best first. */
export function systemCandidates(platform, env) {
  if (platform === 'darwin') {
    const homes = ['', env.HOME].filter((home) => home !== undefined);
    return ['Chromium', 'Google Chrome'].flatMap((name) =>
      homes.map((home) => `${home}/Applications/${name}.app/Contents/MacOS/${name}`),
    );
  }
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    return ['Chromium\\Application\\chrome.exe', 'Google\\Chrome\\Application\\chrome.exe'].flatMap((app) =>
      roots.map((root) => win32.join(root, app)),
    );
  }
  const folders = [...(env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin'].filter(Boolean);
  const unique = [...new Set(folders)];
  return NAMES.flatMap((name) => unique.map((folder) => posix.join(folder, name)));
}

/** Whether a file is a browser that starts. Ubuntu's chromium-browser may be a script that only asks for a snap. */
function starts(path) {
  // On Windows --version opens a window instead of printing.
  if (process.platform === 'win32') return true;
  const result = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return result.status === 0 && /chrom/i.test(result.stdout);
}

/** Where Playwright keeps the Chromium it downloads, whether it has or not; null before Playwright is installed. */
function playwrightPath() {
  try {
    return createRequire(import.meta.url)('@playwright/test').chromium.executablePath();
  } catch {
    return null;
  }
}

/**
 * A Chromium that is there already: named by a variable, the system's, Playwright's; or null. Throws a PlainError where a
 * variable names what is not there, since whoever set it wants that one and no other.
 */
export function findChromium({
  env = process.env,
  platform = process.platform,
  exists = existsSync,
  works = starts,
  downloaded = playwrightPath,
} = {}) {
  for (const name of VARIABLES) {
    const path = env[name];
    if (!path) continue;
    if (exists(path)) return { path, source: name };
    throw new PlainError(`${name} names ${path}, which does not exist: correct it or unset it.`);
  }
  const system = systemCandidates(platform, env).find((path) => exists(path) && works(path));
  if (system) return { path: system, source: 'system' };
  const own = downloaded();
  return own && exists(own) && works(own) ? { path: own, source: 'playwright' } : null;
}

/** Lets Playwright download its Chromium. Behind a closed network this fails, hence the limits. */
function downloadByPlaywright() {
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' };
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  return run(process.execPath, [cli, 'install', 'chromium'], {
    cwd: ROOT,
    env,
    quiet: true,
    limit: 5 * MINUTE,
  });
}

/** Lets Debian or Ubuntu install theirs. */
async function installByApt() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, quiet: true, limit: 10 * MINUTE };
  const update = await run('apt-get', ['update'], options);
  if (update.code !== 0) return update;
  return run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
}

/** Whether the distribution's package manager may be asked. */
function mayUseApt() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** A Chromium, got from somewhere if there is none. Throws a PlainError with what to do where that fails. */
export async function ensureChromium({
  find = findChromium,
  download = downloadByPlaywright,
  apt = mayUseApt() ? installByApt : null,
  say = console.log,
} = {}) {
  const found = find();
  if (found) return found;
  say('No Chromium found: downloading the one of Playwright …');
  await download();
  const own = find();
  if (own) return own;
  if (apt) {
    say('That did not work: installing the one of the system …');
    await apt();
    const system = find();
    if (system) return system;
  }
  throw new PlainError(
    'There is no Chromium and none could be installed: install Chromium or Chrome, or set CHROMIUM_PATH to one.',
  );
}

if (isMain(import.meta.url)) {
  await main(async () => {
    console.log((await ensureChromium({ say: console.error })).path);
  });
}
