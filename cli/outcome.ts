/** What there is to say of trained weights: metrics, predictions and probes, read off a session. */
import { withPages } from '../src/engine/pageEvaluation';
import type { Session } from '../src/engine/session';
import type { Evaluation, Snapshot } from '../src/pipeline/run';
import type { Pipeline } from '../src/pipeline/schema';
import { type FileContents, probesText } from './folder';
import { type PredictionPart, predictionsFile, rowsOfPart } from './predictions';

/** Leaves the terminal a chance to be heard (Ctrl+C). */
export const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

export interface Outcome {
  readonly evaluation: Evaluation;
  readonly files: Pick<FileContents, 'predictions' | 'probes'>;
}

/** @param known the evaluation of this very step, where it was made already */
export async function outcomeOf(
  session: Session,
  part: PredictionPart,
  known?: Evaluation,
): Promise<Outcome> {
  const evaluation = await withPages(session, known ?? (await session.evaluate(breathe)), breathe);
  const rows = rowsOfPart(session.data, part);
  const { logP } = await session.predict(rows, breathe);
  return {
    evaluation,
    files: {
      predictions: predictionsFile(session.pipeline, session.spaces, session.data, rows, logP),
      probes: probesText(session.step, await session.probe(null)),
    },
  };
}

/** A snapshot to be looked at, not trained on: without moments. */
export function snapshotForReading(
  pipeline: Pipeline,
  fingerprint: string,
  weights: Pick<Snapshot, 'parameters' | 'buffers' | 'step'>,
): Snapshot {
  const still = new Float32Array(weights.parameters.length);
  return {
    pipeline,
    fingerprint,
    ...weights,
    moment1: still,
    moment2: still,
    balancer: new Float32Array(0),
    edits: {},
  };
}
