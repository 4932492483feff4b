/** A table of the data worker: there while it is used, and let go of while nobody asks for it, where it can be drawn again. */
import { columnBuffers } from '../src/data/dataset';
import type { Table } from '../src/data/table';

/** Milliseconds without a use until rows are let go: the first looks into new data find them still there. */
export const IDLE = 20_000;

/** Gives memory back at once: an idle worker may collect no garbage for minutes. Engines without `transfer` wait for that. */
function release(buffers: readonly ArrayBuffer[]): void {
  for (const buffer of buffers) (buffer as { transfer?: (length: number) => unknown }).transfer?.(0);
}

export class HeldTable {
  /** Null while it is let go. */
  private table: Promise<Table> | null;
  private users = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param again draws the table anew, to the same bytes; null where it stays for good
   * @param idle milliseconds
   */
  constructor(
    table: Table,
    private readonly again: (() => Promise<Table>) | null,
    private readonly idle = IDLE,
  ) {
    this.table = Promise.resolve(table);
    this.rest();
  }

  /** Whether its rows take memory now. */
  get there(): boolean {
    return this.table !== null;
  }

  /** Lets somebody have the table, which is drawn again where it was let go; whoever comes meanwhile waits for the same one. */
  async use<T>(act: (table: Table) => T | Promise<T>): Promise<T> {
    this.users++;
    clearTimeout(this.timer);
    this.table ??= this.again!();
    const mine = this.table;
    try {
      return await act(await mine);
    } finally {
      // One that could not be drawn is tried again by the next.
      await mine.catch(() => {
        if (this.table === mine) this.table = null;
      });
      if (--this.users === 0) this.rest();
    }
  }

  private rest(): void {
    if (this.again) this.timer = setTimeout(() => this.letGo(), this.idle);
  }

  private letGo(): void {
    const gone = this.table;
    this.table = null;
    void gone?.then((table) => release(columnBuffers(table)));
  }
}
