import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 1200 },
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}', 'workers/**/*.test.ts', 'cli/**/*.test.ts', 'scripts/**/*.test.mjs'],
    testTimeout: 20_000,
    // Their ESM files import each other without extensions, which Node does not resolve: Vite has to.
    server: { deps: { inline: [/@tensorflow/] } },
  },
});
