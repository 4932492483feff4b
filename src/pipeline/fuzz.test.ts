/** Share links that were damaged or made up, thousands of them: each is refused in a sentence or is sound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pipelineArbitrary } from './pipeline.arbitrary';
import { PRESETS } from './presets';
import { decodeLink, encodeLink, packLink } from './share';
import { expectSound, linkOf, WORLD } from './testing/links';

describe('a link', () => {
  it('with any character changed, added or lost never passes as another pipeline', () => {
    const links = PRESETS.map(({ pipeline }) => encodeLink({ pipeline, data: WORLD }));
    const contents = links.map((hash) => JSON.stringify(decodeLink(hash)));
    const character = fc.constantFrom(
      ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=&# %é',
    );
    const change = fc.record({
      link: fc.nat(links.length - 1),
      at: fc.nat(),
      kind: fc.constantFrom('flip', 'insert', 'delete', 'truncate', 'swap', 'double'),
      character,
    });
    let refused = 0;
    fc.assert(
      fc.property(change, ({ link, at, kind, character: c }) => {
        const hash = links[link]!;
        // From the first character of the data on; the prefix is tried above.
        const i = 5 + (at % (hash.length - 5));
        const [head, tail] = [hash.slice(0, i), hash.slice(i)];
        const mutated = {
          flip: head + c + tail.slice(1),
          insert: head + c + tail,
          delete: head + tail.slice(1),
          truncate: head,
          swap: head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2),
          double: head + tail + tail,
        }[kind];
        const decoded = decodeLink(mutated);
        expectSound(decoded);
        // What is still taken must be the very same content: a character may be its own replacement, follow `&`, or touch unused bits.
        if (decoded?.ok) expect(JSON.stringify(decoded)).toBe(contents[link]);
        else refused++;
      }),
      { numRuns: 6_000 },
    );
    expect(refused).toBeGreaterThan(5_000);
  });

  it('of random characters or bytes is refused without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expectSound(decodeLink(text));
        expectSound(decodeLink(`#p=${text}`));
        expect(decodeLink(`#p=1.${text.replaceAll('&', '')}`)?.ok).toBe(false);
      }),
      { numRuns: 1_500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        expect(decodeLink(linkOf(bytes))?.ok).toBe(false);
      }),
      { numRuns: 1_500 },
    );
  });

  it('of random JSON with a right checksum never gets past the schema', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, wrapped) => {
        const content = wrapped ? { pipeline: value, data: null } : value;
        expectSound(decodeLink(packLink(content)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of a valid pipeline with one value replaced is either valid or explained', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.double().map((x) => (Number.isFinite(x) ? x : null)),
      fc.integer(),
      fc.constantFrom('__proto__', 'constructor', '', 1e308, -1, 0.5),
    );
    fc.assert(
      fc.property(pipelineArbitrary, fc.nat(), value, (pipeline, pick, replacement) => {
        const copy = structuredClone(pipeline);
        const places = placesOf(copy);
        const [holder, key] = places[pick % places.length]!;
        Object.defineProperty(holder, key, { value: replacement, enumerable: true });
        expectSound(decodeLink(packLink({ pipeline: copy, data: null })));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Every (holder, key) of a nested object. */
function placesOf(value: object): [object, string][] {
  return Object.entries(value).flatMap(([key, inner]): [object, string][] => [
    [value, key],
    ...(typeof inner === 'object' && inner !== null ? placesOf(inner) : []),
  ]);
}
