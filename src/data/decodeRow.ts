/** One row as a person reads it: each column's value in words, with the number that the model gets beside it. */
import type { Dataset } from './dataset';
import { CLIP } from './prepare';

/** One column of a row. */
export type RowColumn =
  | {
      readonly kind: 'categorical';
      readonly name: string;
      readonly code: number;
      /** What the code stood for in the source; null where the codes are the source's own. */
      readonly value: string | null;
    }
  | {
      readonly kind: 'numerical';
      readonly name: string;
      /** What the model gets: (x − mean) · scale, within ±5. */
      readonly z: number;
      /** x in the source's unit, to the precision of a float; null where the scaling is not known. */
      readonly raw: number | null;
      /**
       * Why `raw` is not the source's own number: pulled in at ±5, so that x lies further out; 0, which is the mean or a
       * missing value; or a column without spread.
       */
      readonly note: 'clipped' | 'mean or missing' | 'constant' | null;
    }
  | {
      readonly kind: 'list';
      readonly name: string;
      /** Newest first. */
      readonly codes: readonly number[];
    };

/** All columns of a row, in the order of the schema: categorical, numerical, lists. */
export function decodeRow(data: Dataset, row: number): RowColumn[] {
  const { schema, categorical, numerical, scaling, sequences = [] } = data;
  const C = schema.categorical.length;
  const M = schema.numerical.length;
  return [
    ...schema.categorical.map(({ name, values }, c): RowColumn => {
      const code = categorical[row * C + c]!;
      return { kind: 'categorical', name, code, value: values?.[code] ?? null };
    }),
    ...schema.numerical.map((name, m): RowColumn => {
      const z = numerical[row * M + m]!;
      const scale = scaling?.scale[m];
      const mean = scaling?.mean[m];
      if (scale === undefined || mean === undefined)
        return { kind: 'numerical', name, z, raw: null, note: null };
      if (scale === 0) return { kind: 'numerical', name, z, raw: mean, note: 'constant' };
      const note = Math.abs(z) >= CLIP ? 'clipped' : z === 0 ? 'mean or missing' : null;
      return { kind: 'numerical', name, z, raw: mean + z / scale, note };
    }),
    ...sequences.map(({ offsets, codes }, s): RowColumn => {
      const name = schema.sequences![s]!.name;
      return { kind: 'list', name, codes: [...codes.subarray(offsets[row]!, offsets[row + 1]!)] };
    }),
  ];
}

/** Index of the numerical column that bears the name of a price, or −1. */
export const priceColumn = ({ schema }: Pick<Dataset, 'schema'>): number =>
  schema.numerical.findIndex((name) =>
    /(^|[^a-z])price([^a-z]|$)/i.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')),
  );

/** A numerical column's values in the source's unit, by row; NaN where they are not known. */
export function rawValues({ schema, numerical, scaling }: Dataset, column: number, rows: ArrayLike<number>) {
  const M = schema.numerical.length;
  const [mean, scale] = [scaling?.mean[column] ?? Number.NaN, scaling?.scale[column] ?? Number.NaN];
  return Array.from(rows, (row) => {
    const z = numerical[row * M + column]!;
    return scale === 0 ? mean : mean + z / scale;
  });
}
