import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../data/mapping/mapping';
import { parseMapping } from '../../../data/mapping/plan';
import { PREVIEW } from '../../../state/testing/fakes';
import {
  canMove,
  linesOf,
  moveLabel,
  parentsFor,
  problemOf,
  setParent,
  setRoles,
  setSide,
  treeOf,
} from './edits';

const guess = PREVIEW.guess;
const role = (m: Mapping, name: string) => m.columns.find((c) => c.name === name)!.role;
const parentOf = (m: Mapping, name: string) => m.columns.find((c) => c.name === name)!.parent;
const names = (...all: string[]) => new Set(all);

describe('what stands in the way', () => {
  it('is nothing for the guess', () => expect(problemOf(guess, PREVIEW)).toBeNull());

  it('is said of the part where it can be mended', () => {
    const noLabel = setRoles(guess, names('click', 'like'), 'ignore');
    expect(problemOf(noLabel, PREVIEW)).toMatchObject({ part: 'roles', message: /no task/ });
    const twoGroups = setRoles(guess, names('age'), 'group');
    expect(problemOf(twoGroups, PREVIEW)).toMatchObject({ part: 'roles', column: 'age' });
    const byFile: Mapping = { ...guess, split: { ...guess.split, by: 'file' } };
    expect(problemOf(byFile, PREVIEW)).toMatchObject({ part: 'split', message: /one file only/ });
    const pages = {
      ...setRoles(guess, names('user'), 'ignore'),
      sampling: { ...guess.sampling, wholePages: true },
    };
    expect(problemOf(pages, PREVIEW)).toMatchObject({ part: 'sampling', message: /whole/ });
  });
});

describe('roles', () => {
  it('move the children of a label that goes up to its parent', () => {
    const three = setParent(setRoles(guess, names('play_time'), 'label'), 'play_time', 'like');
    const without = setRoles(three, names('like'), 'ignore');
    expect(parentOf(without, 'play_time')).toBe('click');
    expect(parentOf(without, 'like')).toBeUndefined();
    expect(parentOf(setRoles(three, names('like', 'click'), 'numerical'), 'play_time')).toBeNull();
  });

  it('take the split with them where it could no longer be', () => {
    const none = setRoles(
      { ...guess, sampling: { ...guess.sampling, wholePages: true } },
      names('user'),
      'ignore',
    );
    expect([none.split.by, none.sampling.wholePages]).toEqual(['row', false]);
    expect(setRoles(none, names('user'), 'group').split.by).toBe('group');
    const byTime: Mapping = { ...none, split: { ...none.split, by: 'time' } };
    expect(setRoles(byTime, names('user'), 'group').split.by).toBe('time');
  });

  it('can be given to a column that the mapping left out', () => {
    const without = { ...guess, columns: guess.columns.filter((c) => c.name !== 'age') };
    expect(role(setRoles(without, names('age'), 'numerical'), 'age')).toBe('numerical');
  });

  it('of many columns change at once, the others stay', () => {
    const changed = setRoles(guess, names('age', 'colour'), 'ignore');
    expect(['age', 'colour', 'user'].map((n) => role(changed, n))).toEqual(['ignore', 'ignore', 'group']);
  });
});

describe('the tasks', () => {
  const three = setRoles(guess, names('play_time'), 'label');
  it('are a tree, children under their parents, and no label can follow itself', () => {
    const deep = setParent(three, 'play_time', 'click');
    expect(treeOf(deep)).toEqual([
      { name: 'click', parent: null, depth: 0 },
      { name: 'play_time', parent: 'click', depth: 1 },
      { name: 'like', parent: 'click', depth: 1 },
    ]);
    expect(parentsFor(deep, 'click')).toEqual([]);
    expect(parentsFor(deep, 'like')).toEqual(['play_time', 'click']);
  });

  it('in a ring are still all shown, and the ring is refused', () => {
    const ring = setParent(three, 'click', 'like');
    expect(
      treeOf(ring)
        .map((b) => b.name)
        .sort(),
    ).toEqual(['click', 'like', 'play_time']);
    expect(problemOf(ring, PREVIEW)?.message).toMatch(/circle/);
  });

  it('change places among their own', () => {
    const deep = setParent(three, 'play_time', 'click');
    expect([canMove(deep, 'play_time', -1), canMove(deep, 'play_time', 1)]).toEqual([false, true]);
    const moved = moveLabel(deep, 'play_time', 1);
    expect(treeOf(moved).map((b) => b.name)).toEqual(['click', 'like', 'play_time']);
    expect(moveLabel(moved, 'click', -1)).toBe(moved);
  });
});

it('columns are found by name, example and role, in the file’s order', () => {
  const found = (words: string, wanted: Parameters<typeof linesOf>[3]) =>
    linesOf(guess, PREVIEW, words, wanted).map((l) => l.column.name);
  expect(found('', 'any')).toHaveLength(6);
  expect(found('RED', 'any')).toEqual(['colour']);
  expect(found('', 'label')).toEqual(['click', 'like']);
  expect(found('i', 'label')).toEqual(['click', 'like']);
  expect(found('age', 'label')).toEqual([]);
});

describe('sides', () => {
  const of = (mapping: Mapping, name: string) => mapping.columns.find((c) => c.name === name);
  const mapping = parseMapping({
    columns: [
      { name: 'brand', role: 'categorical', side: 'item' },
      { name: 'click', role: 'label', parent: null },
    ],
  });

  it('are set, taken away, and kept while the column stays a feature', () => {
    expect(of(setSide(mapping, 'brand', 'user'), 'brand')?.side).toBe('user');
    expect(of(setSide(mapping, 'brand', null), 'brand')).toEqual({ name: 'brand', role: 'categorical' });
    expect(setSide(mapping, 'click', 'item')).toEqual(mapping);
    const numerical = setRoles(mapping, new Set(['brand']), 'numerical');
    expect(of(numerical, 'brand')?.side).toBe('item');
    expect(of(setRoles(numerical, new Set(['brand']), 'ignore'), 'brand')?.side).toBeUndefined();
  });
});
