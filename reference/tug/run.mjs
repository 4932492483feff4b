/** `node reference/tug/run.mjs …`: bundles table.ts for Node, as the command line is bundled, and runs it with these arguments. */
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const outDir = join(root, 'dist-cli', 'tug');
await build({
  root,
  configFile: join(root, 'vite.cli.config.ts'),
  logLevel: 'error',
  build: {
    ssr: 'reference/tug/table.ts',
    outDir,
    rollupOptions: { output: { entryFileNames: 'table.mjs' } },
  },
});
await import(pathToFileURL(join(outDir, 'table.mjs')).href);
