/** What the page remembers between visits, where, and how it is read back without trust: one table for all of it. */
import { z } from 'zod';
import { defaultPipeline } from '../pipeline/defaults';
import { parsePipeline } from '../pipeline/parse';
import type { Pipeline } from '../pipeline/schema';

/** `browser`: this browser's storage. `link`: the share link. `session`: this visit only. */
type Place = 'browser' | 'link' | 'session';

/** For each piece of state the places where it may be kept. Data from files is nowhere: it never leaves the visit. */
export const KEPT = {
  pipeline: ['browser', 'link'],
  simulation: ['link'],
  theme: ['browser'],
  /** Whether single keys act on the page. */
  keys: ['browser'],
  /** Whether the tour has been taken or declined. */
  toured: ['browser'],
  /** Lecture mode with what it hides, and the panel of an embed: query of the address. */
  view: ['link'],
  speed: ['session'],
  backend: ['session'],
  history: ['session'],
  snapshot: ['session'],
  dataset: ['session'],
  selection: ['session'],
} as const satisfies Record<string, readonly Place[]>;

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

type Stored = { [K in keyof typeof KEPT as 'browser' extends (typeof KEPT)[K][number] ? K : never]: unknown };

/** The part of Storage that is needed; a browser may refuse all of it. */
export type Store = Pick<Storage, 'getItem' | 'setItem'>;

const PREFIX = 'seesaw.';

/** Remembers a value; only what the table allows in the browser's storage compiles. */
export function remember(key: keyof Stored, value: unknown, store: Store | null = browserStore()): void {
  try {
    store?.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Full or forbidden storage: the page works on, it only forgets.
  }
}

export interface Restored {
  readonly pipeline: Pipeline;
  readonly theme: Theme;
  readonly keys: boolean;
  readonly toured: boolean;
  /** What could not be used and was replaced by its default, in sentences. */
  readonly repairs: readonly string[];
}

/** Reads back what was remembered. What is damaged, hostile or of a newer version gives way to the default. Never throws. */
export function restore(store: Store | null = browserStore()): Restored {
  const repairs: string[] = [];
  const read = <T>(key: keyof Stored, parse: (value: unknown) => T | null, fallback: T, lost: string): T => {
    let text: string | null | undefined;
    try {
      text = store?.getItem(PREFIX + key);
    } catch {
      return fallback;
    }
    if (text === null || text === undefined) return fallback;
    try {
      const value = parse(JSON.parse(text));
      if (value !== null) return value;
    } catch {
      // What is no JSON is repaired like what is no pipeline.
    }
    repairs.push(lost);
    return fallback;
  };
  return {
    pipeline: read(
      'pipeline',
      (value) => {
        const parsed = parsePipeline(value);
        return parsed.ok ? parsed.pipeline : null;
      },
      defaultPipeline(),
      'The pipeline of your last visit could not be read, so the default one is shown.',
    ),
    theme: read(
      'theme',
      (value) => z.enum(THEMES).safeParse(value).data ?? null,
      'system',
      'The theme of your last visit could not be read, so the system’s is used.',
    ),
    keys: read(
      'keys',
      flag,
      true,
      'Whether single keys act could not be read from your last visit: they do.',
    ),
    toured: read(
      'toured',
      flag,
      false,
      'Whether you have seen the tour could not be read, so it is offered again.',
    ),
    repairs,
  };
}

const flag = (value: unknown) => z.boolean().safeParse(value).data ?? null;

function browserStore(): Store | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
