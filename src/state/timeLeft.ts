/** How long a run will take yet, from the pace of its last seconds: evaluations and slow motion are in it, as they are in the wait. */

/** Milliseconds that count, and that there must be before anything is said. */
const WINDOW = 10_000;
const ENOUGH = 1_500;

export class TimeLeft {
  private marks: { readonly step: number; readonly at: number }[] = [];

  /** A step was reached. */
  note(step: number, at = performance.now()): void {
    const last = this.marks.at(-1);
    if (last && step < last.step) this.marks = [];
    this.marks.push({ step, at });
    while (this.marks.length > 2 && this.marks[1]!.at < at - WINDOW) this.marks.shift();
  }

  /** The run rests or another begins: the time between does not count. */
  forget(): void {
    this.marks = [];
  }

  /** Seconds until `steps` are done, or null while it cannot be told. */
  until(steps: number): number | null {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (!first || !last || last.at - first.at < ENOUGH || last.step <= first.step) return null;
    return (Math.max(0, steps - last.step) * (last.at - first.at)) / (last.step - first.step) / 1000;
  }
}
