import { expect, it } from 'vitest';
import { wordsFound } from './search';

it('finds by beginnings of words, in any order, whatever accents, case and hyphens', () => {
  const texts = ['Cross-stitch', 'Misra et al., CVPR 2016', 'ESM² and ESCM²-IPW'];
  expect(wordsFound('', texts)).toBe(true);
  expect(wordsFound('misra cross', texts)).toBe(true);
  expect(wordsFound('crossstitch', texts)).toBe(true);
  expect(wordsFound('esm2', texts)).toBe(true);
  expect(wordsFound('stitch 2016', texts)).toBe(true);
  expect(wordsFound('isra', texts)).toBe(false);
  expect(wordsFound('cross ple', texts)).toBe(false);
});
