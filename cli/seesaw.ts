/** The program itself: hands the terminal to the command line and ends with its exit code. */
import { writeSync } from 'node:fs';
import { main } from './main';
import { dropWebGpu } from './webgpu';

const stop = new AbortController();
// Only once: a second Ctrl+C ends the program at once, as everybody expects.
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

/** Writes all of it before going on: what a pipe holds back would be lost by `exit`. */
function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      // A reader that is full is tried again; one that has gone (`| head`) wants nothing more.
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') return;
      throw cause;
    }
  }
}

const code = await main(process.argv.slice(2), {
  out: (text) => writeAll(1, text),
  err: (text) => writeAll(2, text),
  signal: stop.signal,
});
dropWebGpu();
// Not left to an empty queue: a GPU's objects would keep the program alive.
process.exit(code);
