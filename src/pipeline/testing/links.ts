/** What the tests of share links ask of a decoder, and links that no encoder makes. */
import { strFromU8 } from 'fflate';
import { expect } from 'vitest';
import { DEFAULT_REQUEST } from '../../data/simulator/request';
import { pipelineSchema } from '../schema';
import type { DecodedLink, LinkData } from '../share';

/** Another world than the default's. */
export const WORLD = {
  kind: 'simulated',
  request: { ...DEFAULT_REQUEST, relatedness: -1, seed: 7 },
} satisfies LinkData;

/** A decoder's answer is null, one sentence, or content that the schema takes as it is. */
export function expectSound(link: DecodedLink | null): void {
  if (link === null) return;
  if (link.ok) expect(pipelineSchema.parse(link.pipeline)).toEqual(link.pipeline);
  else expect(link.message).toMatch(/^.{20,}\.$/su);
}

/** As the codec packs, for bytes that are no JSON of ours: base64url of deflated bytes and a checksum. */
export function linkOf(bytes: Uint8Array): string {
  const base64 = btoa(strFromU8(bytes, true));
  return `#p=1.${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}
