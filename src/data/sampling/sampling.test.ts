/** The sampler against what it must be: exactly the units of lowest priority, unbiased, and the same however bytes are cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../mapping/mapping';
import { previewFiles, readFiles } from '../readers';
import { prepare } from '../table';
import { DEEP, NONE, Sampler, SHALLOW, targets } from './sampler';

const slots = { grow: () => undefined, freed: () => undefined };

/** Units in a row, each of one stratum and size, offered one by one; the units that are kept. */
function sample(
  units: readonly { stratum: number; rows: number }[],
  budget: number,
  share: number,
  seed: number,
): Set<number> {
  const sampler = new Sampler(budget, share, seed, slots);
  units.forEach(({ stratum, rows }, unit) => {
    const priority = sampler.priority(unit);
    if (!sampler.offer(stratum, priority, unit, rows)) return;
    const open = Array.from({ length: rows }, () => sampler.claim(null, priority, unit));
    sampler.close(open, stratum, priority, unit);
  });
  return new Set(Array.from(sampler.finish().slots, (slot) => sampler.unitOf(slot)));
}

/** What must come out, found with everything in memory. */
function oracle(
  units: readonly { stratum: number; rows: number }[],
  budget: number,
  share: number,
  seed: number,
): Set<number> {
  const sampler = new Sampler(100, 1, seed, slots);
  const all = units.map((u, unit) => ({ ...u, unit, priority: sampler.priority(unit) }));
  const wanted = all.filter((u) => u.stratum !== SHALLOW || u.priority < share * 2 ** 32);
  const found = [DEEP, SHALLOW, NONE].map((s) =>
    wanted.filter((u) => u.stratum === s).reduce((n, u) => n + u.rows, 0),
  );
  const kept = new Set<number>();
  targets(budget, found).forEach((target, s) => {
    let rows = 0;
    for (const u of wanted
      .filter((w) => w.stratum === s)
      .sort((a, b) => a.priority - b.priority || a.unit - b.unit)) {
      rows += u.rows;
      if (rows > target) break;
      kept.add(u.unit);
    }
  });
  return kept;
}

describe('Sampler', () => {
  it('keeps exactly the units of lowest priority of each stratum, whenever its lines fell', () => {
    const unit = fc.record({
      stratum: fc.constantFrom(DEEP, SHALLOW, NONE, NONE, NONE),
      rows: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 300, maxLength: 1500 }),
        fc.integer({ min: 100, max: 400 }),
        fc.constantFrom(1, 0.5),
        fc.nat(1000),
        (units, budget, share, seed) => {
          expect(sample(units, budget, share, seed)).toEqual(oracle(units, budget, share, seed));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does so for single rows over a long stream', () => {
    const units = Array.from({ length: 60_000 }, (_, i) => ({
      stratum: i % 50 === 0 ? DEEP : i % 9 === 0 ? SHALLOW : NONE,
      rows: 1,
    }));
    expect(sample(units, 3000, 0.5, 7)).toEqual(oracle(units, 3000, 0.5, 7));
  });

  it('leaves room for every kind of row', () => {
    expect(targets(100, [10, 20, 1000])).toEqual([10, 20, 70]);
    expect(targets(100, [500, 500, 500])).toEqual([50, 25, 25]);
    expect(targets(100, [500, 0, 10])).toEqual([90, 0, 10]);
    expect(targets(100, [30, 500, 5])).toEqual([30, 65, 5]);
  });
});

const N = 400;
/** Pages of four rows; 1 in 20 pages has a purchase, 1 in 5 a click. */
const log = [
  'page_id,a,click,buy',
  ...Array.from({ length: N }, (_, i) => {
    const page = i >> 2;
    const click = page % 5 === 0 && i % 4 === 0 ? 1 : 0;
    return `p${page},${i % 13},${click},${page % 20 === 0 ? click : 0}`;
  }),
].join('\n');
const file = { name: 'log.csv', blob: new Blob([log]) };
const guessed = previewFiles([file]);
const sampled = async (sampling: Partial<Mapping['sampling']>) => {
  const { guess } = await guessed;
  return readFiles([file], { ...guess, sampling: { ...guess.sampling, rows: 160, ...sampling } });
};

describe('a sample of a file', () => {
  it.each([false, true])(
    'takes every row of a stratum equally often (whole pages: %s)',
    async (wholePages) => {
      const seeds = 200;
      const times = new Float64Array(N);
      let rare = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const t = await sampled({ seed, wholePages });
        for (const row of t.rowIds) times[row]!++;
        rare = t.origin!.strata.at(-1)!.kept;
      }
      const stratumOf = (row: number) =>
        wholePages ? (row >> 2) % 5 !== 0 : !((row >> 2) % 5 === 0 && row % 4 === 0);
      // Rows of a page come and go together: one of each page counts.
      const rows = Array.from({ length: N }, (_, i) => i).filter(
        (i) => stratumOf(i) && (!wholePages || i % 4 === 0),
      );
      const size = wholePages ? 4 : 1;
      const p = rare / size / rows.length;
      const chi = rows.reduce((sum, i) => sum + (times[i]! - seeds * p) ** 2 / (seeds * p * (1 - p)), 0);
      // Draws without replacement: (n−1)/n of a χ² with n−1 degrees; five standard deviations either way.
      const n = rows.length;
      expect(Math.abs(chi - n)).toBeLessThan(5 * Math.sqrt(2 * n) + 1);
      // Rows with an event are all there, every time.
      for (let i = 0; i < N; i++) if (!stratumOf(i)) expect(times[i]).toBe(seeds);
    },
  );

  it.each([false, true])(
    'has weights that give back the rows of the file (whole pages: %s)',
    async (wholePages) => {
      const t = await sampled({ clickShare: 0.5, wholePages });
      expect(t.rows).toBeLessThan(N);
      const total = t.weights.reduce((a, b) => a + b, 0);
      expect(total).toBeCloseTo(N, 3);
      for (const s of t.origin!.strata) expect(s.kept).toBeLessThanOrEqual(s.rows);
      expect(t.origin!.strata.reduce((n, s) => n + s.rows, 0)).toBe(N);
      if (!wholePages) {
        let clicks = 0;
        for (let i = 0; i < t.rows; i++) clicks += t.weights[i]! * t.labels[i * 2]!;
        expect(clicks).toBeCloseTo(t.origin!.positives[0]!, 3);
      }
    },
  );

  it('never has a group in both parts', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const t = await sampled({ seed });
      const sides = new Map<number, number>();
      t.groups.forEach((g, i) => {
        expect(sides.get(g) ?? t.validation[i]).toBe(t.validation[i]);
        sides.set(g, t.validation[i]!);
      });
    }
  });

  it('is the same whatever the pieces in which the file arrives', async () => {
    const plain = prepare(await sampled({})).fingerprint;
    const pages = prepare(await sampled({ wholePages: true })).fingerprint;
    const { openCsv } = await import('../readers/csv');
    const { fileSet } = await import('../readers/set');
    const { readSet } = await import('../readers/index');
    const { planOf } = await import('../mapping/plan');
    const { guess } = await previewFiles([file]);
    const bytes = new TextEncoder().encode(`\uFEFF${log.replaceAll('\n', '\r\n')}`);
    for (const step of [1, 7, 64, 1000]) {
      const source = await openCsv({
        file: 'log.csv',
        bytes: bytes.length,
        textBytes: bytes.length,
        packing: null,
        pieces: async function* () {
          for (let at = 0; at < bytes.length; at += step)
            yield { bytes: bytes.slice(at, at + step), read: at };
        },
      });
      const set = fileSet([source]);
      for (const wholePages of [false, true]) {
        const mapping = { ...guess, sampling: { ...guess.sampling, rows: 160, wholePages } };
        const t = await readSet(set, planOf(mapping, set.columns, 1), {});
        expect(prepare(t).fingerprint).toBe(wholePages ? pages : plain);
      }
    }
  });
});
