import { expect, it } from 'vitest';
import { Fed } from '../testing';

it('equal weights do not heed λ', () => {
  expect(new Fed('equal', {}, [3, 0, 5]).weights).toEqual([1, 1, 1]);
});
