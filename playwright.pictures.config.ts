/** The pictures of the docs: every panel in every state, taken of real runs on the built page. `npm run pictures` */
import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig({
  ...base,
  testDir: 'e2e/pictures',
  timeout: 10 * 60_000,
  reporter: [['list']],
  projects: [{ name: 'pictures', use: { viewport: { width: 1280, height: 720 }, trace: 'off' } }],
});
