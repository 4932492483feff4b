/** What a command needs of the terminal, and the ways in which it may end. */

/** Where a command speaks to, and how it is told to stop. Tests hand in their own. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, notices and errors. */
  readonly err: (text: string) => void;
  /** Set off by Ctrl+C. */
  readonly signal: AbortSignal;
}

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An end other than success; its message is one sentence for the person at the keyboard. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** What was asked for, or the file it names, cannot be used. */
export const badInput = (message: string) => new CliError(message, EXIT.usage);

/** Stopped by Ctrl+C before there was anything to keep. */
export const interrupted = () =>
  new CliError('Stopped before training began; nothing was written.', EXIT.interrupted);

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Prints one JSON object, and nothing else, on stdout. */
export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value)}\n`);
}
