/** Opens a file, packed or not, as the tables inside it. */
import { DataError } from '../dataset';
import type { RowSource } from './block';
import { filePieces, kindOf, type NamedBlob, sliceOf } from './bytes';
import { openCsv, type TextFile } from './csv';
import { gzipText } from './gzip';
import { openParquet } from './parquet';
import { zipTables } from './zip';

const plain = ({ name, blob }: NamedBlob): TextFile => ({
  file: name,
  bytes: blob.size,
  textBytes: blob.size,
  packing: null,
  pieces: () => filePieces(blob, name),
});

/** The tables in a file; more than one where it is an archive. Rejects with a DataError of one sentence. */
export async function openFile(file: NamedBlob): Promise<RowSource[]> {
  const { name, blob } = file;
  if (blob.size === 0) {
    throw new DataError(`${name} is empty: choose a file with a header line and at least one row.`, {
      file: name,
    });
  }
  switch (kindOf(await sliceOf(blob, 0, 16, name), name)) {
    case 'text':
      return [await openCsv(plain(file))];
    case 'gzip':
      return [await openCsv(gzipText(file))];
    case 'parquet':
      return [await openParquet(file)];
    case 'zip': {
      const tables = await zipTables(file);
      return Promise.all(tables.map(({ text, parquet }) => (text ? openCsv(text) : openParquet(parquet!))));
    }
  }
}
