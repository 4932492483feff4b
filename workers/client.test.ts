import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventGate, Guarded, WorkerDied, type WorkerLike } from './client';

class FakeWorker implements WorkerLike {
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  terminated = false;
  terminate() {
    this.terminated = true;
  }
}

/** A worker that answers pings until it hangs. */
function setUp() {
  const workers: FakeWorker[] = [];
  const deaths: string[] = [];
  const state = { hangs: false, pings: 0 };
  const never = new Promise<never>(() => {});
  const guard = new Guarded(
    'trainer',
    () => {
      const worker = new FakeWorker();
      workers.push(worker);
      const api = {
        ping: (): Promise<number> => {
          state.pings++;
          return state.hangs ? never : Promise.resolve(1);
        },
        work: (): Promise<string> => (state.hangs ? never : Promise.resolve('done')),
      };
      return { worker, api };
    },
    (reason) => deaths.push(reason),
  );
  return { guard, workers, deaths, state };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Guarded', () => {
  it('passes answers on, and bears no grudge against a worker that answers', async () => {
    const { guard, deaths } = setUp();
    await expect(guard.call((api) => api.work())).resolves.toBe('done');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deaths).toEqual([]);
    guard.dispose();
  });

  it('notices within five seconds that a worker hangs, and rejects what waits for it', async () => {
    const { guard, workers, deaths, state } = setUp();
    await guard.call((api) => api.work());
    await vi.advanceTimersByTimeAsync(10_100);
    state.hangs = true;
    const waiting = guard.call((api) => api.work());
    const outcome = expect(waiting).rejects.toBeInstanceOf(WorkerDied);
    await vi.advanceTimersByTimeAsync(5000);
    await outcome;
    expect(deaths).toEqual(['it stopped answering']);
    expect(workers[0]!.terminated).toBe(true);
  });

  it('counts beats, not seconds: a page that slept for an hour raises no alarm', async () => {
    const { guard, deaths } = setUp();
    await guard.call((api) => api.work());
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(deaths).toEqual([]);
    guard.dispose();
  });

  it('does not pile up pings on a worker that is busy', async () => {
    const { guard, state } = setUp();
    guard.patience = 30;
    await guard.call((api) => api.work());
    state.hangs = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state.pings).toBe(1);
    guard.dispose();
  });

  it('spawns another worker for the next call', async () => {
    const { guard, workers, state } = setUp();
    await guard.call((api) => api.work());
    state.hangs = true;
    await vi.advanceTimersByTimeAsync(6000);
    state.hangs = false;
    await expect(guard.call((api) => api.work())).resolves.toBe('done');
    expect(workers).toHaveLength(2);
    guard.dispose();
  });

  it('takes an error of the worker itself as its death, once', async () => {
    const { guard, workers, deaths } = setUp();
    await guard.call((api) => api.work());
    const { onerror } = workers[0]!;
    onerror?.({ message: 'out of memory' } as ErrorEvent);
    onerror?.({ message: 'out of memory' } as ErrorEvent);
    expect(deaths).toEqual(['out of memory']);
  });
});

describe('EventGate', () => {
  const state = (runId: string, seq: number) => ({ runId, seq, kind: 'state', state: 'training', step: 1 });

  it('lets through what is new, and drops what is stale, doubled or of another run', () => {
    const gate = new EventGate();
    gate.expect('b');
    expect(gate.admit(state('a', 0))).toBeNull();
    expect(gate.admit(state('b', 0))).not.toBeNull();
    expect(gate.admit(state('b', 2))).not.toBeNull();
    expect(gate.admit(state('b', 1))).toBeNull();
    expect(gate.admit(state('b', 2))).toBeNull();
  });

  it('drops what is malformed', () => {
    const gate = new EventGate();
    gate.expect('b');
    for (const bad of [
      null,
      'text',
      {},
      { ...state('b', 0), state: 'dancing' },
      { runId: 'b', seq: 0, kind: 'frame', steps: [1, 2], columns: 4, samplesPerSecond: 1 },
      { runId: 'b', seq: 0, kind: 'probe', probe: { step: 1 } },
    ]) {
      expect(gate.admit(bad)).toBeNull();
    }
    const frame = {
      runId: 'b',
      seq: 0,
      kind: 'frame',
      steps: new Float64Array(6),
      columns: 6,
      samplesPerSecond: 1,
    };
    expect(gate.admit(frame)).toBe(frame);
  });
});
