/** The command line as it is started: built when its sources change, and able to train once it is bundled. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliHash, ensureCli } from './seesaw.mjs';
import { ROOT, run } from './shell.mjs';

const root = mkdtempSync(join(tmpdir(), 'seesaw-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('building', () => {
  const put = (name, text) => {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  put('cli/seesaw.ts', '1');
  cpSync(join(ROOT, 'vite.cli.config.ts'), join(root, 'vite.cli.config.ts'));
  let builds = 0;
  const build = async () => {
    builds++;
    put('dist-cli/seesaw.mjs', '');
    return { code: 0, output: '' };
  };

  it('happens when sources change, and only then', async () => {
    expect(await ensureCli({ root, build })).toBe(join(root, 'dist-cli', 'seesaw.mjs'));
    await ensureCli({ root, build });
    expect(builds).toBe(1);
    put('cli/docs/more.ts', '2');
    await ensureCli({ root, build });
    expect(builds).toBe(2);
    put('src/engine/more.ts', '3');
    await ensureCli({ root, build });
    expect(builds).toBe(3);
    const hash = cliHash(root);
    put('cli/docs/more.test.ts', 'a test');
    expect(cliHash(root)).toBe(hash);
  });

  it('says in one sentence that it failed, and is tried again', async () => {
    put('cli/seesaw.ts', 'broken');
    const failing = async () => ({ code: 1, output: 'seesaw.ts:1 is broken\n' });
    await expect(ensureCli({ root, build: failing })).rejects.toThrow(/is broken\n.*could not be built/s);
    await ensureCli({ root, build });
    expect(builds).toBe(4);
  });
});

describe('the bundle', () => {
  it('trains on wasm and prints nothing but its result on stdout', { timeout: 60_000 }, async () => {
    await ensureCli();
    const out = join(root, 'run');
    const world = 'sim:es?m=150000&n=5000';
    const args = ['train', '--data', world, '--steps', '1', '--out', out, '--json'];
    // The program itself: what was built is what is tested.
    const ended = await run(process.execPath, [join(ROOT, 'dist-cli', 'seesaw.mjs'), ...args, '--quiet'], {
      quiet: true,
    });
    expect(ended.code).toBe(0);
    const result = JSON.parse(ended.output);
    expect(result).toMatchObject({ state: 'finished', step: 1, backend: { name: 'wasm' } });
  });
});
