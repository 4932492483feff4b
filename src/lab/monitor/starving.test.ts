import { describe, expect, it } from 'vitest';
import type { Measured, Pull } from '../../../workers/protocol';
import { longestClaim, ratioWithin, starving, within } from './starving';

const m = (value: number, se: number): Measured => ({ value, se });
/** Two tasks. */
const pull = (cosine: Measured, logRatio: Measured, progress: [Measured, Measured]): Pull => ({
  shared: 10,
  cosine: [
    [m(1, 0), cosine],
    [cosine, m(1, 0)],
  ],
  logRatio: [
    [m(0, 0), logRatio],
    [m(-logRatio.value, logRatio.se), m(0, 0)],
  ],
  norms: [Math.exp(logRatio.value), 1],
  progress,
});
const names = ['click', 'purchase'];

describe('who starves whom', () => {
  it('names the one whose loss all gradients together raise, and by whom', () => {
    const said = starving(pull(m(-0.5, 0.02), m(2, 0.1), [m(0.9, 0.01), m(-2.7, 0.3)]), names, [300, 50]);
    expect(said).toBe(
      'Click starves purchase: a small step along all gradients together raises the loss of purchase.',
    );
  });

  it('claims nothing that noise could make', () => {
    const noisy = starving(pull(m(-0.5, 0.3), m(0.1, 0.4), [m(0.9, 0.5), m(-0.4, 0.3)]), names, [300, 50]);
    expect(noisy).toBe('Within noise: no task can be said to starve another.');
  });

  it('tells opposition from starving, and length from opposition', () => {
    const apart = starving(pull(m(-0.3, 0.02), m(0, 0.05), [m(0.7, 0.05), m(0.7, 0.05)]), names, [300, 50]);
    expect(apart).toMatch(/^Click and purchase pull apart \(cosine −\.30 ± \.05\)/);
    const long = starving(pull(m(0.02, 0.05), m(1.6, 0.1), [m(1, 0.05), m(1.1, 0.2)]), names, [300, 50]);
    expect(long).toMatch(/^Click has the longer gradient, 4\.95 \(3\.91 to 6\.27\) times that of purchase/);
    const other = starving(pull(m(0.02, 0.05), m(-1.6, 0.1), [m(1, 0.05), m(1.1, 0.2)]), names, [300, 50]);
    expect(other).toMatch(/^Purchase has the longer gradient/);
  });

  it('stays silent where cosines of pure noise are read: of 300 at most as many as the bar lets through', () => {
    // Eight parts' jackknife of a mean of nothing: t with 7 degrees of freedom.
    let claims = 0;
    let seed = 1;
    const normal = () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) {
        seed = (seed * 48271) % 2147483647;
        sum += seed / 2147483647;
      }
      return sum;
    };
    const noise = () => {
      const parts = Array.from({ length: 8 }, normal);
      const mean = parts.reduce((a, b) => a + b, 0) / 8;
      const se = Math.sqrt(parts.reduce((a, x) => a + (x - mean) ** 2, 0) / 7 / 8);
      return m(mean, se);
    };
    for (let i = 0; i < 300; i++) {
      const said = starving(pull(noise(), m(0, 1), [noise(), m(1, 0.1)]), names, [300, 50]);
      if (!said.startsWith('Within noise')) claims++;
    }
    expect(claims).toBeLessThan(300 * 0.08);
  });

  it('claims nothing of a task with too few rows, however narrow its interval', () => {
    const sure = pull(m(-0.5, 0.02), m(2, 0.1), [m(0.9, 0.01), m(-2.7, 0.3)]);
    expect(starving(sure, names, [300, 39])).toBe(
      'Too few rows to say who starves whom: 39 with a purchase among those read, and 40 are needed.',
    );
  });

  it('prints intervals', () => {
    expect(within(m(-0.2, 0.01))).toBe('−.20 ± .02');
    expect(ratioWithin(m(Math.log(150), 0))).toBe('150 (150 to 150)');
  });
});

describe('the room of a claim', () => {
  it('is that of the longest that can be said, with long names and several tasks', () => {
    const rows = [300, 50];
    const said = [
      starving(pull(m(-0.5, 0.02), m(2, 0.1), [m(0.9, 0.01), m(-2.7, 0.3)]), names, rows),
      starving(pull(m(-0.5, 0.3), m(0.1, 0.4), [m(0.9, 0.5), m(-0.4, 0.3)]), names, rows),
      starving(pull(m(-0.93, 0.02), m(0, 0.05), [m(0.7, 0.05), m(0.7, 0.05)]), names, rows),
      starving(pull(m(0.02, 0.05), m(4.2, 0.4), [m(1, 0.05), m(1.1, 0.2)]), names, rows),
      starving(pull(m(0.02, 0.05), m(1.6, 0.1), [m(1, 0.05), m(1.1, 0.2)]), names, [39, 12]),
    ];
    expect(new Set(said).size).toBe(5);
    expect(Math.max(...said.map((s) => s.length))).toBeLessThanOrEqual(longestClaim(names).length);
    // The others may be named in any order, and all of them be scarce.
    const four = ['click', 'add to favourites', 'like', 'share'];
    expect(longestClaim(four).length).toBe(longestClaim([...four].reverse()).length);
    expect(longestClaim(four)).toContain('39 with a share');
  });
});
