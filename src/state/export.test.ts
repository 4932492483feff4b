/** Numbers that leave the page as CSV. */
import { expect, it } from 'vitest';
import { curveCsv } from './export';

it('writes a curve and those behind it a line a point: a mean over seeds with its standard deviation, nothing for what has no value', () => {
  const live = { x: [0, 50], raw: [0.5, Number.NaN], smooth: null };
  const seeds = {
    name: 'PLE, "wide"',
    x: [0, 50],
    y: [0.5, 0.75],
    band: { low: [0.5, 0.5], high: [0.5, 1] },
  };
  expect(curveCsv('auc', live, [seeds, { name: 'before', x: [50], y: [0.7] }]).split('\n')).toEqual([
    'run,step,auc,auc_smoothed,standard_deviation',
    'this run,0,0.5,,',
    'this run,50,,,',
    '"PLE, ""wide""",0,0.5,,0',
    '"PLE, ""wide""",50,0.75,,0.25',
    '"before",50,0.7,,',
    '',
  ]);
});
