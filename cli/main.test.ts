/** Usage: help, versions, lists, descriptions, and what happens when the command line makes no sense. */
import { afterAll, describe, expect, it } from 'vitest';
import manifest from '../package.json';
import { PRESETS } from '../src/pipeline/presets';
import { encodeLink } from '../src/pipeline/share';
import { seesaw, smallPipeline, workFolder } from './testing/terminal';

const folder = workFolder();
afterAll(folder.remove);

describe('help and lists', () => {
  it('prints its version and its help', async () => {
    expect(await seesaw(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
    const help = await seesaw(['train', '--help']);
    expect(help.code).toBe(0);
    expect(help.out).toContain('--resume');
    expect(help.out).toContain('npm run seesaw -- train --out runs/first');
    expect((await seesaw(['--help'])).out).not.toContain('docs');
  });

  it('MTReclib’s --help dies of a module that is not found: here every command has its help', async () => {
    const { code, out } = await seesaw(['--help']);
    expect(code).toBe(0);
    const commands = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z][\w-]*)/gm)].map(
      (m) => m[1]!,
    );
    expect(commands).toEqual(expect.arrayContaining(['train', 'eval', 'presets', 'describe']));
    for (const command of commands.filter((name) => name !== 'help')) {
      const help = await seesaw([command, '--help']);
      expect([command, help.code, help.err]).toEqual([command, 0, '']);
      expect(help.out).toContain(`seesaw ${command}`);
    }
  });

  it('lists the presets', async () => {
    const { code, out, err } = await seesaw(['presets', '--json']);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out).presets.map((p: { id: string }) => p.id)).toEqual(PRESETS.map((p) => p.id));
    const listed = (await seesaw(['presets'])).out.trimEnd().split('\n');
    expect(listed.map((line) => line.split(' ')[0])).toEqual(PRESETS.map((p) => p.id));
  });
});

describe('describe', () => {
  it('prints one JSON object of blocks, parameters and spaces', async () => {
    const path = folder.write('small.json', JSON.stringify(smallPipeline()));
    const { code, out, err } = await seesaw(['describe', '--pipeline', path, '--json']);
    expect([code, err]).toEqual([0, '']);
    const { blocks, parameterCount, spaces } = JSON.parse(out);
    expect(blocks.map((b: { path: string }) => b.path)).toEqual(['input.0', 'bottom', 'towers', 'top']);
    const sum = blocks.reduce((n: number, b: { parameterCount: number }) => n + b.parameterCount, 0);
    expect(parameterCount).toBe(sum);
    expect(spaces.map((s: { id: string }) => s.id)).toEqual(['click', 'conversion', 'conversion|click']);
  });

  it('takes a preset, and the address of a page', async () => {
    const preset = await seesaw(['describe', '--pipeline', 'preset:shared-bottom']);
    expect(preset.out).toContain('bottom: Shared-Bottom → B×32, 10,080 parameters');
    expect(preset.out).toMatch(/bottom\.layer1\.W +124×64 +7,936 +weights/);
    const hash = encodeLink({ pipeline: smallPipeline(), data: null });
    const link = await seesaw(['describe', '--pipeline', `https://example.org/seesaw/${hash}`, '--json']);
    expect(JSON.parse(link.out).pipeline).toEqual(smallPipeline());
  });
});

describe('bad usage', () => {
  const out = folder.at('never');
  it.each<[string[], string]>([
    [['trian'], "Unknown command 'trian'"],
    [['train', '--bogus'], "Unknown option '--bogus'"],
    [['train'], 'name one with --out'],
    [['train', '--out', out, '--steps', 'many'], 'It must be a whole number'],
    [['train', '--out', out, '--steps', '0'], 'training.steps is 0: it must be at least 1.'],
    [['train', '--out', out, '--seed', '-1'], 'It must be a whole number'],
    [['train', '--out', out, '--backend', 'abacus'], 'wasm, cpu, webgpu'],
    [['train', '--out', out, '--data', 'sim:xx'], 'no simulated world "xx"'],
    [['train', '--out', out, '--data', 'nowhere.csv'], 'no file or folder "nowhere.csv"'],
    [['train', '--out', out, '--data', folder.at()], 'has no train.csv'],
    [['train', '--out', out, '--pipeline', 'nothing'], 'no file and no preset "nothing"'],
    [['train', '--out', out, '--pipeline', 'preset:nothing'], 'separate-task-attention'],
    [['train', '--out', out, '--pipeline', '#p=1.AAAA'], 'This link is damaged'],
    [['train', '--out', out, '--pipeline', 'https://example.org/#/lessons'], 'This link holds no pipeline'],
    [['train', '--out', out, '--pipeline', 'package.json'], 'version is '],
    [['train', '--out', out, '--pipeline', 'LICENSE'], 'is no JSON'],
    [['train', '--resume', folder.at()], 'There is no file'],
    [['train', '--resume', out, '--seed', '2'], 'leave --pipeline and --seed out'],
    [['eval'], "Required option '--run <folder>'"],
    [['eval', '--run', 'nowhere'], 'There is no file "nowhere/run.json"'],
  ])('%j ends with 2 and one sentence', async (argv, sentence) => {
    const ended = await seesaw(argv);
    expect(ended.code).toBe(2);
    expect(ended.err).toContain(sentence);
    expect(ended.err.trimEnd()).not.toContain('\n');
    expect(ended.out).toBe('');
  });

  it('prints its help and ends with 2 where no command is given', async () => {
    const ended = await seesaw([]);
    expect(ended.code).toBe(2);
    expect(ended.out + ended.err).toContain('describe [options]');
  });

  it('refuses data that cannot be read, and a pipeline that does not fit them', async () => {
    const csv = folder.write('odd.csv', 'a,b\n1,2\n');
    const odd = await seesaw(['train', '--out', out, '--data', csv, '--quiet']);
    expect(odd.code).toBe(2);
    expect(odd.err).toBe('There is no task: give at least one column that holds 0 and 1 the role label.\n');
    const large = await seesaw(['train', '--out', out, '--data', 'sim:es?m=20000&n=500', '--quiet']);
    expect(large.code).toBe(2);
    expect(large.err).toMatch(/^A batch of 512 is larger than the training part, .*\.\n$/);
  });
});
