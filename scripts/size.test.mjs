import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { check, gzipped, pageScripts, staticImports } from './size.mjs';

describe('the size budget', () => {
  it('counts what a page loads at once, each file once, and not what waits', () => {
    const html =
      '<script type="module" crossorigin src="./assets/a.js"></script><link rel="modulepreload" href="./assets/b.js"><link rel="icon" href="./i.svg">';
    expect(pageScripts(html)).toEqual(['./assets/a.js', './assets/b.js']);
    const files = {
      'assets/a.js': 'import{x}from"./b.js";import"./c.js";const later=()=>import("./d.js");',
      'assets/b.js': 'export{y as x}from"./c.js";',
      'assets/c.js': 'export const y=1;',
      'assets/d.js': 'export const z=2;',
    };
    const read = (path) => files[path];
    const size = (name) => gzipSync(files[`assets/${name}.js`]).length;
    expect(gzipped(pageScripts(html), read)).toBe(size('a') + size('b') + size('c'));
    expect(staticImports(files['assets/a.js'])).toEqual(['./b.js', './c.js']);
  });

  it('refuses in one sentence', () => {
    expect(() => check({ page: 300, trainer: 350 })).not.toThrow();
    expect(() => check({ page: 301, trainer: 10 })).toThrow(
      /before the first paint has 301 kB gzipped, and 300 are allowed/,
    );
    expect(() => check({ page: 1, trainer: 351 })).toThrow(/worker has 351 kB/);
  });
});
