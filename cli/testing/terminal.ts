/** Runs commands as a person at a terminal would, in a folder of their own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockWith, defaultPipeline } from '../../src/pipeline/defaults';
import type { Pipeline } from '../../src/pipeline/schema';
import { main } from '../main';

/** A world that takes half a second. */
export const WORLD = 'sim:es?m=150000&n=5000&r=0.5&seed=1';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param stopAt presses Ctrl+C as soon as stderr says this */
export async function seesaw(argv: readonly string[], stopAt?: string): Promise<Ended> {
  const stop = new AbortController();
  let out = '';
  let err = '';
  const code = await main(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
      if (stopAt !== undefined && text.includes(stopAt)) stop.abort();
    },
    signal: stop.signal,
  });
  return { code, out, err };
}

/** A folder that goes away with the tests. */
export function workFolder() {
  const root = mkdtempSync(join(tmpdir(), 'seesaw-'));
  const at = (...names: string[]) => join(root, ...names);
  return {
    at,
    bytes: (...names: string[]) => new Uint8Array(readFileSync(at(...names))),
    json: (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8')),
    write: (name: string, content: string | Uint8Array) => {
      writeFileSync(at(name), content);
      return at(name);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Small, quick, and with everything that a snapshot must carry: dropout, running statistics, moments, a falling rate. */
export function smallPipeline(training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return {
    ...base,
    bottom: blockWith('bottom', 'nse', { layers: [16, 8], dropout: 0.1, batchNorm: true }),
    towers: blockWith('tower', 'task-attention', { width: 8, heads: 2, layers: 1, ratio: 1, dropout: 0.1 }),
    training: { ...base.training, batch: 256, steps: 20, evaluateEvery: 8, ...training },
  };
}
