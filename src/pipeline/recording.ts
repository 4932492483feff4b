/** A recorded run: what a run told from its first step to its last, small enough to be shown before anything has been trained. */
import { z } from 'zod';
import { simulationRequestSchema } from '../data/simulator/request';
import type { Evaluation, ProbeReading } from './run';

export const RECORDING_FORMAT = 'seesaw-recording';

const finite = z.number();

/** All but what runs tell (`evaluations`, `probes`): those are checked as the trainer's own events are. */
export const recordingSchema = z.strictObject({
  format: z.literal(RECORDING_FORMAT),
  formatVersion: z.literal(1),
  /** Day on which it was recorded. */
  made: z.iso.date(),
  /** What computed it, e.g. "WASM". */
  backend: z.string().max(100),
  /** The pipeline, to be parsed as any other. */
  pipeline: z.unknown(),
  /** The world that it was trained on. */
  request: simulationRequestSchema,
  /** Equal fingerprints mean equal rows. */
  fingerprint: z.string().max(200),
  /** Expected AUC of the truth by output space. */
  oracle: z.record(z.string(), finite),
  /** Row-major steps × columns, as frames are. */
  columns: z.int().min(5).max(12),
  steps: z.array(finite).max(200_000),
  evaluations: z.array(z.unknown()).min(1).max(1000),
  probes: z.array(z.unknown()).max(2000),
});

/** Digits that a picture of the run can show: six of a loss, four of a share. */
const rounded = (digits: number) => (value: number) => Number(value.toPrecision(digits));

/** A recording as JSON text, one line a field. */
export function recordingText(
  head: Omit<
    z.infer<typeof recordingSchema>,
    'format' | 'formatVersion' | 'steps' | 'evaluations' | 'probes'
  >,
  steps: readonly number[],
  evaluations: readonly Evaluation[],
  probes: readonly ProbeReading[],
): string {
  const fields = Object.entries({
    format: RECORDING_FORMAT,
    formatVersion: 1,
    ...head,
    steps: steps.map(rounded(6)),
    evaluations: evaluations.map((e) => JSON.parse(JSON.stringify(e, sixDigits))),
    probes: probes.map((p) => ({
      ...p,
      cohorts: p.cohorts.map((c) => ({ ...c, mean: Array.from(c.mean, rounded(4)) })),
    })),
  });
  return `{\n${fields.map(([key, value]) => `"${key}":${JSON.stringify(value)}`).join(',\n')}\n}\n`;
}

const sixDigits = (_: string, value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value) ? rounded(6)(value) : value;
