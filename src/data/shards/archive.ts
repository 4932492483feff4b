/** A shard as one file: a ZIP of its manifest and parts, written for a download and read again. */
import { strToU8, type UnzipFileInfo, unzipSync, zipSync } from 'fflate';
import { DataError } from '../dataset';
import { LARGEST_MANIFEST, MANIFEST_NAME, type Manifest, manifestText, parseManifest } from './manifest';
import type { PartSource } from './read';
import type { Shard } from './write';

/** A file name from a title: letters, digits, dots and dashes. */
export function fileNameOf(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'shard' : plain;
}

/** Manifest and parts in one ZIP. The parts are compressed already, so they are only put in. */
export function zipShard({ manifest, parts }: Shard): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(parts.map(({ file, bytes }) => [file, bytes]));
  return zipSync(
    { [MANIFEST_NAME]: [strToU8(manifestText(manifest)), { level: 6 }], ...files },
    { level: 0 },
  );
}

/** Most bytes of a zipped shard, so that a page can hold it while it is read. */
const LARGEST_ZIP = 1_000_000_000;

/** @throws DataError */
function unzipOnly(bytes: Uint8Array, name: string, want: (file: UnzipFileInfo) => boolean) {
  try {
    return unzipSync(bytes, { filter: want });
  } catch {
    throw new DataError(`${name} is no ZIP that can be read: download it again.`, { file: name });
  }
}

/** Whether a file is a ZIP by its first bytes. */
export async function isZip(blob: Blob): Promise<boolean> {
  const [p, k, three, four] = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  return p === 0x50 && k === 0x4b && three === 3 && four === 4;
}

/** Whether the directory at the end of a ZIP names a manifest, found without reading the rest of a file of gigabytes. */
async function namesManifest(blob: Blob): Promise<boolean> {
  const tail = new Uint8Array(await blob.slice(Math.max(0, blob.size - 1_000_000)).arrayBuffer());
  return new TextDecoder('latin1').decode(tail).includes(MANIFEST_NAME);
}

/**
 * A shard in a ZIP, or null where the ZIP holds no manifest. A folder around the files does not matter.
 * Rejects with a DataError where the ZIP is damaged.
 */
export async function findZippedShard(
  blob: Blob,
  name: string,
): Promise<{ manifest: Manifest; part: PartSource } | null> {
  if (blob.size > LARGEST_ZIP || !(await namesManifest(blob))) return null;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const isManifest = (path: string) => path === MANIFEST_NAME || path.endsWith(`/${MANIFEST_NAME}`);
  const found = unzipOnly(bytes, name, (f) => isManifest(f.name) && f.originalSize <= LARGEST_MANIFEST);
  const path = Object.keys(found)[0];
  if (path === undefined) return null;
  const folder = path.slice(0, -MANIFEST_NAME.length);
  const manifest = parseManifest(new TextDecoder().decode(found[path]!), `${path} in ${name}`);
  return {
    manifest,
    part: (file, size) => {
      const got = unzipOnly(bytes, name, (f) => f.name === folder + file && f.originalSize <= size);
      const part = got[folder + file];
      if (part) return part;
      throw new DataError(
        `${name} lacks ${file}, or it is larger than the manifest says: download it again.`,
        {
          file,
        },
      );
    },
  };
}
