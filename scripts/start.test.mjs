import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addresses, choosePort, isFree, openCommand, readOptions, shouldOpen } from './start.mjs';

describe('options', () => {
  it('come from the command line before the environment', () => {
    expect(readOptions([], {})).toEqual({
      port: 4173,
      host: '127.0.0.1',
      open: true,
      rebuild: false,
      help: false,
    });
    expect(readOptions([], { PORT: '5000' }).port).toBe(5000);
    expect(readOptions([], { PORT: '' }).port).toBe(4173);
    expect(readOptions(['--port', '6000', '--no-open', '--rebuild'], { PORT: '5000' })).toMatchObject({
      port: 6000,
      open: false,
      rebuild: true,
    });
  });

  it.each([
    [['--port', '99999'], 'The port "99999" is none: choose a whole number from 1 to 65535.'],
    [['--port', '80a'], 'The port "80a" is none: choose a whole number from 1 to 65535.'],
    [['--prot', '80'], /^Unknown option '--prot'.*: see "npm start -- --help"\.$/],
  ])('%j are refused in one sentence', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message);
  });
});

describe('the port', () => {
  it('is the wanted one, or the next free one, and says so', async () => {
    const taken =
      (...ports) =>
      (port) =>
        Promise.resolve(!ports.includes(port));
    expect(await choosePort(4173, '127.0.0.1', taken())).toEqual({ port: 4173, note: null });
    expect(await choosePort(4173, '127.0.0.1', taken(4173))).toEqual({
      port: 4174,
      note: 'Port 4173 is taken; using 4174.',
    });
    expect((await choosePort(4173, '127.0.0.1', taken(4173, 4174))).note).toBe(
      'Port 4173 is taken; using 4175.',
    );
    await expect(choosePort(65530, '127.0.0.1', () => Promise.resolve(false))).rejects.toThrow(
      'The ports from 65530 to 65535 are all taken: choose another one with --port.',
    );
  });

  it('is tried on the machine itself', async () => {
    const server = createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    expect(await isFree(port, '127.0.0.1')).toBe(false);
    await new Promise((done) => server.close(done));
    expect(await isFree(port, '127.0.0.1')).toBe(true);
    await expect(isFree(port, '192.0.2.1')).rejects.toThrow(
      'Nothing can be served on 192.0.2.1: choose an address of this machine.',
    );
  });
});

describe('the browser', () => {
  it('is opened only where there is one and it is wanted', () => {
    const on = (platform, env = {}, open = true) => shouldOpen({ open, env, platform });
    expect(on('darwin')).toBe(true);
    expect(on('win32')).toBe(true);
    expect(on('linux', { DISPLAY: ':0' })).toBe(true);
    expect(on('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(on('linux')).toBe(false);
    expect(on('darwin', {}, false)).toBe(false);
    expect(on('darwin', { CI: 'true' })).toBe(false);
    expect(on('darwin', { CI: 'false' })).toBe(true);
    expect(on('darwin', { BROWSER: 'none' })).toBe(false);
  });

  it('is asked for the address itself', () => {
    for (const platform of ['linux', 'darwin', 'win32']) {
      expect(openCommand(platform, 'http://127.0.0.1:4173/')[1].at(-1)).toBe('http://127.0.0.1:4173/');
    }
  });
});

describe('the addresses', () => {
  it('are this machine alone unless it serves others', () => {
    const interfaces = {
      lo: [{ address: '127.0.0.1', family: 'IPv4', internal: true }],
      eth0: [
        { address: '192.168.1.5', family: 'IPv4', internal: false },
        { address: 'fe80::1', family: 'IPv6', internal: false },
      ],
    };
    expect(addresses('127.0.0.1', 4173, interfaces)).toEqual(['http://127.0.0.1:4173/']);
    expect(addresses('::1', 4173, interfaces)).toEqual(['http://[::1]:4173/']);
    expect(addresses('0.0.0.0', 4173, interfaces)).toEqual([
      'http://127.0.0.1:4173/',
      'http://192.168.1.5:4173/',
    ]);
  });
});
