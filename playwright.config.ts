/** End-to-end tests: the built page, in a real Chromium, on its real WASM and (software) WebGPU backends. */
import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/chromium.mjs';

/** The built page. */
const PORT = 4319;
/** The sources, for checks of the engine that the built page has no place for. */
const SOURCE_PORT = 4320;
const at = (port: number) => `http://127.0.0.1:${port}/`;
// Vite itself and not through npx, whose wrapper would outlive the tests.
const serve = (command: string, port: number) => ({
  command: `node node_modules/vite/bin/vite.js ${command} --host 127.0.0.1 --port ${port} --strictPort`,
  url: at(port),
  reuseExistingServer: false,
  timeout: 60_000,
});
const browser = findChromium();

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Two cores: a second worker would train against the first and make both miss their times.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: '.seesaw/e2e.json' }]],
  use: {
    baseURL: at(PORT),
    trace: 'retain-on-failure',
    // Each test is a first visit, and would fill its cache anew beside the training. Where offline is tested, it is allowed.
    serviceWorkers: 'block',
    launchOptions: {
      ...(browser ? { executablePath: browser.path } : {}),
      args: [
        // Chromium's sandbox refuses to start as root, as which containers run.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // A WebGPU adapter in software, so that its kernels are tested on machines without a GPU.
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
      ],
    },
  },
  projects: [
    { name: 'engine', testMatch: 'engine.spec.ts', use: { baseURL: at(SOURCE_PORT) } },
    {
      name: 'lab',
      testIgnore: ['engine.spec.ts', 'large/**', 'pictures/**'],
      use: { viewport: { width: 1280, height: 720 } },
    },
  ],
  webServer: [serve('preview', PORT), serve('', SOURCE_PORT)],
});
