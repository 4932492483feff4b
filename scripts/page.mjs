/** What the build adds to the page: its Content-Security-Policy, its service worker, and the licences of what it ships. */
import { readFileSync } from 'node:fs';
import { VitePWA } from 'vite-plugin-pwa';

/**
 * What page and workers may do. No script but ours and none inline; nothing is evaluated but WebAssembly. Styles may be
 * inline: KaTeX sets type by `style` attributes, and no style can run code.
 */
const COMMON = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** The page itself talks to nobody but its origin. */
export const PAGE_POLICY = [...COMMON, "connect-src 'self' blob: data:"].join('; ');

/**
 * A worker goes by the header that its own script came with. The data worker may fetch from https and from this machine:
 * that is where a shard lies that the user has named and confirmed, and whose host nobody knows beforehand.
 */
export const WORKER_POLICY = [
  ...COMMON,
  "connect-src 'self' blob: data: https: http://localhost:* http://*.localhost:* http://127.0.0.1:*",
].join('; ');

/** Headers of the server that comes along; whoever serves dist by other means may send the same. */
export const HEADERS = {
  'Content-Security-Policy': WORKER_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Puts the policy into the built page, before anything that it governs. The dev server needs inline scripts and has none. */
export function policy() {
  return {
    name: 'seesaw-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

const LICENCES = 'virtual:licences';

/** Name, version and licence of every package that the page is built from, read off the lock file. */
export function licencesOf(lock) {
  return Object.entries(lock.packages)
    .filter(([path, p]) => path !== '' && !p.dev && !p.devOptional && !p.optional && !p.peer)
    .map(([path, { version, license }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version,
      licence: license ?? 'not stated',
    }))
    .filter((p, i, all) => all.findIndex((o) => o.name === p.name && o.version === p.version) === i)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** `import licences from 'virtual:licences'`. */
export function licences(lockFile = 'package-lock.json') {
  return {
    name: 'seesaw-licences',
    resolveId: (id) => (id === LICENCES ? `\0${LICENCES}` : null),
    load: (id) =>
      id === `\0${LICENCES}`
        ? `export default ${JSON.stringify(licencesOf(JSON.parse(readFileSync(lockFile, 'utf8'))))}`
        : null,
  };
}

/**
 * Manifest and service worker. After one visit all of the lab lies in the cache, kernels included. A new version takes
 * over when the last tab of the old one is closed: taken over at once, the old page would miss the parts that it has yet to load.
 */
export function offline() {
  return VitePWA({
    registerType: 'prompt',
    injectRegister: null,
    manifest: {
      id: './',
      name: 'Seesaw: a lab for multi-task learning in e-commerce ranking',
      short_name: 'Seesaw',
      description: 'Build, train and look inside multi-task ranking models in the browser.',
      lang: 'en',
      start_url: './',
      scope: './',
      display: 'standalone',
      background_color: '#ffffff',
      theme_color: '#ffffff',
      icons: [
        { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
        { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      ],
    },
    workbox: {
      globPatterns: ['**/*.{js,css,html,wasm,svg,png,json,woff2}'],
      maximumFileSizeToCacheInBytes: 8 * 1024 * 1024,
      // The first visit's own page is served from the cache at once, its later parts included.
      clientsClaim: true,
      cleanupOutdatedCaches: true,
      // The address holds settings, not other pages.
      ignoreURLParametersMatching: [/./],
      sourcemap: false,
    },
  });
}
