/**
 * A sample of a stream of unknown length: in each stratum the units with the lowest random priorities.
 *
 * A unit (a row, or a page of rows) has the priority hash(seed, its number). Once the slots are full, the line below which
 * a stratum's units are kept falls. A line never rises again, so what is left at the end is exactly the units with the
 * lowest priorities of the whole stream, however it was cut into pieces and whenever the lines fell.
 */
import { hash32 } from '../random';

/** The deepest event of the funnel happened; an event, but no deepest one; none. */
export const DEEP = 0;
export const SHALLOW = 1;
export const NONE = 2;
export const STRATA = 3;
/** A page that has not ended yet. */
const OPEN = 3;
const FREE = 4;

const STREAM = 0x73616d70;

/** Slots are numbered in 21 bits, beside 32 bits of priority in one exact double. */
const MOST_SLOTS = 2 ** 21 - 1;

/**
 * How many rows to keep of each stratum when there are `found` rows of it: the deepest events first, then the others,
 * then the rest; but a quarter of the budget is left for each of the latter where they can fill it, since a model
 * cannot learn from one kind of row.
 */
export function targets(budget: number, found: readonly number[]): [number, number, number] {
  const quarter = Math.floor(budget / 4);
  const [deep, shallow, none] = found as [number, number, number];
  const leastNone = Math.min(none, quarter);
  const leastShallow = Math.min(shallow, quarter);
  const a = Math.min(deep, budget - leastNone - leastShallow);
  const b = Math.min(shallow, budget - a - leastNone);
  return [a, b, Math.min(none, budget - a - b)];
}

/** Who holds the rows themselves. */
export interface Slots {
  /** Makes room for `capacity` slots; those in use stay. */
  grow(capacity: number): void;
  /** Called after slots were freed, so that what they held can be let go. */
  freed(isFree: (slot: number) => boolean): void;
}

export class Sampler {
  /** Rows of the stream by stratum. */
  readonly found = [0, 0, 0];
  /** Rows under the share that is wanted at all of a stratum. */
  private readonly wanted = [0, 0, 0];
  /** Units before the line (by priority, then number) are kept: that of the first one that found no room. */
  private readonly line = new Float64Array(STRATA).fill(2 ** 32);
  private readonly lineUnit = new Float64Array(STRATA).fill(Number.POSITIVE_INFINITY);
  private readonly share: readonly number[];
  private readonly most: number;
  capacity = 0;
  private state = new Uint8Array(0);
  private priorities = new Uint32Array(0);
  private units = new Float64Array(0);
  private free: number[] = [];

  /**
   * @param budget rows to keep at most
   * @param shallowShare share of the rows with an event, but no deepest one, that is wanted
   */
  constructor(
    readonly budget: number,
    shallowShare: number,
    private readonly seed: number,
    private readonly slots: Slots,
  ) {
    this.share = [2 ** 32, shallowShare * 2 ** 32, 2 ** 32];
    this.most = Math.min(MOST_SLOTS, budget + this.longestPage);
    this.widen(Math.min(this.most, 256));
  }

  /** Rows that a page may have where pages are kept whole. */
  get longestPage(): number {
    return Math.min(this.budget, Math.max(1024, this.budget >> 2), MOST_SLOTS - this.budget);
  }

  priority(unit: number): number {
    return hash32(this.seed, STREAM, unit, Math.floor(unit / 2 ** 32));
  }

  /** False where a unit will not be kept, whatever it turns out to be. */
  possible(priority: number): boolean {
    return this.line.some((line) => priority <= line);
  }

  /** Counts a unit of `rows` rows and says whether it is kept. */
  offer(stratum: number, priority: number, unit: number, rows: number): boolean {
    this.found[stratum]! += rows;
    if (priority >= this.share[stratum]!) return false;
    this.wanted[stratum]! += rows;
    return this.below(stratum, priority, unit);
  }

  private below(stratum: number, priority: number, unit: number): boolean {
    const line = this.line[stratum]!;
    return priority < line || (priority === line && unit < this.lineUnit[stratum]!);
  }

  /**
   * A slot for a row that `offer` took, or −1 where the line fell below it while room was made; or a slot for a row of a
   * page that is still open (stratum null), which stays until the page is closed.
   */
  claim(stratum: number | null, priority: number, unit: number): number {
    if (this.free.length === 0) {
      if (this.capacity < this.most) this.widen(Math.min(this.most, this.capacity * 2));
      else {
        this.shrink();
        if (stratum !== null && !this.below(stratum, priority, unit)) return -1;
      }
    }
    const slot = this.free.pop()!;
    this.state[slot] = stratum ?? OPEN;
    this.priorities[slot] = priority;
    this.units[slot] = unit;
    return slot;
  }

  /** A page that `offer` took has ended: its slots stay, unless the line fell below it meanwhile. */
  close(slots: readonly number[], stratum: number, priority: number, unit: number): void {
    const stays = this.below(stratum, priority, unit);
    for (const slot of slots) {
      if (stays) this.state[slot] = stratum;
      else this.retract(slot, null);
    }
  }

  /** True where a stratum had more rows than there was room for. */
  thinned(stratum: number): boolean {
    return Number.isFinite(this.lineUnit[stratum]!);
  }

  stratumOf(slot: number): number | null {
    const state = this.state[slot]!;
    return state < STRATA ? state : null;
  }

  used(slot: number): boolean {
    return this.state[slot] !== FREE;
  }

  /** Number of the unit in a slot. */
  unitOf(slot: number): number {
    return this.units[slot]!;
  }

  /** Takes back the row in a slot; with its stratum where it turned out to be no row at all. */
  retract(slot: number, stratum: number | null): void {
    this.state[slot] = FREE;
    this.free.push(slot);
    if (stratum !== null) this.lose(stratum);
  }

  /** A row that was counted in a unit that is kept turned out to be none. */
  lose(stratum: number): void {
    this.found[stratum]!--;
    this.wanted[stratum]!--;
  }

  /** Lowers the lines until no more than the budget is kept; slots of open pages stay. */
  private shrink(): void {
    const target = targets(this.budget, this.wanted);
    let freed = 0;
    for (let s = 0; s < STRATA; s++) freed += this.lower(s, target[s]!);
    if (freed > 0) this.slots.freed((slot) => this.state[slot] === FREE);
  }

  /** Keeps as many units of a stratum as fit into `target` rows, lowest priorities first; returns how many slots fell free. */
  private lower(stratum: number, target: number): number {
    let rows = 0;
    for (let i = 0; i < this.capacity; i++) if (this.state[i] === stratum) rows++;
    if (rows <= target) return 0;
    const keys = new Float64Array(rows);
    for (let i = 0, at = 0; i < this.capacity; i++) {
      if (this.state[i] === stratum) keys[at++] = this.priorities[i]! * 2 ** 21 + i;
    }
    keys.sort();
    const order = Uint32Array.from(keys, (k) => k % 2 ** 21);
    this.untie(order);
    // Whole units only: go back to where the unit that does not fit begins.
    let cut = target;
    while (cut > 0 && this.units[order[cut]!] === this.units[order[cut - 1]!]) cut--;
    this.line[stratum] = this.priorities[order[cut]!]!;
    this.lineUnit[stratum] = this.units[order[cut]!]!;
    for (let i = cut; i < rows; i++) {
      this.state[order[i]!] = FREE;
      this.free.push(order[i]!);
    }
    return rows - cut;
  }

  /** Slots of equal priority, which came in the order of their numbers, into the order of their units. */
  private untie(order: Uint32Array): void {
    for (let i = 0; i < order.length; ) {
      let end = i + 1;
      while (end < order.length && this.priorities[order[end]!] === this.priorities[order[i]!]) end++;
      if (end - i > 1) order.subarray(i, end).sort((a, b) => this.units[a]! - this.units[b]! || a - b);
      i = end;
    }
  }

  private widen(capacity: number): void {
    const wider = <T extends Uint8Array | Uint32Array | Float64Array>(a: T): T => {
      const b = new (a.constructor as new (n: number) => T)(capacity);
      b.set(a);
      return b;
    };
    this.slots.grow(capacity);
    const old = this.capacity;
    this.state = wider(this.state).fill(FREE, old);
    this.priorities = wider(this.priorities);
    this.units = wider(this.units);
    for (let i = capacity - 1; i >= old; i--) this.free.push(i);
    this.capacity = capacity;
  }

  /** Brings the sample within the budget. Returns the slots in use, and their strata. */
  finish(): { slots: Uint32Array; strata: Uint8Array; kept: number[] } {
    this.shrink();
    const slots: number[] = [];
    const kept = [0, 0, 0];
    for (let i = 0; i < this.capacity; i++) {
      if (this.state[i]! >= STRATA) continue;
      slots.push(i);
      kept[this.state[i]!]!++;
    }
    return { slots: Uint32Array.from(slots), strata: Uint8Array.from(slots, (s) => this.state[s]!), kept };
  }
}
