/** Walks through the rows of files once: reads each row's labels, decides, and parses the rest of those that are kept. */
import { DataError } from '../dataset';
import type { Plan } from '../mapping/plan';
import { DEEP, NONE, Sampler, SHALLOW } from '../sampling/sampler';
import { type Places, RowStore } from '../sampling/store';
import { MISSING, type RowBlock, type RowSource } from './block';
import { count, quote } from './say';
import { timeFrom } from './time';

/** How a file of rows serves a plan. Columns are numbers of the file's columns. */
export interface FileUse {
  readonly source: RowSource;
  /** 1 for the test file. */
  readonly part: 0 | 1;
  readonly features: Places;
  /** By task: the label's column; with `atLeast`, a column of levels and the level that counts as the event. */
  readonly labels: readonly { readonly column: number; readonly atLeast?: number }[];
  readonly group: number | null;
  readonly weight: number | null;
  readonly time: number | null;
  /** The column by which another file is joined. */
  readonly key: number | null;
}

/** A page whose end has not been seen. */
interface Page {
  readonly unit: number;
  readonly priority: number;
  stratum: number;
  rows: number;
  /** Rows of the block at hand that were not parsed yet, their labels and numbers. */
  waiting: { row: number; bits: number; id: number }[];
  slots: number[];
  /** Place of its latest row in the block at hand, or −1; and the group's text once the block has ended. */
  last: number;
  text: string | null;
  /** Refusals of rows that count only if the page is kept. */
  faults: { fault: DataError; bits: number }[];
}

export class Collector {
  readonly store: RowStore;
  readonly sampler: Sampler;
  /** Rows read, those left out because they are broken, and why the first of these was. */
  rows = 0;
  broken = 0;
  firstFault: DataError | null = null;
  /** By task: rows with the event; rows with the event but not its parent, which count as rows without it. */
  readonly positives: number[];
  readonly exceptions: number[];
  private next = 0;
  private pages = 0;
  private page: Page | null = null;
  private readonly deep: number;
  private bits = 0;
  /** Rows of a block whose features wait for their columns. */
  private fills: { row: number; slot: number; id: number }[] = [];

  constructor(private readonly plan: Plan) {
    const { sampling } = plan.mapping;
    this.store = new RowStore(plan);
    this.sampler = new Sampler(sampling.rows, sampling.clickShare, sampling.seed, this.store);
    this.positives = plan.tasks.map(() => 0);
    this.exceptions = plan.tasks.map(() => 0);
    const parents = new Set(plan.tasks.map((t) => t.parent));
    this.deep = plan.tasks.reduce((bits, _, k) => (parents.has(k) ? bits : bits | (1 << k)), 0);
  }

  /** Reads a file to its end. `beat` is awaited after every block with the bytes read of this file. */
  async read(use: FileUse, beat: (bytes: number) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const decisive = [...use.labels.map((l) => l.column), use.group, use.weight, use.time, use.key];
    const first = [...new Set(decisive.filter((c): c is number => c !== null))];
    for await (const { block, bytes } of use.source.blocks(signal)) {
      if (!block.whole) await block.load(first);
      if (this.plan.mapping.sampling.wholePages) this.readPages(block, use);
      else this.readRows(block, use);
      if (!block.whole) await this.fill(block, use, beat, bytes);
      await beat(bytes);
    }
    this.closePage(null, use);
  }

  private readRows(block: RowBlock, use: FileUse): void {
    const { sampler } = this;
    for (let row = 0; row < block.rows; row++) {
      const id = this.next++;
      const stratum = this.begin(block, row, use);
      if (stratum < 0) continue;
      const priority = sampler.priority(id);
      if (!sampler.offer(stratum, priority, id, 1)) continue;
      const slot = sampler.claim(stratum, priority, id);
      if (slot >= 0) this.put(slot, block, row, use, id, this.bits, null);
    }
  }

  /** Reads a row's labels into `bits`, counts them, and returns its stratum; −1 for a broken row that is left out. */
  private begin(block: RowBlock, row: number, use: FileUse): number {
    let bits = 0;
    try {
      block.check(row);
      for (let k = 0; k < use.labels.length; k++) bits |= this.labelOf(block, row, use.labels[k]!) << k;
    } catch (fault) {
      this.leaveOut(fault);
      return -1;
    }
    const { tasks } = this.plan;
    for (let k = 0; k < tasks.length; k++) {
      if ((bits >> k) % 2 === 0) continue;
      const { parent } = tasks[k]!;
      if (parent !== null && (bits >> parent) % 2 === 0) {
        // Parents come first, so this sees a parent that was taken back itself.
        bits &= ~(1 << k);
        this.exceptions[k]!++;
      } else this.positives[k]!++;
    }
    this.rows++;
    this.bits = bits;
    return bits & this.deep ? DEEP : bits ? SHALLOW : NONE;
  }

  private labelOf(block: RowBlock, row: number, { column, atLeast }: FileUse['labels'][number]): number {
    if (atLeast === undefined) return block.label(row, column);
    const level = block.code(row, column);
    if (level < 0 || level > 2) {
      throw block.refusal(
        row,
        column,
        `holds ${quote(block.text(row, column))}; it must be 0 (impression), 1 (click) or 2 (purchase)`,
      );
    }
    return level >= atLeast ? 1 : 0;
  }

  private leaveOut(fault: unknown): void {
    if (!(fault instanceof DataError) || this.plan.mapping.brokenRows === 'refuse') throw fault;
    this.broken++;
    this.firstFault ??= fault;
  }

  /** A row that was counted turned out to be broken. */
  private uncount(bits: number): void {
    this.rows--;
    for (let k = 0; k < this.positives.length; k++) this.positives[k]! -= (bits >> k) % 2;
  }

  /** Parses a row into its slot, or remembers to do so. Returns false where it is broken and left out. */
  private put(
    slot: number,
    block: RowBlock,
    row: number,
    use: FileUse,
    id: number,
    bits: number,
    page: Page | null,
  ): boolean {
    const { store, sampler } = this;
    const K = this.positives.length;
    for (let k = 0; k < K; k++) store.labels[slot * K + k] = (bits >> k) % 2;
    store.rowIds[slot] = id;
    store.parts[slot] = use.part;
    try {
      this.putGroup(slot, block, row, use);
      if (block.whole) store.putAll(slot, block, row, use.features);
      else this.fills.push({ row, slot, id });
      return true;
    } catch (fault) {
      sampler.retract(slot, sampler.stratumOf(slot));
      if (page === null) {
        this.leaveOut(fault);
        this.uncount(bits);
      } else {
        if (!(fault instanceof DataError)) throw fault;
        page.faults.push({ fault, bits });
      }
      return false;
    }
  }

  private putGroup(slot: number, block: RowBlock, row: number, use: FileUse): void {
    const { store } = this;
    if (use.group !== null) {
      const code = store.codeOf(block, row, use.group);
      if (code === MISSING)
        throw block.refusal(row, use.group, 'is empty; each row needs the id of its group');
      store.groups[slot] = code;
    }
    if (use.key !== null) store.keys[slot] = store.codeOf(block, row, use.key);
    if (use.weight !== null) {
      const weight = block.number(row, use.weight);
      if (!(weight > 0)) {
        throw block.refusal(
          row,
          use.weight,
          `holds ${quote(block.text(row, use.weight))}; a weight must be a number above 0`,
        );
      }
      store.weights[slot] = weight;
    }
    if (use.time !== null) {
      const text = block.text(row, use.time);
      const time = timeFrom(text);
      if (Number.isNaN(time))
        throw block.refusal(
          row,
          use.time,
          `holds ${quote(text)}, which is no time; write a number or a date like 2022-04-25 14:00:00`,
        );
      store.times[slot] = time;
    }
  }

  private readPages(block: RowBlock, use: FileUse): void {
    const group = use.group!;
    for (let row = 0; row < block.rows; row++) {
      const id = this.next++;
      const stratum = this.begin(block, row, use);
      if (stratum < 0) continue;
      let { page } = this;
      const same =
        page !== null &&
        (page.last >= 0 ? block.same(row, page.last, group) : block.text(row, group) === page.text);
      if (!same || page === null) {
        this.closePage(block, use);
        const unit = this.pages++;
        const priority = this.sampler.priority(unit);
        page = {
          unit,
          priority,
          stratum,
          rows: 0,
          waiting: [],
          slots: [],
          last: row,
          text: null,
          faults: [],
        };
        this.page = page;
      }
      page.last = row;
      page.stratum = Math.min(page.stratum, stratum);
      page.waiting.push({ row, bits: this.bits, id });
      if (++page.rows > this.sampler.longestPage) this.refusePage(block, row, use);
    }
    const { page } = this;
    if (page === null) return;
    // The page goes on in the next block, when these rows can no longer be read.
    if (page.last >= 0) page.text = block.text(page.last, group);
    page.last = -1;
    if (this.sampler.possible(page.priority)) this.parseWaiting(page, block, use);
    page.waiting = [];
  }

  private parseWaiting(page: Page, block: RowBlock, use: FileUse): void {
    for (const { row, bits, id } of page.waiting) {
      const slot = this.sampler.claim(null, page.priority, page.unit);
      if (this.put(slot, block, row, use, id, bits, page)) page.slots.push(slot);
    }
    page.waiting = [];
  }

  private closePage(block: RowBlock | null, use: FileUse): void {
    const { page, sampler } = this;
    this.page = null;
    if (page === null) return;
    if (!sampler.offer(page.stratum, page.priority, page.unit, page.rows)) {
      for (const slot of page.slots) sampler.retract(slot, null);
      return;
    }
    if (block !== null) this.parseWaiting(page, block, use);
    // Rows that turned out to be broken were offered with the page.
    for (const { fault, bits } of page.faults) {
      this.leaveOut(fault);
      this.uncount(bits);
      sampler.lose(page.stratum);
    }
    sampler.close(page.slots, page.stratum, page.priority, page.unit);
  }

  private refusePage(block: RowBlock, row: number, use: FileUse): never {
    const most = this.sampler.longestPage;
    throw block.refusal(
      row,
      use.group!,
      `has held the same value for more than ${count(most)} rows, too many to keep such pages whole; keep more rows, or single rows instead of whole pages`,
    );
  }

  /** Parses the features of the rows of a block that still are in the sample, column by column. */
  private async fill(
    block: RowBlock,
    use: FileUse,
    beat: (bytes: number) => Promise<void>,
    bytes: number,
  ): Promise<void> {
    const { store, sampler } = this;
    const live = this.fills.filter(({ slot, id }) => sampler.used(slot) && store.rowIds[slot] === id);
    this.fills = [];
    const bad = new Set<(typeof live)[number]>();
    const each = async (column: number, put: (slot: number, row: number) => void) => {
      if (column < 0 || live.length === 0) return;
      await block.load([column]);
      for (const entry of live) {
        try {
          put(entry.slot, entry.row);
        } catch (fault) {
          this.leaveOut(fault);
          if (bad.has(entry)) this.broken--;
          bad.add(entry);
        }
      }
      await beat(bytes);
    };
    const { categorical, numerical, lists, separators } = use.features;
    for (let c = 0; c < categorical.length; c++) {
      const column = categorical[c]!;
      await each(column, (slot, row) => store.putCategorical(slot, c, block, row, column));
    }
    for (let m = 0; m < numerical.length; m++) {
      const column = numerical[m]!;
      await each(column, (slot, row) => store.putNumerical(slot, m, block, row, column));
    }
    for (let l = 0; l < lists.length; l++) {
      const column = lists[l]!;
      await each(column, (slot, row) => store.putList(slot, l, block, row, column, separators[l]!));
    }
    for (const { slot } of bad) this.dropBroken(slot);
  }

  private dropBroken(slot: number): void {
    const K = this.positives.length;
    let bits = 0;
    for (let k = 0; k < K; k++) bits |= this.store.labels[slot * K + k]! << k;
    this.uncount(bits);
    const stratum = this.sampler.stratumOf(slot);
    this.sampler.retract(slot, stratum);
    const { page } = this;
    if (stratum === null && page !== null) {
      page.slots = page.slots.filter((s) => s !== slot);
      page.rows--;
    }
  }
}
