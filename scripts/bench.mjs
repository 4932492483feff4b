/** `npm run bench [-- options]`: installs and builds the bench, then runs it with these arguments. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './setup.mjs';
import { isMain, main, PlainError, ROOT, run } from './shell.mjs';
import { softwareAdapter } from './vulkan.mjs';

if (isMain(import.meta.url)) {
  await main(async () => {
    await ensureInstalled({ say: (text) => console.error(text) });
    const manifest = createRequire(join(ROOT, 'package.json')).resolve('vite/package.json');
    const program = join(dirname(manifest), 'bin', 'vite.js');
    const args = [program, 'build', '--config', 'vite.bench.config.ts', '--logLevel', 'error'];
    const { code, output } = await run(process.execPath, args, { quiet: true });
    if (code !== 0) throw new PlainError(`${output}The bench could not be built: mend what is named above.`);
    process.env.SEESAW_ROOT = ROOT;
    process.env.SEESAW_ADAPTER = JSON.stringify(softwareAdapter());
    if (process.argv.some((a) => /^--(browser|long-run)\b/.test(a))) {
      await ensureBuilt({ say: (text) => console.error(text) });
      process.env.CHROMIUM_PATH = (await ensureChromium()).path;
    }
    await import(pathToFileURL(join(ROOT, '.seesaw', 'bench', 'bench.mjs')).href);
  });
}
