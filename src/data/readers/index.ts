/** The door to a user's own files: a first look, and the reading by a mapping. */
import { DataError } from '../dataset';
import type { Mapping, Preview } from '../mapping/mapping';
import type { LongWork } from '../pace';
import type { Table } from '../table';
import { readAliExpressCsv } from './aliexpress';

/** A file as browsers and Node both have it. */
export interface NamedBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** Looks at the beginning of one or two files. Rejects with a DataError of one sentence. */
export async function previewFiles(_files: readonly NamedBlob[]): Promise<Preview> {
  throw new DataError('not yet');
}

/** Reads files into a table; with null by what `previewFiles` guesses. Rejects with a DataError of one sentence. */
export async function readFiles(
  files: readonly NamedBlob[],
  _mapping: Mapping | null,
  work: LongWork = {},
): Promise<Table> {
  const [{ name, blob }] = files as [NamedBlob];
  return readAliExpressCsv(blob, name, work);
}
