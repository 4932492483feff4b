/** `seesaw shard`, and the shard as data for the other commands. */
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { seesaw, smallPipeline, WORLD, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(folder.remove);

const out = folder.at('es');

describe('seesaw shard', () => {
  it('writes a folder that trains like its source, checks with it, and is named in the run', async () => {
    const made = await seesaw([
      'shard',
      '--data',
      WORLD,
      '--out',
      out,
      '--title',
      'Spain',
      '--json',
      '--quiet',
    ]);
    expect([made.code, made.err]).toEqual([0, '']);
    const told = JSON.parse(made.out);
    const manifest = folder.json('es', 'manifest.json');
    expect(told).toMatchObject({ title: 'Spain', rows: manifest.rows, fingerprint: manifest.fingerprint });
    expect(manifest).toMatchObject({ title: 'Spain', simulated: true, truth: true, sources: [] });
    expect(readdirSync(out).sort()).toEqual(['manifest.json', ...told.parts].sort());

    const pipeline = folder.write('p.json', JSON.stringify(smallPipeline({ steps: 3 })));
    const train = (data: string, to: string) =>
      seesaw(['train', '--data', data, '--pipeline', pipeline, '--out', folder.at(to), '--quiet']);
    expect((await train(WORLD, 'a')).code).toBe(0);
    expect((await train(out, 'b')).code).toBe(0);
    const [a, b] = [folder.json('a', 'run.json'), folder.json('b', 'run.json')];
    expect(b.data).toMatchObject({
      kind: 'shard',
      path: out,
      fingerprint: a.data.fingerprint,
      title: 'Spain',
    });
    expect(b.final).toEqual(a.final);
    expect(b.checks).toEqual(a.checks);
    expect(a.checks.map((c: { kind: string }) => c.kind)).toContain('few positives');
    // The run finds its shard again.
    const again = await seesaw(['eval', '--run', folder.at('b'), '--json', '--quiet']);
    expect(JSON.parse(again.out).metrics).toEqual(b.final.metrics);
    // Three runs; seconds on a machine of one's own.
  }, 90_000);

  it('keeps what is there unless told otherwise', async () => {
    const again = ['shard', '--data', out, '--out', out];
    const kept = await seesaw(again);
    expect(kept.code).toBe(2);
    expect(kept.err).toMatch(/^The folder ".*es" already holds a shard: .*--force\.\n$/);
    const forced = await seesaw([...again, '--force']);
    expect(forced.code).toBe(0);
    expect(forced.out).toMatch(/^Spain: [\d,]+ rows, \d\.\d MB\n$/);
    expect(forced.err).toMatch(/Wrote manifest\.json and \d parts? to /);
  });

  it('names size and digest of a file, and refuses a shard that is damaged', async () => {
    const head = ['search_id', 'click', 'conversion', 'categorical_1', 'numerical_1'];
    const rows = Array.from({ length: 300 }, (_, r) =>
      [r >> 2, r % 2, r % 4 === 3 ? 1 : 0, r % 5, (r * 7) % 13].join(','),
    );
    const csv = folder.write('some.csv', `${[head.join(','), ...rows].join('\n')}\n`);
    const at = folder.at('some');
    expect((await seesaw(['shard', '--data', csv, '--out', at, '--quiet'])).code).toBe(0);
    const manifest = folder.json('some', 'manifest.json');
    const { length } = folder.bytes('some.csv');
    expect(manifest.sources).toEqual([
      { name: 'some.csv', bytes: length, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
    const name = manifest.parts[0].file;
    folder.write(`some/${name}`, folder.bytes('some', name).slice(0, -1));
    const shorter = await seesaw(['shard', '--data', at, '--out', folder.at('never')]);
    expect(shorter.code).toBe(2);
    expect(shorter.err).toContain('it is cut off or not of this shard');
    folder.write('some/manifest.json', '{"format":"seesaw-shard","version":1}');
    const odd = await seesaw(['shard', '--data', at, '--out', folder.at('never')]);
    expect(odd.code).toBe(2);
    expect(odd.err).toMatch(/is no manifest of a shard that can be used: .*\.\n$/);
  });
});
