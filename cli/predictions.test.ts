/** predictions.parquet, read back by another library: rows, labels, and the metrics of the run computed from it anew. */
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ranking } from '../src/metrics/auc';
import { seesaw, smallPipeline, WORLD, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(folder.remove);
type Row = Record<string, number> & { split: never };
let rows: Row[];

beforeAll(async () => {
  const path = folder.write('p.json', JSON.stringify(smallPipeline()));
  const train = ['train', '--pipeline', path, '--data', WORLD, '--out', folder.at('a')];
  expect((await seesaw([...train, '--predict', 'all', '--quiet'])).code).toBe(0);
  rows = (await parquetReadObjects({ file: folder.bytes('a', 'predictions.parquet').buffer })) as Row[];
});

const column = (of: readonly Row[], name: string) => of.map((row) => row[name]!);

describe('predictions.parquet', () => {
  it('has a row for each row of the data, by part, and pages that lie in one part', () => {
    const { data } = folder.json('a', 'run.json');
    expect(rows).toHaveLength(data.rows);
    const train = rows.filter((r) => (r.split as string) === 'train');
    expect(train).toHaveLength(data.trainRows);
    const pages = new Set(column(train, 'page'));
    expect(rows.some((r) => (r.split as string) === 'validation' && pages.has(r.page!))).toBe(false);
  });

  it('has the columns that are documented, and no others', () => {
    expect(Object.keys(rows[0]!)).toEqual([
      ...['row_id', 'split', 'page', 'weight', 'label_click', 'label_conversion'],
      ...['logp_click', 'p_click', 'logp_conversion', 'p_conversion'],
      ...['logp_conversion_given_click', 'p_conversion_given_click'],
      ...['true_p_click', 'true_p_conversion', 'true_p_conversion_given_click', 'feature_weight'],
    ]);
  });

  it('has probabilities that agree with their logarithms and with each other', () => {
    for (const row of rows) {
      expect(Math.log(row.p_click!)).toBeCloseTo(row.logp_click!, 4);
      expect(row.logp_conversion_given_click).toBe(row.logp_conversion! - row.logp_click!);
      expect(row.p_conversion_given_click).toBeLessThanOrEqual(1);
      expect(row.true_p_conversion).toBeCloseTo(row.true_p_click! * row.true_p_conversion_given_click!, 6);
      expect(row.label_conversion).toBeLessThanOrEqual(row.label_click!);
    }
  });

  it('gives the AUCs of the run to the last digit', () => {
    const { metrics } = folder.json('a', 'run.json').final;
    const validation = rows.filter((r) => (r.split as string) === 'validation');
    const clicked = validation.filter((r) => r.label_click === 1);
    const value = (of: readonly Row[], score: string, label: string) =>
      new Ranking(Float64Array.from(column(of, score))).labelled(
        Uint8Array.from(column(of, label)),
        Float32Array.from(column(of, 'weight')),
      );
    const again = [
      value(validation, 'logp_click', 'label_click'),
      value(validation, 'logp_conversion', 'label_conversion'),
      value(clicked, 'logp_conversion_given_click', 'label_conversion'),
    ];
    again.forEach((auc, i) => {
      expect(auc).toMatchObject({ ok: true, value: metrics[i].auc.value });
    });
  });
});
