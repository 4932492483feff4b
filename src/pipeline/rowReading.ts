/** What is asked of single rows and pages of a run, and what is answered: plain data between page and trainer. */
import { z } from 'zod';
import type { Dataset } from '../data/dataset';
import type { RowColumn } from '../data/decodeRow';
import type { FusionJudgement } from '../metrics/fusedPages';
import { fusionSchema } from '../metrics/fusion';
import type { PageEvaluation } from '../metrics/pages';
import type { ProbeReading } from './run';

/** Which rows: those of the validation part, of the complete pages, or of a page that was drawn again for a row. */
export const ROW_PARTS = ['validation', 'pages', 'redrawn'] as const;
export type RowPart = (typeof ROW_PARTS)[number];

const index = z.number().int().min(0).max(0xffffffff);

const task = z.number().int().min(0).max(7).nullable();
export const rowFilterSchema = z.strictObject({
  /** Indices of tasks: of the event that happened, and of the one that did not; null for any (see cohorts.ts). */
  event: z.strictObject({ withEvent: task, without: task }),
  /** Code of the column that tells the market. */
  country: index.nullable(),
});
export type RowFilter = z.infer<typeof rowFilterSchema>;

export const rowPickSchema = z.strictObject({
  part: z.enum(ROW_PARTS),
  filter: rowFilterSchema,
  seek: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('first') }),
    /** A row by its number in its part, from 0, whatever the filter. */
    z.strictObject({ kind: z.literal('row'), row: index }),
    /** The nearest one after or before a row; past the end it begins again. */
    z.strictObject({ kind: z.literal('next'), row: index }),
    z.strictObject({ kind: z.literal('previous'), row: index }),
    z.strictObject({ kind: z.literal('random'), seed: index }),
    /** The row whose loss is the n-th largest, from 0. */
    z.strictObject({ kind: z.literal('surprising'), rank: index }),
  ]),
});
export type RowPick = z.infer<typeof rowPickSchema>;

/** How to get to a row's page. */
export type PageOfRow =
  | { readonly kind: 'here' | 'redraw' }
  | { readonly kind: 'none'; readonly reason: string };

/** One row with all that the model makes of it at one step. K tasks in the order of the pipeline. */
export interface RowReading {
  readonly step: number;
  readonly part: RowPart;
  /** Number of the row in its part, from 0, of `rows`. */
  readonly row: number;
  readonly rows: number;
  /** Rows that the filter lets through, and which of them this one is, from 0; −1 where it is none of them. */
  readonly matches: number;
  readonly place: number;
  /** Number of the row in its source. */
  readonly id: number;
  /** Number of its page, or null where rows stand alone. */
  readonly group: number | null;
  readonly page: PageOfRow;
  readonly weight: number;
  readonly columns: readonly RowColumn[];
  /** [K] */
  readonly labels: readonly number[];
  /** [K] true probabilities on an impression; null where they are not known. */
  readonly truth: readonly number[] | null;
  /** [K] ln p on an impression. */
  readonly logP: readonly number[];
  /** Σ_k −ln p of what happened, in nats, each task weighing 1. */
  readonly loss: number;
  /** What the blocks published for this row alone: one cohort of one row each. */
  readonly probes: readonly ProbeReading[];
}

export const pagePickSchema = z.discriminatedUnion('kind', [
  /** A page by its place in the list, from 0. */
  z.strictObject({ kind: z.literal('page'), page: index }),
  /** The page of a group. */
  z.strictObject({ kind: z.literal('group'), group: index }),
  /** The nearest page after or before one that has the event (a task's), or any page where that is null. */
  z.strictObject({
    kind: z.enum(['next', 'previous']),
    page: z.number().int().min(-1).max(0xffffffff),
    event: task,
  }),
  z.strictObject({
    kind: z.literal('random'),
    seed: index,
    event: task,
  }),
]);
/** `given`: a page that was drawn again for a row. */
export type PagePick =
  | z.infer<typeof pagePickSchema>
  | { readonly kind: 'given'; readonly data: Dataset }
  | { readonly kind: 'last given' };

/** A pick that came from outside. @param checked throws where a data set that is handed in does not hold together */
export function parsePagePick(pick: PagePick, checked: (d: Dataset) => Dataset): PagePick {
  if (pick.kind === 'given') return { kind: 'given', data: checked(pick.data) };
  return pick.kind === 'last given' ? { kind: 'last given' } : pagePickSchema.parse(pick);
}

/** More rows of a page are not shown: a shopper saw fewer, and a column that groups more is hardly one of pages. */
export const MOST_ITEMS = 200;

/** A page's rows with what the model makes of them; n items, K tasks. */
export interface PageReading {
  readonly step: number;
  readonly part: RowPart;
  /** Place in the list of complete pages, from 0, of `pages`; null for one that was drawn again. */
  readonly page: number | null;
  readonly pages: number;
  readonly group: number;
  /** Rows of the page in the data; no more than MOST_ITEMS are read. */
  readonly size: number;
  /** [n] number of each row in its part, and in its source. */
  readonly rows: readonly number[];
  readonly ids: readonly number[];
  /** [n·K] */
  readonly logP: Float32Array;
  readonly labels: Uint8Array;
  readonly truth: Float32Array | null;
  /** A column that bears the name of a price, in the source's unit; NaN where it is missing. */
  readonly price: { readonly name: string; readonly values: readonly number[] } | null;
}

export const fusionRequestSchema = z.strictObject({
  /** The first is the reference of the gains. */
  fusions: z.array(fusionSchema).min(1).max(8),
  k: z.number().int().min(1).max(100),
});
export type FusionRequest = z.infer<typeof fusionRequestSchema>;

/** Fusions judged on all complete pages at one step. */
export interface FusionReading {
  readonly step: number;
  readonly k: number;
  readonly pages: number;
  readonly rows: number;
  readonly judged: readonly FusionJudgement[];
}

/** Page metrics at a step that is not the last. */
export interface PagesReading {
  readonly step: number;
  readonly pages: PageEvaluation;
}
