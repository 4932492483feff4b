import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt, isBuilt, sourceHash } from './build.mjs';
import { ensureInstalled, installFailure, installMatches, nodeProblem } from './setup.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seesaw-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const LOCK = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };

describe('the Node version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s will do', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });
  it.each(['20.18.3', '18.20.0', '9.0.0'])('%s is refused in one sentence', (version) => {
    expect(nodeProblem(version)).toBe(
      `Seesaw needs Node 20.19 or newer and this is Node ${version}: install a newer one from https://nodejs.org.`,
    );
  });
});

describe('ensureInstalled', () => {
  /** Installs as npm does, counting how often. */
  function installer(result = { code: 0, output: '' }) {
    const install = () => {
      install.calls++;
      if (result.code === 0) write('node_modules/.package-lock.json', JSON.stringify(LOCK));
      return Promise.resolve(result);
    };
    install.calls = 0;
    return install;
  }
  const ensure = (install) => ensureInstalled({ root, install, say: () => {} });

  it('installs once, and again when the lock file changes', async () => {
    write('package-lock.json', JSON.stringify(LOCK));
    const install = installer();
    expect(await ensure(install)).toEqual({ installed: true });
    expect(await ensure(install)).toEqual({ installed: false });
    expect(install.calls).toBe(1);
    const next = { packages: { ...LOCK.packages, 'node_modules/a': { version: '1.0.1' } } };
    write('package-lock.json', JSON.stringify(next));
    await ensure(install);
    expect(install.calls).toBe(2);
  });

  it('leaves packages alone that somebody installed by hand from this lock file', async () => {
    write('package-lock.json', JSON.stringify(LOCK));
    write('node_modules/.package-lock.json', JSON.stringify(LOCK));
    const install = installer();
    expect(await ensure(install)).toEqual({ installed: false });
    expect(install.calls).toBe(0);
  });

  it('leaves no mark after a failure, and says what to do', async () => {
    write('package-lock.json', JSON.stringify(LOCK));
    const install = installer({ code: 1, output: 'npm error code ENOTFOUND\nnpm error network failed' });
    await expect(ensure(install)).rejects.toThrow(/registry cannot be reached: connect to the network/);
    expect(existsSync(join(root, 'node_modules/.seesaw-lock'))).toBe(false);
    await expect(ensureInstalled({ root: join(root, 'none') })).rejects.toThrow(
      /package-lock\.json is missing/,
    );
  });

  it('explains what npm printed', () => {
    expect(installFailure('npm error code ENOSPC')).toMatch(/disk is full/);
    expect(installFailure('npm error code EACCES')).toMatch(/cannot be written to/);
    expect(installFailure('npm error code EUSAGE\nnpm error The lock is old\n')).toBe(
      'The packages could not be installed (The lock is old): run "npm ci" to see all of it.',
    );
    expect(installFailure('')).toMatch(/gave no reason/);
  });

  it('does not miss optional packages of other platforms', () => {
    const lock = { packages: { 'node_modules/x': { version: '1.0.0', optional: true } } };
    expect(installMatches(lock, { packages: {} })).toBe(true);
    expect(installMatches(LOCK, { packages: {} })).toBe(false);
    expect(installMatches(LOCK, { packages: { 'node_modules/a': { version: '2.0.0' } } })).toBe(false);
  });
});

describe('ensureBuilt', () => {
  function builder(code = 0) {
    const build = () => {
      build.calls++;
      if (code === 0) write('dist/index.html', 'built');
      return Promise.resolve({ code, output: 'src/a.ts: wrong\n' });
    };
    build.calls = 0;
    return build;
  }
  const ensure = (build, rebuild = false) => ensureBuilt({ root, build, rebuild, say: () => {} });

  beforeEach(() => {
    write('src/a.ts', '1');
    write('index.html', '<html>');
  });

  it('builds when dist is missing, a source changed or it is asked to, and not otherwise', async () => {
    const build = builder();
    expect(await ensure(build)).toEqual({ built: true });
    expect(await ensure(build)).toEqual({ built: false });
    write('src/a.ts', '2');
    expect(isBuilt(root)).toBe(false);
    expect(await ensure(build)).toEqual({ built: true });
    expect(await ensure(build, true)).toEqual({ built: true });
    rmSync(join(root, 'dist'), { recursive: true });
    expect(await ensure(build)).toEqual({ built: true });
    expect(build.calls).toBe(4);
  });

  it('sees new and renamed files, and passes over tests', () => {
    const first = sourceHash(root);
    write('src/a.test.ts', 'test');
    expect(sourceHash(root)).toBe(first);
    write('workers/b.ts', '1');
    const second = sourceHash(root);
    expect(second).not.toBe(first);
    rmSync(join(root, 'workers/b.ts'));
    write('workers/c.ts', '1');
    expect(sourceHash(root)).not.toBe(second);
  });

  it('does not take a failed build for a page', async () => {
    await expect(ensure(builder(1))).rejects.toThrow(/src\/a\.ts: wrong\nThe page could not be built/);
    expect(isBuilt(root)).toBe(false);
    await ensure(builder());
    expect(readFileSync(join(root, 'dist/.seesaw-build'), 'utf8')).toBe(sourceHash(root));
  });
});
