/** Where the time of training steps goes: block by block, forward and back. It reads a clock where the work passes from one to the next. */

/** Steps that a reading is the mean of: enough to even out a busy moment, few enough that the first, slow ones are soon forgotten. */
const STEPS = 64;

/** Mean milliseconds of a step, by what was done. */
export interface StepTimes {
  /** Steps behind the means. */
  readonly steps: number;
  /** [blocks] forward pass, the last block's with the losses. */
  readonly forward: readonly number[];
  /** [blocks] all backward passes that the step took. */
  readonly backward: readonly number[];
  /** Before the forward pass: the batch's rows gathered, the weights laid out. */
  readonly batch: number;
  /** What comes of the gradients: joined, balanced, and the optimiser's step. */
  readonly update: number;
}

/**
 * Times every step as it is, so that it neither repeats one nor changes a number. It believes that a kernel has done its work
 * when the call returns, which holds for wasm and cpu; a GPU only queues it, and must not be timed so.
 */
export class StepTimer {
  /** [STEPS, 2·blocks + 2] row-major: forward by block, backward by block, batch, update. */
  private readonly taken: Float64Array;
  private readonly batch: number;
  private readonly update: number;
  private readonly width: number;
  private steps = 0;
  /** What the clock runs for, and since when. */
  private now = -1;
  private since = 0;
  /** Nodes on the tape when each block's forward pass was done. */
  private readonly ends: number[] = [];
  private tape: () => number = () => 0;

  /** @param clock milliseconds, e.g. of `performance.now` */
  constructor(
    private readonly blocks: number,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.batch = 2 * blocks;
    this.update = 2 * blocks + 1;
    this.width = 2 * blocks + 2;
    this.taken = new Float64Array(STEPS * this.width);
  }

  /** A step begins. */
  begin(): void {
    const row = this.steps % STEPS;
    this.taken.fill(0, row * this.width, (row + 1) * this.width);
    this.now = this.batch;
    this.since = this.clock();
  }

  /** Its forward pass begins. @param tape counts the nodes that were recorded so far */
  beginForward(tape: () => number): void {
    if (this.now < 0) return;
    this.tape = tape;
    this.ends.length = 0;
    this.pass(0);
  }

  /** A block's forward pass is done; what follows is the next one's, or the losses after the last. */
  blockDone(): void {
    if (this.now < 0) return;
    this.ends.push(this.tape());
    this.pass(Math.min(this.ends.length, this.blocks - 1));
  }

  /** What follows is neither forward nor backward pass. */
  between(): void {
    if (this.now >= 0) this.pass(this.update);
  }

  /** What follows is the way back through a node of the tape. */
  backThrough(node: number): void {
    if (this.now < 0) return;
    let block = 0;
    while (block < this.blocks - 1 && node >= this.ends[block]!) block++;
    this.pass(this.blocks + block);
  }

  /** The step is done. */
  end(): void {
    if (this.now < 0) return;
    this.pass(-1);
    this.steps++;
  }

  private pass(to: number): void {
    if (to === this.now) return;
    const at = this.clock();
    this.taken[(this.steps % STEPS) * this.width + this.now]! += at - this.since;
    this.now = to;
    this.since = at;
  }

  /** Means over the last steps; null before the first. */
  read(): StepTimes | null {
    const steps = Math.min(this.steps, STEPS);
    if (steps === 0) return null;
    const means = Array.from({ length: this.width }, (_, part) => {
      let sum = 0;
      // The row of a step under way is not among them: it is the oldest, or none yet.
      for (let s = this.steps - steps; s < this.steps; s++)
        sum += this.taken[(s % STEPS) * this.width + part]!;
      return sum / steps;
    });
    return {
      steps,
      forward: means.slice(0, this.blocks),
      backward: means.slice(this.blocks, 2 * this.blocks),
      batch: means[this.batch]!,
      update: means[this.update]!,
    };
  }
}
