/** The list of kept runs: what the page knows of it, and how an entry is read back without trust. */
import { z } from 'zod';
import { create } from 'zustand';
import { parseRun, type RunFile } from '../../pipeline/runFile';
import type { ComparedRun } from '../../study/compare';

/** How many different markers there are; beyond them they repeat, and the letter tells runs apart. */
export const MARKS = 12;

/** A run of the list. */
export interface KeptRun {
  readonly id: string;
  readonly name: string;
  /** Marker, dash and letter; runs of one pipeline share it. */
  readonly mark: number;
  /** Whether its curves stand behind the live ones. */
  readonly ghost: boolean;
  readonly run: RunFile;
  /** Bytes of its weights, or null where they were too large to keep or came with no import. */
  readonly weightBytes: number | null;
}

/** A run that was cut off by a reload and can go on. */
export interface Resumable {
  readonly step: number;
  readonly steps: number;
  readonly name: string;
}

interface RunsStore {
  /** Newest first; null before the browser's storage has been read. */
  readonly runs: readonly KeptRun[] | null;
  /** The pinned baseline. */
  readonly baseline: string | null;
  /** The run deleted last, until it is taken back or another one is deleted. */
  readonly deleted: KeptRun | null;
  readonly resumable: Resumable | null;
}

export const useRuns = create<RunsStore>(() => ({
  runs: null,
  baseline: null,
  deleted: null,
  resumable: null,
}));

export const NAME_LENGTH = 80;

const entrySchema = z.strictObject({
  id: z.string().min(1).max(100),
  name: z.string().min(1).max(NAME_LENGTH),
  mark: z.int().min(0).max(10_000),
  ghost: z.boolean(),
  baseline: z.boolean(),
  run: z.unknown(),
});

/** What lies in storage of an entry. */
export type StoredRun = Omit<KeptRun, 'weightBytes'> & { readonly baseline: boolean };

/** Reads an entry of the storage; null for what is none. */
export function readEntry(value: unknown): StoredRun | null {
  const head = entrySchema.safeParse(value);
  if (!head.success) return null;
  const parsed = parseRun(head.data.run);
  return parsed.ok ? { ...head.data, run: parsed.run } : null;
}

/** Last evaluation of a run: that of its weights where there is one. */
export const evaluationOf = (run: RunFile) => run.final ?? run.evaluations.at(-1) ?? null;

export const comparedRun = ({ id, name, mark, run }: KeptRun): ComparedRun => ({
  id,
  name,
  mark,
  pipeline: run.pipeline,
  fingerprint: run.data.fingerprint,
  evaluation: evaluationOf(run),
  race: run.race,
});
