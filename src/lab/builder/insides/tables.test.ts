import { describe, expect, it } from 'vitest';
import { blockWith, defaultTasks } from '../../../pipeline/defaults';
import { readBy } from './Passing';
import { readingTables } from './tables';

const of = (choice = blockWith('bottom', 'ple', { experts: 1, shared: 1 })) => ({
  tasks: defaultTasks(),
  choice,
  schema: null,
});

describe('readings as tables', () => {
  it('name levels, tasks and whose expert is which', () => {
    const values = Array.from({ length: 12 }, (_, i) => i);
    const tables = readingTables('gates', [2, 2, 3], values, of());
    expect(tables.map((t) => t.caption)).toEqual([
      'Share of each expert, level 1',
      'Share of each expert, level 2',
    ]);
    expect(tables[0]!.columns).toEqual(['click 1', 'purchase 1', 'shared 1']);
    expect(tables[1]!.rows).toEqual([
      { name: 'click', values: [6, 7, 8] },
      { name: 'purchase', values: [9, 10, 11] },
    ]);
  });

  it('keep one row where there is one axis, and leave out an outer axis of one', () => {
    expect(readingTables('probabilities', [2], [0.1, 0.01], of())).toEqual([
      {
        caption: 'Probability on an impression',
        columns: ['click', 'purchase'],
        rows: [{ name: 'mean', values: [0.1, 0.01] }],
      },
    ]);
    expect(readingTables('aitmWeights', [1, 2], [0.7, 0.3], of())[0]!.rows[0]!.name).toBe('purchase');
  });

  it('of many columns show those that differ most between rows, in their order', () => {
    const values = [...Array.from({ length: 10 }, () => 1), ...Array.from({ length: 10 }, (_, c) => 1 + c)];
    const [table] = readingTables('mask', [1, 2, 10], values, of());
    expect(table!.columns).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((n) => `column ${n}`));
    expect(table!.caption).toContain('8 columns that differ most, of 10');
  });

  it('of a probe that nobody knows are still tables', () => {
    const [table] = readingTables('new', [2, 2], [1, 2, 3, 4], of());
    expect(table!.caption).toBe('new');
    expect(table!.rows.map((r) => r.values)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

it('DBMTL reads parents, all before in the tree, or all before in the list', () => {
  const tree = [null, 0, 1, 0];
  expect(readBy(tree, 'parents')).toEqual([[], [0], [1], [0]]);
  expect(readBy(tree, 'ancestors')).toEqual([[], [0], [0, 1], [0]]);
  expect(readBy(tree, 'earlier')).toEqual([[], [0], [0, 1], [0, 1, 2]]);
});
