/** Brings pipelines that were stored by older versions of Seesaw up to the current form, one version at a time. */
import { PIPELINE_VERSION } from './schema';

/** Takes a pipeline of one version to the next; it must set `version` to the next number. */
export type Migration = (old: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** By the version that a migration starts from. Version 1 is the first, so there is nothing older yet. */
export const MIGRATIONS: Readonly<Record<number, Migration>> = {};

/** The stored pipeline comes from a version of Seesaw that is newer than this one. */
export class NewerVersionError extends Error {
  override readonly name = 'NewerVersionError';
}

/**
 * The same pipeline in the current form. What is no pipeline, or has no usable version, is handed back as it is: the
 * schema says better what is wrong with it. Throws NewerVersionError where the version is ahead of ours.
 */
export function migrate(
  stored: unknown,
  table: Readonly<Record<number, Migration>> = MIGRATIONS,
  current: number = PIPELINE_VERSION,
): unknown {
  let value = stored;
  for (;;) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const version = (value as Record<string, unknown>).version;
    if (!Number.isInteger(version)) return value;
    const from = version as number;
    if (from > current) {
      throw new NewerVersionError(
        `This was made with a newer Seesaw (pipeline version ${from}; this one reads up to ${current}): reload the page or update.`,
      );
    }
    const step = Object.hasOwn(table, from) ? table[from] : undefined;
    if (from === current || !step) return value;
    const next = step(value as Record<string, unknown>);
    if (next.version !== from + 1)
      throw new Error(`The migration from version ${from} must lead to ${from + 1}.`);
    value = next;
  }
}
