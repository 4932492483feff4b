/** Answers what is asked of single rows and pages of the run under way, at its weights of now. It moves nothing of the run. */
import { type CompletePages, completePages, judgedPages } from '../data/completePages';
import type { Dataset } from '../data/dataset';
import { decodeRow, priceColumn, rawValues } from '../data/decodeRow';
import { judgeFusions } from '../metrics/fusedPages';
import { fusionPair } from '../metrics/fusion';
import { pagesOf } from '../metrics/pages';
import { ONE_ROW } from '../pipeline/cohorts';
import {
  type FusionReading,
  type FusionRequest,
  MOST_ITEMS,
  type PageOfRow,
  type PagePick,
  type PageReading,
  type PagesReading,
  type RowPart,
  type RowPick,
  type RowReading,
} from '../pipeline/rowReading';
import { blocksOf } from '../pipeline/schema';
import { labelColumns } from './assemble';
import { pageEvaluation } from './pageEvaluation';
import { matchingRows, type RowRange, seekPage, seekRow } from './rowPick';
import type { Session } from './session';

const STOPPED = 'Stopped: nothing was read.';
const RAN_ON = 'The run went on while rows were read: pause it, then ask again.';
const NO_ROW = 'No row matches: choose another filter.';

/** Predictions of many rows at one step, kept so that a slider costs no forward pass. */
interface Predicted {
  readonly session: Session;
  readonly step: number;
  readonly data: Dataset;
  readonly logP: Float32Array;
  readonly log1mP: Float32Array;
}

export class RowReader {
  /** Counts what outdates a long reading. */
  private asked = 0;
  private predicted: Predicted | null = null;
  /** The page that was drawn again last. */
  private given: Dataset | null = null;
  private found: { readonly data: Dataset; readonly pages: CompletePages; judged?: Dataset } | null = null;

  /**
   * @param current the session of the run under way; throws where there is none
   * @param yieldNow lets messages in, as in TrainerOptions
   */
  constructor(
    private readonly current: () => Session,
    private readonly yieldNow: () => Promise<void>,
  ) {}

  /** Ends long readings, whose promises then reject. */
  cancel(): void {
    this.asked++;
  }

  /** One row. @throws Error in one sentence where none matches */
  async row(pick: RowPick): Promise<RowReading> {
    const session = this.current();
    const range = this.rangeOf(session, pick.part);
    const columns = labelColumns(session.pipeline, range.data.schema);
    const matches = matchingRows(range, pick.filter, columns);
    const { seek } = pick;
    const row =
      seek.kind === 'surprising'
        ? await this.surprising(session, range, columns, matches, seek.rank)
        : seekRow(matches, seek);
    const rows = range.to - range.from;
    if (row === undefined) throw new Error(NO_ROW);
    if (row >= rows) throw new Error(`There are ${rows} rows: choose a number up to ${rows}.`);
    const { data } = range;
    const at = range.from + row;
    // Both passes run before anything is awaited: a run that goes on cannot come between them.
    const reading = session.predict([at], undefined, data);
    const probing = session.probe(this.probesOf(session), [{ name: ONE_ROW, rows: [at] }], data);
    const { step } = session;
    const [{ logP, log1mP }, probes] = await Promise.all([reading, probing]);
    const K = data.schema.tasks.length;
    const labels = columns.map((c) => data.labels[at * K + c]!);
    return {
      step,
      part: pick.part,
      row,
      rows,
      matches: matches.length,
      place: matches.indexOf(row),
      id: data.rowIds[at]!,
      group: data.schema.group === null ? null : data.groups[at]!,
      page: this.pageOf(session, pick.part, at),
      weight: data.weights[at]!,
      columns: decodeRow(data, at),
      labels,
      truth: data.truth ? columns.map((c) => data.truth!.probabilities[at * K + c]!) : null,
      logP: [...logP],
      loss: labels.reduce((sum, y, k) => sum - (y === 1 ? logP[k]! : log1mP[k]!), 0),
      probes,
    };
  }

  /** A page's rows. @throws Error in one sentence where there is no such page, or none at all */
  async page(pick: PagePick): Promise<PageReading> {
    const session = this.current();
    if (pick.kind === 'given') this.given = pick.data;
    const where = this.wholePages(session);
    if (pick.kind === 'given' || pick.kind === 'last given') {
      const data = this.given;
      if (!data) throw new Error('No page was drawn again: choose a row and open its page.');
      const rows = Array.from({ length: data.rows }, (_, i) => i);
      return this.readPage(session, 'redrawn', data, rows, null, where.ok ? where.pages.length : 0);
    }
    if (!where.ok) throw new Error(where.reason);
    const { data, pages, part } = where;
    const columns = labelColumns(session.pipeline, data.schema);
    const K = data.schema.tasks.length;
    const found =
      pick.kind === 'group'
        ? pages.findIndex((page) => data.groups[page[0]!] === pick.group)
        : (seekPage(pages, pick, (page, task) =>
            page.some((r) => data.labels[r * K + (columns[task] ?? Number.NaN)] === 1),
          ) ?? -1);
    const page = pages[found];
    if (!page) {
      throw new Error(
        pick.kind === 'page'
          ? `There are ${pages.length} whole pages: choose a number up to ${pages.length}.`
          : 'No whole page matches: choose another filter.',
      );
    }
    return this.readPage(session, part, data, page, found, pages.length);
  }

  private async readPage(
    session: Session,
    part: RowPart,
    data: Dataset,
    page: readonly number[],
    number: number | null,
    pages: number,
  ): Promise<PageReading> {
    const rows = page.slice(0, MOST_ITEMS);
    const { step } = session;
    const { logP } = await session.predict(rows, undefined, data);
    const columns = labelColumns(session.pipeline, data.schema);
    const K = data.schema.tasks.length;
    const first = part === 'validation' ? data.trainRows : 0;
    const price = priceColumn(data);
    const cells = <T extends Uint8Array | Float32Array>(out: T, source: T): T => {
      rows.forEach((row, i) => {
        columns.forEach((c, k) => {
          out[i * columns.length + k] = source[row * K + c]!;
        });
      });
      return out;
    };
    const n = rows.length * columns.length;
    return {
      step,
      part,
      page: number,
      pages,
      group: data.groups[rows[0]!]!,
      size: page.length,
      rows: rows.map((r) => r - first),
      ids: rows.map((r) => data.rowIds[r]!),
      logP,
      labels: cells(new Uint8Array(n), data.labels),
      truth: data.truth ? cells(new Float32Array(n), data.truth.probabilities) : null,
      price: price < 0 ? null : { name: data.schema.numerical[price]!, values: rawValues(data, price, rows) },
    };
  }

  /** Fusions judged on all whole pages (at most 1,000 of a log). The predictions are kept while the run rests. */
  async fusions({ fusions, k }: FusionRequest): Promise<FusionReading> {
    const session = this.current();
    const data = this.judged(session);
    const { tasks } = session.pipeline;
    const { logP, step } = await this.predictAll(session, data, 0, data.rows);
    const columns = labelColumns(session.pipeline, data.schema);
    const width = data.schema.tasks.length;
    const of = (source: ArrayLike<number>) =>
      Float32Array.from({ length: data.rows * tasks.length }, (_, i) => {
        const k = i % tasks.length;
        return source[((i - k) / tasks.length) * width + columns[k]!]!;
      });
    const pair = fusionPair(tasks);
    const pages = pagesOf(data.groups);
    const rows = {
      logP,
      labels: of(data.labels),
      truth: data.truth ? of(data.truth.probabilities) : null,
      tasks: tasks.length,
    };
    const names = [pair.first, ...(pair.last === null ? [] : [pair.last])].map((t) => tasks[t]!.label);
    const judged = judgeFusions(fusions, pair, rows, pages, k, names);
    return { step, k, pages: pages.length, rows: data.rows, judged };
  }

  /** Page metrics of every output at the step of now, as they are at the end of a run. */
  async pages(): Promise<PagesReading> {
    const session = this.current();
    this.judged(session);
    const { step } = session;
    const pages = await pageEvaluation(session, this.breath(session));
    return { step, pages: pages! };
  }

  /** The pages that metrics are taken on. @throws Error that says why there are none */
  private judged(session: Session): Dataset {
    const pages = this.wholePages(session);
    if (!pages.ok) throw new Error(pages.reason);
    const found = this.found!;
    found.judged ??= judgedPages(session.data)!;
    return found.judged;
  }

  private wholePages({ data }: Session): CompletePages {
    if (this.found?.data !== data) this.found = { data, pages: completePages(data) };
    return this.found.pages;
  }

  private rangeOf({ data }: Session, part: RowPart): RowRange {
    if (part === 'validation') return { data, from: data.trainRows, to: data.rows };
    const other = part === 'pages' ? data.pages : this.given;
    if (!other) throw new Error('These data have no such rows: choose a row of the validation part.');
    return { data: other, from: 0, to: other.rows };
  }

  /** How to get to the page of a row. @param row its number in its data set */
  private pageOf(session: Session, part: RowPart, row: number): PageOfRow {
    if (part !== 'validation') return { kind: 'here' };
    const where = this.wholePages(session);
    if (where.ok && where.part === 'pages') return { kind: 'redraw' };
    if (!where.ok) return { kind: 'none', reason: where.reason };
    return where.pages.some((page) => page.includes(row))
      ? { kind: 'here' }
      : { kind: 'none', reason: 'This row’s page has no other row here.' };
  }

  /** Probes of the blocks that rows flow through; a balancer's are those of a step. */
  private probesOf({ pipeline }: Session): ReadonlySet<string> {
    return new Set(
      blocksOf(pipeline).flatMap(({ pillar, spec }) =>
        pillar === 'balancer' ? [] : Object.keys(spec.probes),
      ),
    );
  }

  /** The row with the n-th largest loss Σ_k −ln p(what happened) among those that match. */
  private async surprising(
    session: Session,
    { data, from, to }: RowRange,
    columns: readonly number[],
    matches: readonly number[],
    rank: number,
  ): Promise<number | undefined> {
    const { logP, log1mP } = await this.predictAll(session, data, from, to);
    const K = columns.length;
    const width = data.schema.tasks.length;
    const loss = (row: number) =>
      columns.reduce((sum, c, k) => {
        const happened = data.labels[(from + row) * width + c] === 1;
        return sum - (happened ? logP : log1mP)[row * K + k]!;
      }, 0);
    const order = matches
      .map((row) => ({ row, loss: loss(row) }))
      .sort((a, b) => b.loss - a.loss || a.row - b.row);
    return order[rank % Math.max(1, order.length)]?.row;
  }

  /** Predictions of rows `from` … `to`, or those that are at hand. Rejects where the run goes on meanwhile. */
  private async predictAll(session: Session, data: Dataset, from: number, to: number): Promise<Predicted> {
    const known = this.predicted;
    const { step } = session;
    if (known?.session === session && known.step === step && known.data === data) return known;
    const rows = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    const values = await session.predict(rows, this.breath(session), data);
    this.predicted = { session, step, data, ...values };
    return this.predicted;
  }

  /** Awaited between chunks: lets messages in, and breaks off where the reading is outdated. */
  private breath(session: Session): () => Promise<void> {
    const { asked } = this;
    const { step } = session;
    return async () => {
      await this.yieldNow();
      if (this.asked !== asked) throw new Error(STOPPED);
      if (this.current() !== session || session.step !== step) throw new Error(RAN_ON);
    };
  }
}
