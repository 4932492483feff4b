import { describe, expect, it } from 'vitest';
import { ensureChromium, findChromium, systemCandidates } from './chromium.mjs';

/** Looks on a made-up machine that has these files. */
function look({
  files = [],
  broken = [],
  env = { PATH: '/opt/bin:/usr/bin' },
  platform = 'linux',
  own = null,
}) {
  return findChromium({
    env,
    platform,
    exists: (path) => files.includes(path),
    works: (path) => !broken.includes(path),
    downloaded: () => own,
  });
}

const OWN = '/cache/chromium/chrome';

describe('findChromium', () => {
  it('takes the one that a variable names before any other', () => {
    const files = ['/my/chrome', '/usr/bin/chromium', OWN];
    expect(look({ files, own: OWN, env: { CHROMIUM_PATH: '/my/chrome' } })).toEqual({
      path: '/my/chrome',
      source: 'CHROMIUM_PATH',
    });
    expect(look({ files, env: { PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH: '/my/chrome' } })?.source).toBe(
      'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH',
    );
  });

  it('says so where a variable names nothing', () => {
    expect(() => look({ files: ['/usr/bin/chromium'], env: { CHROMIUM_PATH: '/gone' } })).toThrow(
      'CHROMIUM_PATH names /gone, which does not exist: correct it or unset it.',
    );
  });

  it("then the system's, Chromium before Chrome, in the order of PATH", () => {
    const files = ['/usr/bin/google-chrome', '/usr/bin/chromium', '/opt/bin/chromium', OWN];
    expect(look({ files, own: OWN })).toEqual({ path: '/opt/bin/chromium', source: 'system' });
    expect(look({ files: files.slice(0, 1), own: OWN })?.path).toBe('/usr/bin/google-chrome');
  });

  it("passes over one that does not start and takes Playwright's", () => {
    const stub = '/usr/bin/chromium-browser';
    expect(look({ files: [stub, OWN], broken: [stub], own: OWN })).toEqual({
      path: OWN,
      source: 'playwright',
    });
    expect(look({ files: [OWN], broken: [OWN], own: OWN })).toBeNull();
    expect(look({ files: [], own: OWN })).toBeNull();
    expect(look({})).toBeNull();
  });

  it('knows where macOS and Windows keep theirs', () => {
    expect(systemCandidates('darwin', { HOME: '/Users/ada' })).toEqual([
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Users/ada/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Users/ada/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ]);
    expect(systemCandidates('win32', { PROGRAMFILES: 'C:\\Program Files' })).toContain(
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    );
  });
});

describe('ensureChromium', () => {
  /** A machine without a browser, where a way to get one works or does not. */
  async function get({ download = false, apt = false }) {
    const tried = [];
    let found = null;
    const way = (name, works) => () => {
      tried.push(name);
      if (works) found = { path: `/${name}`, source: name };
      return Promise.resolve({ code: works ? 0 : 1 });
    };
    const result = await ensureChromium({
      find: () => found,
      download: way('download', download),
      apt: apt === null ? null : way('apt', apt),
      say: () => {},
    }).catch((error) => error.message);
    return { result, tried };
  }

  it('downloads first, asks the distribution next, and then says what to do', async () => {
    expect(await get({ download: true })).toMatchObject({
      result: { path: '/download' },
      tried: ['download'],
    });
    expect(await get({ apt: true })).toMatchObject({ result: { path: '/apt' }, tried: ['download', 'apt'] });
    expect(await get({ apt: null })).toMatchObject({
      result:
        'There is no Chromium and none could be installed: install Chromium or Chrome, or set CHROMIUM_PATH to one.',
      tried: ['download'],
    });
  });
});
