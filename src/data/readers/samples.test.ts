/** Real logs, where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { summarise } from '../summary';
import { prepare } from '../table';
import { previewFiles, readFiles } from './index';
import { named } from './testing';

const DATA = '../shared/data';
const SAMPLE = `${DATA}/aliexpress-sample/train.csv`;
const KUAIRAND = `${DATA}/kuairand-pure`;
if (!existsSync(SAMPLE)) console.info(`${DATA} is absent: the tests on real samples are left out.`);

describe.skipIf(!existsSync(SAMPLE))('real samples', () => {
  it('AliExpress', async () => {
    const t = await readFiles([named('train.csv', readFileSync(SAMPLE))], null);
    expect(t.rows).toBe(1000);
    expect(summarise(prepare(t)).tasks.map((task) => task.positives)).toEqual([29, 10]);
    expect(t.notes.join(' ')).toContain('numerical_58, numerical_59 and numerical_60');
  });

  it('KuaiRand with its user features', async () => {
    const files = ['interactions', 'user_features'].map((f) =>
      named(`${f}.parquet`, readFileSync(`${KUAIRAND}/${f}.parquet`)),
    );
    const preview = await previewFiles(files);
    expect(preview).toMatchObject({ preset: 'kuairand', certain: true });
    expect(preview.guess.columns.filter((c) => c.role === 'label')).toEqual([
      { name: 'is_click', role: 'label', parent: null },
      { name: 'is_like', role: 'label', parent: 'is_click' },
      { name: 'long_view', role: 'label', parent: 'is_click' },
      { name: 'is_profile_enter', role: 'label', parent: 'is_click' },
    ]);
    const t = await readFiles(files, null);
    expect(t.rows).toBe(94_784);
    expect(t.notes).toContain('104 rows with long_view but no is_click: counted as no long_view.');
    expect(t.origin!.positives[0]).toBe(41_503);
    const video = t.schema.categorical.find((c) => c.name === 'video_id')!;
    expect(video.vocabulary).toBeGreaterThan(5000);
  }, 90_000);
});
