/** Tests too large for every run: a log of gigabytes, sampled in the page. `npm run e2e:large` */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig({
  ...base,
  testDir: 'e2e/large',
  timeout: 30 * 60_000,
  reporter: [['list']],
  projects: [{ name: 'large', use: { viewport: { width: 1280, height: 720 } } }],
});
