/** What the instruments read, step by step: a bounded list of frames that the scrubber goes through. */
import type { CalibrationReading, CutReading, GradientReading, ProbeReading } from '../../workers/protocol';

/** Most frames that are kept. When one more comes, one goes from where they are closest, so that what is left spans the whole run evenly. */
export const MAX_FRAMES = 200;

/** All that was read at one step. */
export interface Reading {
  readonly step: number;
  readonly probes: readonly ProbeReading[];
  readonly gradients: GradientReading | null;
  readonly calibration: CalibrationReading | null;
  readonly cuts: CutReading | null;
}

/** Frames in order of step, one a step. The list is replaced, never changed. */
export class Readings {
  frames: readonly Reading[] = [];

  /** A reading of a block's probe; a second one of the same step takes the place of the first. */
  addProbe(probe: ProbeReading): void {
    this.put(probe.step, ({ probes }) => ({
      probes: [...probes.filter((p) => p.block !== probe.block || p.name !== probe.name), probe],
    }));
  }

  addGradients(gradients: GradientReading): void {
    this.put(gradients.step, () => ({ gradients }));
  }

  addCalibration(calibration: CalibrationReading): void {
    this.put(calibration.step, () => ({ calibration }));
  }

  addCuts(cuts: CutReading): void {
    this.put(cuts.step, () => ({ cuts }));
  }

  private put(step: number, change: (frame: Reading) => Partial<Reading>): void {
    const at = this.frames.findLastIndex((f) => f.step <= step);
    const known = this.frames[at];
    if (known?.step === step) {
      this.frames = this.frames.with(at, { ...known, ...change(known) });
      return;
    }
    const fresh: Reading = { step, probes: [], gradients: null, calibration: null, cuts: null };
    this.frames = thinned(this.frames.toSpliced(at + 1, 0, { ...fresh, ...change(fresh) }));
  }

  /** Forgets what came after a step. */
  truncate(step: number): void {
    this.frames = this.frames.filter((f) => f.step <= step);
  }

  /**
   * The reading of a block's probe at a step or before, as `latest`. Frames that lack one of the cohorts are passed over: they are
   * of a time when nobody looked at it. Where no frame has them all, any reading will do.
   */
  probe(block: string, name: string, step: number | null, cohorts: readonly string[]): ProbeReading | null {
    const find = ({ probes }: Reading) => probes.find((p) => p.block === block && p.name === name);
    const has = (p: ProbeReading) => cohorts.every((c) => p.cohorts.some((of) => of.name === c));
    const whole = this.latest((frame) => {
      const found = find(frame);
      return found && has(found) ? found : null;
    }, step);
    return whole ?? this.latest(find, step);
  }

  /** What a frame of a step or before holds, as read by `find`: the newest that there is; the newest of all where `step` is null. */
  latest<T>(find: (frame: Reading) => T | null | undefined, step: number | null): T | null {
    let first: T | null = null;
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const frame = this.frames[i]!;
      const found = find(frame);
      if (found === null || found === undefined) continue;
      if (step === null || frame.step <= step) return found;
      // Nothing was read so early: the first reading is the nearest.
      first = found;
    }
    return first;
  }
}

/** One frame too many: of those between the first and the newest, the one goes whose neighbours lie closest together. */
function thinned(frames: readonly Reading[]): readonly Reading[] {
  if (frames.length <= MAX_FRAMES) return frames;
  let closest = Number.POSITIVE_INFINITY;
  let drop = 1;
  for (let i = 1; i < frames.length - 1; i++) {
    const span = frames[i + 1]!.step - frames[i - 1]!.step;
    if (span < closest) [closest, drop] = [span, i];
  }
  return frames.toSpliced(drop, 1);
}
