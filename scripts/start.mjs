/** `npm start`: installs, builds and serves Seesaw on this machine, and opens it in the browser. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './setup.mjs';
import { isMain, main, PlainError, ROOT } from './shell.mjs';

const HELP = `npm start [-- options]   serves Seesaw on this machine

  --port N     port to serve on (default: PORT from the environment, or 4173; the next free one if it is taken)
  --host H     address to serve on (default 127.0.0.1: this machine alone; 0.0.0.0 lets a class in)
  --no-open    do not open the browser
  --rebuild    build the page anew, even if its sources have not changed
  --help       this text`;

/** Options of the command line and the environment. Throws a PlainError where they make no sense. */
export function readOptions(args, env) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        'no-open': { type: 'boolean', default: false },
        rebuild: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new PlainError(`${error.message.split('\n')[0].replace(/\.$/, '')}: see "npm start -- --help".`);
  }
  const wanted = values.port ?? (env.PORT || '4173');
  const port = Number(wanted);
  if (!/^\d+$/.test(wanted) || port < 1 || port > 65535) {
    throw new PlainError(
      `The port ${JSON.stringify(wanted)} is none: choose a whole number from 1 to 65535.`,
    );
  }
  return { port, host: values.host, open: !values['no-open'], rebuild: values.rebuild, help: values.help };
}

/** Whether there is a browser to open and somebody who wants it. */
export function shouldOpen({ open, env, platform }) {
  if (!open || env.BROWSER === 'none') return false;
  if (env.CI && env.CI !== 'false' && env.CI !== '0') return false;
  return platform === 'win32' || platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** The program that opens an address in the browser of this platform. */
export function openCommand(platform, url) {
  if (platform === 'darwin') return ['open', [url]];
  // The empty argument is the window's title, for which `start` would take the address.
  if (platform === 'win32') return ['cmd.exe', ['/d', '/s', '/c', 'start', '""', url]];
  return ['xdg-open', [url]];
}

/** Whether nobody listens there. Throws a PlainError where this machine may not listen there at all. */
export function isFree(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else if (error.code === 'EACCES') {
        reject(new PlainError(`Port ${port} needs the rights of an administrator: choose one above 1023.`));
      } else reject(new PlainError(`Nothing can be served on ${host}: choose an address of this machine.`));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The first free port from `wanted` on, and the sentence to say where it is another one. */
export async function choosePort(wanted, host, free = isFree) {
  const last = Math.min(wanted + 50, 65535);
  for (let port = wanted; port <= last; port++) {
    if (await free(port, host)) {
      return { port, note: port === wanted ? null : `Port ${wanted} is taken; using ${port}.` };
    }
  }
  throw new PlainError(`The ports from ${wanted} to ${last} are all taken: choose another one with --port.`);
}

/** Addresses at which the page is reached, this machine's own first. */
export function addresses(host, port, interfaces = networkInterfaces()) {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  if (host !== '0.0.0.0' && host !== '::') return [`http://${bracketed}:${port}/`];
  const outside = Object.values(interfaces)
    .flat()
    .filter((a) => a && a.family === 'IPv4' && !a.internal)
    .map((a) => `http://${a.address}:${port}/`);
  return [`http://127.0.0.1:${port}/`, ...outside];
}

async function start() {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(HELP);
    return;
  }
  await ensureInstalled();
  await ensureBuilt({ rebuild: options.rebuild });
  const { port, note } = await choosePort(options.port, options.host);
  // Only now, since it may just have been installed.
  const { preview } = await import('vite');
  const server = await preview({
    root: ROOT,
    logLevel: 'warn',
    preview: {
      port,
      host: options.host,
      strictPort: true,
      open: false,
      // Beyond this machine people come by whatever name it has; the page is static and holds no secret.
      ...(options.host === '127.0.0.1' ? {} : { allowedHosts: true }),
    },
  });
  const urls = addresses(options.host, port);
  if (note) console.log(note);
  console.log('Seesaw is ready. Press Ctrl+C to stop.');
  for (const url of urls) console.log(url);
  if (shouldOpen({ open: options.open, env: process.env, platform: process.platform })) {
    const [command, args] = openCommand(process.platform, urls[0]);
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    // No browser is no fault: the address stands above.
    child.on('error', () => {});
    child.unref();
  }
  const stop = () => {
    server.httpServer.close(() => process.exit(0));
    // Keep-alive connections of an open page would hold the server for minutes.
    server.httpServer.closeAllConnections();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

if (isMain(import.meta.url)) await main(start);
