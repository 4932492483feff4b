/** The 82 columns of MTReclib's processed AliExpress files. */

export const CATEGORICALS = 16;
export const NUMERICALS = 63;

const numbered = (stem: string, n: number) => Array.from({ length: n }, (_, i) => `${stem}_${i + 1}`);

/** In the order in which MTReclib writes them; a file may have them in any order. */
export const COLUMNS: readonly string[] = [
  'search_id',
  ...numbered('categorical', CATEGORICALS),
  ...numbered('numerical', NUMERICALS),
  'click',
  'conversion',
];
