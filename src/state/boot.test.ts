// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_REQUEST } from '../data/simulator/request';
import { defaultPipeline } from '../pipeline/defaults';
import { encodeLink } from '../pipeline/share';
import { FakeClient } from './testing/fakes';

const fake = new FakeClient();
vi.mock('../../workers/client', async (original) => ({
  ...(await original<typeof import('../../workers/client')>()),
  get client() {
    return fake.client;
  },
}));

const { boot, shareLink, takeLink } = await import('./boot');
const { setTraining } = await import('./edits');
const { useData, usePipeline, useRun } = await import('./stores');

const withSteps = (steps: number) => ({
  ...defaultPipeline(),
  training: { ...defaultPipeline().training, steps },
});
const steps = () => usePipeline.getState().pipeline.training.steps;

beforeEach(() => {
  localStorage.clear();
  window.history.replaceState(null, '', '/');
  useRun.setState(useRun.getInitialState(), true);
});

describe('a visit', () => {
  it('begins with what was remembered', () => {
    localStorage.setItem('seesaw.pipeline', JSON.stringify(withSteps(77)));
    boot();
    expect(steps()).toBe(77);
    expect(usePipeline.temporal.getState().pastStates).toEqual([]);
  });

  it('begins with the link, world included, where there is one', () => {
    localStorage.setItem('seesaw.pipeline', JSON.stringify(withSteps(77)));
    const request = { ...DEFAULT_REQUEST, relatedness: -1 };
    window.location.hash = encodeLink({ pipeline: withSteps(33), data: { kind: 'simulated', request } });
    boot();
    expect(steps()).toBe(33);
    expect(useData.getState().request.relatedness).toBe(-1);
  });

  it('says that a link is damaged, shows the default, and keeps what was remembered', () => {
    const kept = JSON.stringify(withSteps(77));
    localStorage.setItem('seesaw.pipeline', kept);
    window.location.hash = '#p=1.AAAA';
    boot();
    expect(steps()).toBe(defaultPipeline().training.steps);
    expect(useRun.getState().notices[0]).toMatchObject({ level: 'error' });
    expect(localStorage.getItem('seesaw.pipeline')).toBe(kept);
  });

  it('lets go of the link with the first edit, so that a reload keeps the edit', () => {
    window.location.hash = encodeLink({ pipeline: withSteps(33), data: null });
    boot();
    expect(window.location.hash).not.toBe('');
    setTraining({ steps: 34 });
    expect(window.location.hash).toBe('');
    expect(JSON.parse(localStorage.getItem('seesaw.pipeline')!).training.steps).toBe(34);
  });

  it('takes the backend of the address, if there is such a one', () => {
    boot({ hash: '', search: '?backend=webgpu-software' });
    expect(useRun.getState().choice).toBe('webgpu-software');
    useRun.setState(useRun.getInitialState(), true);
    boot({ hash: '', search: '?backend=abacus' });
    expect(useRun.getState().choice).toBe('auto');
  });
});

it('a shared link brings back the same pipeline', () => {
  usePipeline.setState({ pipeline: withSteps(12) });
  const hash = new URL(shareLink()).hash;
  usePipeline.setState({ pipeline: defaultPipeline() });
  expect(takeLink(hash)).toBe(true);
  expect(steps()).toBe(12);
});
