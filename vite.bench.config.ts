/** Builds the bench for Node, as the command line is built. */
import { mergeConfig } from 'vite';
import cli from './vite.cli.config';

export default mergeConfig(cli, {
  build: {
    ssr: 'bench/main.ts',
    outDir: '.seesaw/bench',
    rollupOptions: { output: { entryFileNames: 'bench.mjs' } },
  },
});
