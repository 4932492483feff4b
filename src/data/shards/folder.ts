/** A shard whose manifest and parts are chosen together: a folder, or its files one by one. */
import { DataError } from '../dataset';
import type { NamedBlob } from '../readers/bytes';
import { LARGEST_MANIFEST, MANIFEST_NAME, type Manifest, parseManifest } from './manifest';
import type { PartSource } from './read';

const refuse = (sentence: string, file = MANIFEST_NAME): never => {
  throw new DataError(sentence, { file });
};

/** Names as a sentence lists them: two at most, then how many more. */
function some(names: readonly string[]): string {
  const more = names.length - 2;
  return more > 0 ? `${names.slice(0, 2).join(', ')} and ${more} more` : names.join(' and ');
}

/**
 * The shard among files, found by its manifest.json; other files beside it do not matter. Null where there is none.
 * Rejects with a DataError of one sentence where the manifest cannot be used or a part is missing.
 */
export async function findShardAmong(
  files: readonly NamedBlob[],
): Promise<{ manifest: Manifest; part: PartSource; bytes: number } | null> {
  const manifests = files.filter((f) => f.name === MANIFEST_NAME);
  const [first] = manifests;
  if (!first) return null;
  if (manifests.length > 1) {
    refuse(`There are ${manifests.length} shards in this folder: choose the folder of one of them.`);
  }
  if (first.blob.size > LARGEST_MANIFEST) {
    refuse(
      `${MANIFEST_NAME} is larger than the ${LARGEST_MANIFEST.toLocaleString('en-US')} bytes of a manifest: it is not that of a shard.`,
    );
  }
  const manifest = parseManifest(await first.blob.text());
  const blobs = new Map(files.map((f) => [f.name, f.blob]));
  const missing = manifest.parts.map((p) => p.file).filter((file) => !blobs.has(file));
  if (missing.length > 0) {
    refuse(
      files.length === 1
        ? `${MANIFEST_NAME} only describes a shard: choose its folder, or its part files together with it.`
        : `${some(missing)}, which ${MANIFEST_NAME} names, ${missing.length === 1 ? 'is' : 'are'} not among the chosen files: choose the whole folder of the shard.`,
      missing[0],
    );
  }
  return {
    manifest,
    bytes: manifest.parts.reduce((sum, p) => sum + p.bytes, 0),
    part: async (file) => {
      try {
        return new Uint8Array(await blobs.get(file)!.arrayBuffer());
      } catch {
        throw new DataError(`${file} could not be read: it was moved or changed; choose the folder again.`, {
          file,
        });
      }
    },
  };
}
