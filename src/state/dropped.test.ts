// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { droppedFiles, visible } from './dropped';

const file = (name: string) => new File(['x'], name);
const fileEntry = (name: string) => ({
  isFile: true,
  isDirectory: false,
  file: (ok: (f: File) => void) => ok(file(name)),
});
/** A folder that tells two of its entries at a time, as browsers tell a hundred. */
const folderEntry = (...inside: object[]) => ({
  isFile: false,
  isDirectory: true,
  createReader: () => {
    let at = 0;
    return {
      readEntries: (ok: (e: object[]) => void) => {
        ok(inside.slice(at, at + 2));
        at += 2;
      },
    };
  },
});
const transfer = (files: File[], entries: (object | null)[]) =>
  ({ files, items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) }) as never;
const names = (files: File[]) => files.map((f) => f.name);

it('dropped files come as they are', async () => {
  expect(
    names(await droppedFiles(transfer([file('a.csv'), file('.b')], [fileEntry('a.csv'), null]))),
  ).toEqual(['a.csv', '.b']);
});

it('a dropped folder is opened to its end, without what is hidden in it', async () => {
  const folder = folderEntry(
    fileEntry('manifest.json'),
    fileEntry('.DS_Store'),
    fileEntry('part-0000.parquet'),
    folderEntry(fileEntry('deep.parquet')),
    fileEntry('_SUCCESS'),
  );
  expect(names(await droppedFiles(transfer([file('folder')], [folder])))).toEqual([
    'manifest.json',
    'part-0000.parquet',
    'deep.parquet',
  ]);
  expect(names(visible([file('a'), file('_b'), file('.c')]))).toEqual(['a']);
});
