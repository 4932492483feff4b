/** Which pages of a log are whole, and what a row of it says. */
import { expect, it } from 'vitest';
import { completePages } from './completePages';
import type { Dataset } from './dataset';
import { decodeRow, priceColumn, rawValues } from './decodeRow';
import { prepare } from './table';
import { madeUp } from './testing/tables';

/** A log of which half of the rows without an event was kept. */
const sampled = (): Dataset =>
  prepare({
    ...madeUp({ rows: 200 }),
    origin: { rows: 300, positives: [40, 10], strata: [{ name: 'no click', rows: 260, kept: 160 }] },
  });

it('a page is whole where no row was left out, or where whole pages were', () => {
  const thinned = sampled();
  expect(completePages(thinned)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('left out one by one'),
  });
  const kept: Dataset = { ...thinned, origin: { ...thinned.origin!, wholePages: true } };
  const found = completePages(kept);
  expect(found.ok && found.part).toBe('validation');
  const all = { rows: 200, positives: [40, 10], strata: [{ name: 'no click', rows: 160, kept: 160 }] };
  expect(completePages({ ...thinned, origin: all }).ok).toBe(true);
});

it('a page that lies in the training part too is not whole', () => {
  const data = prepare({ ...madeUp({ rows: 200 }), weights: new Float32Array(200).fill(1) });
  const before = completePages(data);
  const group = data.groups[data.trainRows]!;
  const shared = { ...data, groups: data.groups.with(0, group) };
  const after = completePages(shared);
  expect(before.ok && after.ok && before.pages.length - after.pages.length).toBe(1);
  const everywhere = { ...data, groups: new Uint32Array(data.rows) };
  expect(completePages(everywhere)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('split the file by page'),
  });
});

it('a row is told in the source’s units: text of a code, the number before scaling, what was pulled in or missing', () => {
  const table = madeUp({ rows: 100, categorical: 1, numerical: 2, missing: 0 });
  const numerical = table.numerical.slice();
  numerical[0] = 1e6;
  numerical[2] = Number.NaN;
  const schema = {
    ...table.schema,
    categorical: [{ name: 'colour', vocabulary: 3, values: ['red', 'green', 'blue'] }],
    numerical: ['itemPrice', 'age'],
  };
  const data = prepare({ ...table, schema, numerical });
  const at = (id: number) => data.rowIds.indexOf(id);
  const [colour, price] = decodeRow(data, at(0));
  expect(colour).toMatchObject({
    kind: 'categorical',
    value: ['red', 'green', 'blue'][table.categorical[0]!],
  });
  expect(price).toMatchObject({ kind: 'numerical', note: 'clipped', z: 5 });
  expect(decodeRow(data, at(3))[1]).toMatchObject({ z: 0, note: 'mean or missing' });
  const age = decodeRow(data, at(6))[2]!;
  expect(age.kind === 'numerical' && age.raw).toBeCloseTo(numerical[5]!, 4);
  expect(priceColumn(data)).toBe(0);
  expect(rawValues(data, 1, [at(6)])[0]).toBeCloseTo(numerical[5]!, 4);
});
