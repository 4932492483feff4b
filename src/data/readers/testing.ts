/** Files for the readers' tests, made up from row numbers. */
import { DataError } from '../dataset';
import type { Mapping } from '../mapping/mapping';
import { prepare } from '../table';
import type { NamedBlob } from './bytes';
import { readFiles } from './index';
import { COLUMNS } from './layout';

export const HEADER = COLUMNS.join(',');

/** One valid AliExpress row as fields; `change` sets columns by name. */
export function fields(page: number | string, change: Record<string, string | number> = {}): string[] {
  return COLUMNS.map((name, i) => {
    if (name in change) return String(change[name]);
    if (name === 'search_id') return String(page);
    if (name.startsWith('categorical')) return String((i * 7 + Number(page)) % 5);
    if (name.startsWith('numerical')) return String(((i * 13 + Number(page) * 5) % 17) / 20);
    return '0';
  });
}

export const line = (page: number | string, change?: Record<string, string | number>) =>
  fields(page, change).join(',');

/** Eight pages of two rows; every other page has a click, one of them with a conversion. */
export const GOOD = Array.from({ length: 16 }, (_, i) => {
  const page = i >> 1;
  return line(page, { click: page % 2, conversion: i === 7 ? 1 : 0, numerical_58: 0 });
});

export const named = (name: string, ...parts: (string | Uint8Array)[]): NamedBlob => ({
  name,
  blob: new Blob(parts as BlobPart[]),
});

export const aliExpress = (...lines: string[]): NamedBlob[] => [
  named('train.csv', [HEADER, ...lines].join('\n')),
];

/** The fingerprint of what the files give by what the preview guesses. */
export const fingerprintOf = async (files: NamedBlob[]): Promise<string> =>
  prepare(await readFiles(files, null)).fingerprint;

/** The sentence with which files are refused. Rejects where they are read, or fail in another way. */
export async function refusal(files: NamedBlob[], mapping: Mapping | null = null): Promise<string> {
  const outcome = await readFiles(files, mapping).catch((e: unknown) => e);
  if (outcome instanceof DataError) return outcome.message;
  throw outcome instanceof Error ? outcome : new Error('The files were read.');
}

/** Parquet files that PyArrow wrote (reference/make_parquet.py), all of the same rows. */
export const FIXTURES = [
  'zstd',
  'zstd-v2',
  'snappy-v2',
  'gzip-plain',
  'brotli-v2',
  'lz4',
  'delta-v2',
] as const;
