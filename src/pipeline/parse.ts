/** Reads a pipeline from anywhere (link, file, storage, command line): migrated, checked, or refused with one clear sentence. */
import { describeIssue, firstIssue, type Problem } from './issues';
import { migrate, NewerVersionError } from './migrations';
import { type Pipeline, pipelineSchema } from './schema';

export type Parsed = { ok: true; pipeline: Pipeline } | { ok: false; message: string };

/** Parses and migrates what claims to be a pipeline. `message` says what is wrong, where, and what to do. */
export function parsePipeline(value: unknown): Parsed {
  let current: unknown;
  try {
    current = migrate(value);
  } catch (error) {
    if (error instanceof NewerVersionError) return { ok: false, message: error.message };
    throw error;
  }
  const checked = checkPipeline(current);
  return checked.ok ? checked : { ok: false, message: checked.problems[0]!.message };
}

/** Checks a pipeline of the current version; all problems, the most telling first. */
export function checkPipeline(
  value: unknown,
): { ok: true; pipeline: Pipeline } | { ok: false; problems: readonly Problem[] } {
  const result = pipelineSchema.safeParse(value);
  if (result.success) return { ok: true, pipeline: result.data };
  const first = firstIssue(result.error.issues);
  const rest = result.error.issues.filter((issue) => issue !== first);
  return { ok: false, problems: [first, ...rest].map((issue) => describeIssue(issue, value)) };
}
