/** Writes the generated pages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateWorld } from '../../src/data';
import type { Io } from '../io';
import { smallWorld } from '../simulation';
import { blocksText } from './blocks';
import { weightsText } from './weights';

/** The generated pages by file name. */
export async function generatedDocs(): Promise<Record<string, string>> {
  const { schema } = await simulateWorld(smallWorld());
  return { 'BLOCKS.md': blocksText(), 'WEIGHTS.md': weightsText(schema) };
}

export async function writeDocs(folder: string, io: Io): Promise<void> {
  for (const [name, text] of Object.entries(await generatedDocs())) {
    writeFileSync(join(folder, name), text);
    io.err(`Wrote ${join(folder, name)}.\n`);
  }
}
