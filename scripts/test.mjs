/** `npm test`: every check and every test, each run though one before it failed, and one line at the end that counts them. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { staticChecks } from './checks.mjs';
import { ensureChromium } from './chromium.mjs';
import { addCounts, NONE, playwrightCounts, stepCounts, summary, vitestCounts } from './counts.mjs';
import { ensureInstalled } from './setup.mjs';
import { isMain, main, npm, PlainError, ROOT } from './shell.mjs';
import { sizeBudget } from './size.mjs';

const HELP = `npm test [-- options]   format, types, import rules, unit tests, build, end-to-end tests

  --unit    only the checks and the unit tests
  --e2e     only the build and the end-to-end tests
  --help    this text`;

const REPORTS = join(ROOT, '.seesaw');
const UNIT_REPORT = join(REPORTS, 'unit.json');
/** Written by the reporter in playwright.config.ts. */
const E2E_REPORT = join(REPORTS, 'e2e.json');

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function heading(text) {
  console.log(`\n── ${text}`);
}

/** Runs a step that throws a PlainError where it fails; hands back its result, or null after having said why. */
async function attempt(body) {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    console.error(error.message);
    return null;
  }
}

async function unit(record) {
  for (const { name, code } of await staticChecks()) record(name, stepCounts(code));
  heading('unit tests');
  rmSync(UNIT_REPORT, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`];
  const { code } = await npm(['run', '--silent', 'test:unit', '--', ...reporters]);
  record('unit tests', vitestCounts(readReport(UNIT_REPORT), code));
}

async function e2e(record) {
  heading('build');
  const built = await attempt(() => ensureBuilt({ rebuild: true, quiet: false, say: () => {} }));
  record('build', stepCounts(built ? 0 : 1));
  if (built) {
    heading('size budget');
    const within = await attempt(async () => {
      sizeBudget();
      return true;
    });
    record('size budget', stepCounts(within ? 0 : 1));
  }
  heading('end-to-end tests');
  const browser = await attempt(() => ensureChromium());
  if (!built || !browser) {
    console.error('The end-to-end tests cannot run without a built page and a Chromium.');
    record('end-to-end tests', stepCounts(1));
    return;
  }
  console.log(`Chromium: ${browser.path}`);
  rmSync(E2E_REPORT, { force: true });
  const env = { ...process.env, CHROMIUM_PATH: browser.path };
  const { code } = await npm(['run', '--silent', 'e2e'], { env });
  record('end-to-end tests', playwrightCounts(readReport(E2E_REPORT), code));
}

async function test() {
  let options;
  try {
    const flag = { type: 'boolean', default: false };
    options = parseArgs({ options: { unit: flag, e2e: flag, help: { ...flag, short: 'h' } } }).values;
  } catch (error) {
    throw new PlainError(`${error.message.split('\n')[0].replace(/\.$/, '')}: see "npm test -- --help".`);
  }
  if (options.help) {
    console.log(HELP);
    return;
  }
  let total = NONE;
  const failures = [];
  const record = (name, counts) => {
    total = addCounts(total, counts);
    if (counts.failed > 0) failures.push(name);
  };
  mkdirSync(REPORTS, { recursive: true });
  const installed = await attempt(() => ensureInstalled());
  if (installed) {
    if (options.unit || !options.e2e) await unit(record);
    if (options.e2e || !options.unit) await e2e(record);
  } else record('installation', stepCounts(1));
  console.log('');
  if (failures.length > 0) console.log(`Failed: ${failures.join(', ')}.`);
  console.log(summary(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) await main(test);
