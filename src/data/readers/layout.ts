/** The 82 columns of MTReclib's processed AliExpress files, and the sentence for a header that is not theirs. */
import { DataError } from '../dataset';

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

/** Place of each column of COLUMNS in a row of the file. Throws a DataError that names the first fault. */
export function columnPlaces(header: readonly string[], file: string, line = 1): Int32Array {
  const names = header.map((h) => h.trim());
  const refuse = (why: string, column?: string): never => {
    throw new DataError(
      `${file}, line ${line}: ${why}.`,
      column === undefined ? { file, row: line } : { file, row: line, column },
    );
  };
  const expected = `${COLUMNS.length} columns search_id, categorical_1…${CATEGORICALS}, numerical_1…${NUMERICALS}, click, conversion`;
  if (names.length === 1) {
    const other = [';', '\t', '|'].find((d) => names[0]!.includes(d));
    if (other !== undefined) {
      refuse(
        `the fields are separated by ${other === '\t' ? 'tabs' : `"${other}"`}; save the file with commas`,
      );
    }
  }
  if (names.every((n) => n !== '' && Number.isFinite(Number(n)))) {
    refuse(`there is no header, only numbers; add a first line that names the ${expected}`);
  }
  const twice = names.find((n, i) => names.indexOf(n) !== i);
  if (twice !== undefined && COLUMNS.includes(twice)) {
    refuse(`the column ${twice} occurs twice in the header; remove one of them`, twice);
  }
  const missing = COLUMNS.find((c) => !names.includes(c));
  if (missing !== undefined) {
    refuse(`the header lacks the column ${missing}; an AliExpress file has the ${expected}`, missing);
  }
  const place = names.findIndex((n) => !COLUMNS.includes(n));
  if (place >= 0) {
    const name = names[place] === '' ? `without a name (number ${place + 1})` : names[place]!;
    refuse(
      `the header has an unexpected column ${name}; remove it, the file must have the ${expected}`,
      names[place]!,
    );
  }
  return Int32Array.from(COLUMNS, (c) => names.indexOf(c));
}
