/** Statistics and tables of a study, on figures worked out by hand. */
import { describe, expect, it } from 'vitest';
import { parseStudy, type Study } from './plan';
import { digits, type StudyResult, studyReport } from './report';
import { meanOf, pairedDifference, standardErrorsApart } from './statistics';

describe('statistics', () => {
  it('gives mean, standard deviation with n − 1, and standard error', () => {
    const m = meanOf([1, 2, 3, 4]);
    expect(m.mean).toBe(2.5);
    expect(m.sd).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(m.se).toBeCloseTo(Math.sqrt(5 / 3) / 2, 12);
    expect(() => meanOf([])).toThrow(RangeError);
  });

  it('compares seed by seed, so that what the seeds share cancels', () => {
    const a = new Map([
      [1, 0.71],
      [2, 0.91],
      [3, 0.5],
    ]);
    const b = new Map([
      [2, 0.9],
      [1, 0.7],
    ]);
    const d = pairedDifference(a, b)!;
    expect(d.mean).toBeCloseTo(0.01, 12);
    expect(d.sd).toBeCloseTo(0, 12);
    expect(d.n).toBe(2);
    expect(pairedDifference(a, new Map([[9, 1]]))).toBeNull();
  });

  it('counts the standard errors between two means', () => {
    expect(standardErrorsApart({ mean: 1, se: 3 }, { mean: 11, se: 4 })).toBe(-2);
    expect(standardErrorsApart({ mean: 1, se: 0 }, { mean: 1, se: 0 })).toBeNaN();
  });
});

const study = (): Study => {
  const parsed = parseStudy({
    title: 'T',
    seeds: [1, 2],
    worlds: { w: 'sim:es' },
    models: { base: {}, other: {} },
    baseline: 'base',
    reference: {
      source: 's',
      figures: [
        { world: 'w', model: 'other', space: 'click', value: 0.7, se: 0.01 },
        { world: 'w', model: 'other', space: 'click', value: 0.02, se: 0, against: true },
      ],
    },
  });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.study;
};

const result = (model: string, seed: number, click: number): StudyResult => ({
  world: 'w',
  model,
  seed,
  auc: { click, 'conversion|click': null },
  oracle: { click: 0.8 },
});

describe('the table', () => {
  it('shows AUC, difference to the baseline, and both beside the reference', () => {
    const results = [
      result('base', 1, 0.6),
      result('base', 2, 0.64),
      result('other', 1, 0.65),
      result('other', 2, 0.71),
    ];
    const lines = studyReport(study(), results).split('\n');
    expect(lines.filter((line) => line.startsWith('| ')).slice(2)).toEqual([
      '| oracle | CTR | .8000 |  |  |  |  |  |',
      '| base | CTR | .6200 ± .0283 |  |  |  |  |  |',
      // .68 ± .03 (s.e.) against .70 ± .01 lie .02/.0316 = .6 apart; the differences are .05 and .07.
      '| other | CTR | .6800 ± .0424 | .7000 (.0100) | −0.6 | +.0600 (.0100) | +.0200 (.0000) | +4.0 |',
    ]);
  });

  it('says what is missing, and leaves out what no run has', () => {
    const text = studyReport(study(), [result('base', 1, 0.6)]);
    expect(text).toContain('3 of 4 runs are still to be made.');
    expect(text).not.toContain('| other');
    expect(text).not.toContain('CVR');
  });

  it('writes figures as papers do', () => {
    expect([digits(0.5), digits(-0.01234), digits(0.01, true), digits(1.5)]).toEqual([
      '.5000',
      '−.0123',
      '+.0100',
      '1.5000',
    ]);
  });
});
