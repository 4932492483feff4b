/** Builds the command line for Node: one file, with TensorFlow.js inside. */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'cli/seesaw.ts',
    outDir: 'dist-cli',
    target: 'node20',
    minify: false,
    rollupOptions: {
      output: {
        entryFileNames: 'seesaw.mjs',
        // Emscripten's glue in tfjs' wasm backend asks for it, and a module has none.
        banner: 'const __dirname = import.meta.dirname;',
      },
    },
  },
  // Their ESM files import each other without extensions, which Node does not resolve.
  ssr: { noExternal: [/^@tensorflow\//] },
});
