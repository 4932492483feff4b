/** The frames of the scrubber: bounded, in order, spanning the run, and none of a kind lost to another. */
import { describe, expect, it } from 'vitest';
import type { ProbeReading } from '../../workers/protocol';
import { MAX_FRAMES, Readings } from './readings';

const probe = (step: number, name = 'gates'): ProbeReading => ({
  step,
  block: 'bottom',
  name,
  shape: [1],
  cohorts: [{ name: 'all', rows: 1, mean: Float32Array.of(step) }],
});
const named = (name: string) => (f: { probes: readonly ProbeReading[] }) =>
  f.probes.find((p) => p.name === name);

describe('Readings', () => {
  it('stay bounded, span the whole run, keep the newest, and lose no probe to another of the same step', () => {
    const readings = new Readings();
    for (let step = 0; step <= 1000; step++) {
      readings.addProbe(probe(step, 'gates'));
      readings.addProbe(probe(step, 'attention'));
      expect(readings.frames.length).toBeLessThanOrEqual(MAX_FRAMES);
      expect(readings.frames.at(-1)!.step).toBe(step);
    }
    expect(readings.frames[0]!.step).toBe(0);
    const steps = readings.frames.map((f) => f.step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    const widest = Math.max(...steps.slice(1).map((s, i) => s - steps[i]!));
    expect(widest).toBeLessThanOrEqual(32);
    for (const f of readings.frames) expect(f.probes.map((p) => p.name)).toEqual(['gates', 'attention']);
  });

  it('give the newest at or before a step, the newest of all when live, and the first where nothing is so early', () => {
    const readings = new Readings();
    readings.addProbe(probe(10));
    readings.addProbe(probe(20, 'attention'));
    readings.addProbe(probe(30));
    const at = (step: number | null) => readings.latest(named('gates'), step)?.step;
    expect([at(null), at(29), at(30), at(5)]).toEqual([30, 10, 30, 10]);
    expect(readings.latest(named('none'), null)).toBeNull();
  });

  it('take a second reading of a step for the first, and forget what came after a step', () => {
    const readings = new Readings();
    readings.addProbe(probe(1));
    readings.addProbe({ ...probe(1), shape: [7] });
    expect(readings.frames).toHaveLength(1);
    expect(readings.frames[0]!.probes[0]!.shape).toEqual([7]);
    readings.addProbe(probe(5));
    readings.truncate(4);
    expect(readings.frames.map((f) => f.step)).toEqual([1]);
  });
});
