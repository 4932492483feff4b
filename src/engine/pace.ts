/** Slow motion: holds a run back to so many steps a second, and lets go at once when somebody wants it to rest. */
import type { Speed } from '../pipeline/run';

/** At most so many steps a second, gates and attention are read after every one of them. */
const SHOWN = 2;

export class Pace {
  private speed: Speed = null;
  /** When the last step was let go, in milliseconds of `performance.now`. */
  private last = 0;
  private release: (() => void) | null = null;

  /** Steps a second, or null for full speed. A wait under way ends, so that the new speed holds at once. */
  set(speed: Speed): void {
    this.speed = speed;
    this.wake();
  }

  get slow(): boolean {
    return this.speed !== null;
  }

  /** Whether steps are so slow that what blocks publish is worth reading after each. */
  get shows(): boolean {
    return this.speed !== null && this.speed <= SHOWN;
  }

  /** The first step is let go now; the next is due a step's time later. */
  begin(): void {
    this.last = performance.now();
  }

  /** Ends the wait under way. */
  wake(): void {
    this.release?.();
  }

  /** Resolves when the next step is due, or when it is woken: nobody has to wait out a slow step in order to pause. */
  async wait(): Promise<void> {
    if (this.speed === null) return;
    const due = this.last + 1000 / this.speed;
    const rest = due - performance.now();
    if (rest > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest);
        this.release = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.release = null;
    }
    this.last = performance.now();
  }
}
