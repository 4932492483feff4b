/** Metrics of whole pages at a session's weights of now: at the end of a run, and for whoever asks at a pause. */
import { judgedPages } from '../data/completePages';
import { evaluatePages, type PageEvaluation } from '../metrics/pages';
import type { Evaluation } from '../pipeline/run';
import type { Session } from './session';

/** Metrics of the data's whole pages, or null where it has none. @param onChunk as in Session.predict */
export async function pageEvaluation(
  session: Session,
  onChunk?: () => Promise<void>,
): Promise<PageEvaluation | null> {
  const pages = judgedPages(session.data);
  if (!pages) return null;
  const rows = Uint32Array.from({ length: pages.rows }, (_, i) => i);
  const predictions = await session.predict(rows, onChunk, pages);
  const { tasks } = session.pipeline;
  const nouns = tasks.map((t) => t.label);
  return evaluatePages(session.spaces, { ...predictions, tasks: tasks.length }, pages, undefined, nouns);
}

/** An evaluation with that of the whole pages beside it, where there are some: for the end of a run. */
export async function withPages(
  session: Session,
  evaluation: Evaluation,
  onChunk?: () => Promise<void>,
): Promise<Evaluation> {
  if (evaluation.pages) return evaluation;
  const pages = await pageEvaluation(session, onChunk);
  return pages ? { ...evaluation, pages } : evaluation;
}
