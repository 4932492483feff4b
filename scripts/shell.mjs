/** Running other programs from the scripts, and refusals that are one sentence instead of a stack trace. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Something that the person at the keyboard can mend; its message says how. */
export class PlainError extends Error {
  name = 'PlainError';
}

/**
 * Runs a program to its end. `quiet` keeps its output for the caller instead of showing it; `limit` is in milliseconds.
 * Never rejects: a program that cannot be started ends with code 127.
 */
export function run(command, args, { cwd = ROOT, env = process.env, quiet = false, limit } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    let late = false;
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    const timer = limit
      ? setTimeout(() => {
          late = true;
          child.kill('SIGKILL');
        }, limit)
      : undefined;
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: `${output}${error.message}\n`, late });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output, late });
    });
  });
}

/** Runs npm: the very one that started us where there is one, which also spares Windows its npm.cmd. */
export function npm(args, options = {}) {
  const cli = process.env.npm_execpath;
  if (cli && /\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args], options);
  if (process.platform === 'win32') return run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options);
  return run('npm', args, options);
}

/** Runs a script's main function; a PlainError ends it with its sentence alone. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Whether a module is the program that was started, not one that is imported; links on the way do not matter. */
export function isMain(url) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(fileURLToPath(url)) === realpathSync(started);
}
