/** The run file: what is written is read back, and what is no run is refused with the place of the fault. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_REQUEST } from '../data';
import { defaultPipeline } from './defaults';
import { claimsToBeRun, parseRun, type RunContent, runText } from './runFile';

const auc = { ok: true as const, value: 0.1 + 0.2, se: 0.01, positives: 3, rows: 9 };
const none = { ok: false as const, reason: 'no purchase', positives: 0, rows: 9 };
const evaluation = {
  step: 2,
  metrics: [
    { space: 'click', auc, logLoss: 0.25, expectedAuc: auc },
    { space: 'conversion', auc: none, logLoss: null, expectedAuc: null },
  ],
};

const run: RunContent = {
  state: 'stopped',
  message: null,
  pipeline: defaultPipeline(),
  data: {
    kind: 'simulated',
    title: 'ES',
    detail: 'simulated',
    fingerprint: 'ab',
    rows: 9,
    trainRows: 6,
    request: DEFAULT_REQUEST,
  },
  checks: [{ kind: 'leak', level: 'error', about: ['a'], message: 'It tells the answer.' }],
  seed: 1,
  backend: { name: 'wasm', label: 'WASM', reason: 'You asked for WASM.' },
  versions: { seesaw: '0.1.0', tfjs: '4.22.0', node: '20.20.2' },
  started: '2026-01-02T03:04:05.678Z',
  finished: '2026-01-02T03:04:06.000Z',
  resumedAt: [],
  step: 2,
  parameterCount: 10,
  curves: {
    step: [1, 2],
    learningRate: [0.01, 1 / 3],
    gradientNorm: [1, Math.fround(0.1)],
    total: [5, 4],
    losses: { click: [1, 2], conversion: [3, 4] },
  },
  evaluations: [evaluation],
  final: evaluation,
};

/** The run as it is read, changed. */
const changed = (change: object) => ({ ...JSON.parse(runText(run)), ...change });

describe('the run file', () => {
  it('reads back what was written, to the last digit', () => {
    expect(parseRun(JSON.parse(runText(run)))).toEqual({
      ok: true,
      run: { format: 'seesaw-run', formatVersion: 1, ...run },
    });
  });

  it('has a line a field', () => {
    expect(runText(run).split('\n')).toHaveLength(Object.keys(run).length + 5);
  });

  it('is told from other JSON', () => {
    expect(claimsToBeRun(changed({}))).toBe(true);
    expect(claimsToBeRun(run.pipeline)).toBe(false);
    expect(claimsToBeRun(null)).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'It is no run file of Seesaw (the file: '],
    ['another format', changed({ format: 'x' }), '(format: '],
    ['a newer format', changed({ formatVersion: 2 }), 'newer Seesaw (run format 2; this one reads 1)'],
    ['an unknown field', changed({ extra: 1 }), 'extra'],
    ['an unknown state', changed({ state: 'tired' }), '(state: '],
    ['a text for a number', changed({ seed: '1' }), '(seed: '],
    ['a wrong date', changed({ started: 'yesterday' }), '(started: '],
    [
      'curves of two lengths',
      changed({ curves: { ...run.curves, total: [5] } }),
      'not all of the same length',
    ],
    ['a strange world', changed({ data: { ...run.data, request: { ...DEFAULT_REQUEST, rows: 1 } } }), 'rows'],
    ['a file without its place', changed({ data: { ...run.data, kind: 'file' } }), '(data'],
    ['a bad pipeline', changed({ pipeline: { ...run.pipeline, bottom: { block: 'top' } } }), 'bottom'],
    ['a newer pipeline', changed({ pipeline: { version: 99 } }), 'pipeline version 99'],
  ])('refuses %s', (_, value, sentence) => {
    const parsed = parseRun(value);
    expect(parsed.ok).toBe(false);
    expect(parsed).toHaveProperty('message', expect.stringContaining(sentence));
  });
});
