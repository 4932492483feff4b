/** Writes an AliExpress CSV of any size with known rates, to try the sampler on files larger than memory. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMain, main, PlainError } from './shell.mjs';

const HELP = `node scripts/large-log.mjs --out FILE [--gigabytes 2] [--seed 1]

Writes rows in MTReclib's layout (82 columns, pages of 20 rows) and prints one line of JSON with what is in them:
rows, bytes, clicks and conversions. Numbers are noise; click and conversion follow numerical_28.`;

const CATEGORICALS = 16;
const NUMERICALS = 63;
const PER_PAGE = 20;
const CTR = 0.0266;
const CVR = 0.0227;
/** Texts of numbers are drawn from this many: formatting each anew would take most of the time. */
const POOL = 4096;

/** mulberry32: small, seeded, the same everywhere. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const numbered = (stem, n) => Array.from({ length: n }, (_, i) => `${stem}_${i + 1}`);

/** Writes the file; hands back what is in it. */
export function writeLog(path, bytes, seed = 1) {
  const random = generator(seed);
  const pool = Array.from({ length: POOL }, () => random().toFixed(6));
  const values = pool.map(Number);
  const file = openSync(path, 'w');
  const totals = { rows: 0, bytes: 0, clicks: 0, conversions: 0 };
  const columns = [
    'search_id',
    ...numbered('categorical', CATEGORICALS),
    ...numbered('numerical', NUMERICALS),
  ];
  let text = `${[...columns, 'click', 'conversion'].join(',')}\n`;
  try {
    for (let page = 0; totals.bytes + text.length < bytes; page++) {
      let shared = `${page}`;
      for (let c = 0; c < CATEGORICALS; c++) shared += `,${c === 0 ? 7 : (random() * 8) | 0}`;
      for (let m = 0; m < 23; m++) shared += `,${pool[(random() * POOL) | 0]}`;
      for (let i = 0; i < PER_PAGE; i++) {
        text += shared;
        let signal = 0;
        for (let m = 23; m < NUMERICALS; m++) {
          const at = (random() * POOL) | 0;
          if (m === 27) signal = values[at];
          // A tenth of the values are plain zeros, as in the real log.
          text += at % 10 === 0 ? ',0' : `,${pool[at]}`;
        }
        const click = random() < 2 * CTR * signal ? 1 : 0;
        const conversion = click === 1 && random() < 1.5 * CVR * signal ? 1 : 0;
        text += `,${click},${conversion}\n`;
        totals.rows++;
        totals.clicks += click;
        totals.conversions += conversion;
      }
      if (text.length > 1 << 22) {
        totals.bytes += writeSync(file, text);
        text = '';
      }
    }
    totals.bytes += writeSync(file, text);
  } finally {
    closeSync(file);
  }
  return totals;
}

async function run() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      gigabytes: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || !values.out) {
    console.log(HELP);
    if (!values.help) process.exitCode = 2;
    return;
  }
  const size = Number(values.gigabytes) * 1e9;
  if (!(size > 0 && size <= 100e9)) throw new PlainError('--gigabytes must be a number up to 100.');
  console.log(JSON.stringify(writeLog(values.out, size, Number(values.seed))));
}

if (isMain(import.meta.url)) main(run);
