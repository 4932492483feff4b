import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { HEADERS, licences, offline, policy } from './scripts/page.mjs';

/** Test files that load TensorFlow.js. */
const ENGINE_TESTS = [
  'src/nn/**/*.test.ts',
  'src/blocks/**/*.test.ts',
  'src/engine/**/*.test.ts',
  'cli/**/*.test.ts',
];
/** Plain data and arithmetic: no page, and no module with a state that one file could leave to the next. */
const PLAIN_TESTS = ['src/{pipeline,metrics,data}/**/*.test.ts'];
/** They change a global before it loads. */
const FLOAT64_TESTS = ['src/blocks/testing/finite-differences.test.ts'];
/** Minutes of two cores in all: `npm test` runs them, `npm run check` leaves them out to stay under two minutes. */
const LONG_TESTS = [
  'src/data/simulator/{world,simulate,golden,tug,truth}.test.ts',
  'src/data/sampling/sampling.test.ts',
  'src/data/shards/shards.test.ts',
  'src/metrics/sample.test.ts',
  'src/pipeline/fuzz.test.ts',
  'workers/{data.worker,events}.test.ts',
  'src/lab/{rows/RowsTab,data/mapping/MappingSheet,data/view/DataPage}.test.tsx',
  'cli/{pageRun,predictions,train,shard,study,webgpu}.test.ts',
  'scripts/seesaw.test.mjs',
  'src/data/readers/{fuzz*,samples}.test.ts',
  'src/data/{checks/checks,sides}.test.ts',
  'src/engine/{race,reach,session,stepTimes,trainer,tug,combinations/*}.test.ts',
  'src/engine/testing/tiers.test.ts',
  'src/nn/kernels/kernels.test.ts',
];

export default defineConfig({
  base: './',
  plugins: [react(), licences(), policy(), offline()],
  preview: { headers: HEADERS },
  worker: { format: 'es' },
  // One pass for all of tfjs: a part found later would be bundled with a second copy of its core.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/register_all_gradients',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 1200 },
  test: {
    environment: 'node',
    testTimeout: 20_000,
    // Left alone, Vitest keeps one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Their ESM files import each other without extensions, which Node does not resolve: Vite has to.
    server: { deps: { inline: [/@tensorflow/] } },
    projects: [
      {
        extends: true,
        // Loading TensorFlow.js takes seconds: these files share one copy a worker. Each brings up the backend that it needs.
        test: {
          name: 'engine',
          include: ENGINE_TESTS,
          exclude: [...FLOAT64_TESTS, ...LONG_TESTS],
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'plain', include: PLAIN_TESTS, exclude: LONG_TESTS, isolate: false },
      },
      { extends: true, test: { name: 'float64', include: FLOAT64_TESTS } },
      { extends: true, test: { name: 'long', include: LONG_TESTS } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: [
            'src/**/*.test.{ts,tsx}',
            'workers/**/*.test.ts',
            'cli/**/*.test.ts',
            'bench/**/*.test.ts',
            'scripts/**/*.test.mjs',
          ],
          exclude: [...ENGINE_TESTS, ...PLAIN_TESTS, ...FLOAT64_TESTS, ...LONG_TESTS],
        },
      },
    ],
  },
});
