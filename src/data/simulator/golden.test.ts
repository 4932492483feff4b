import { expect, it } from 'vitest';
import { GOLDEN } from './golden';
import { simulateWorld } from './simulate';

it.each(GOLDEN)(
  'makes the same bytes on every machine: $name',
  async ({ request, rows, fingerprint, pages }) => {
    const d = await simulateWorld(request);
    expect({ rows: d.rows, fingerprint: d.fingerprint, pages: d.pages!.fingerprint }).toEqual({
      rows,
      fingerprint,
      pages,
    });
  },
  120_000,
);
