/** The share link: pipeline and world as JSON, deflated, in the hash of the address, and read back without any trust in it. */
import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate';
import { z } from 'zod';
import { DEFAULT_REQUEST, type SimulationRequest, simulationRequestSchema } from '../data/simulator/request';
import { type Entrant, LEAST_ENTRANTS, MOST_ENTRANTS } from './entrant';
import { describeIssue, firstIssue } from './issues';
import { parsePipeline } from './parse';
import type { Pipeline } from './schema';
import { DICTIONARY_1 } from './share-dictionary';

/** Version of the link's form; the pipeline in it has a version of its own. */
const LINK_VERSION = 1;

/** Longest link that is looked at, in characters. */
export const MAX_LINK = 64 * 1024;
/** Most bytes that a link may unpack to. */
export const MAX_JSON = 256 * 1024;

const DAMAGED = 'This link is damaged or cut off: ask for it again, or start from a preset.';

/** Data that a link can bring back: a simulated world. Files stay on the machine where they were opened. */
const dataSchema = z
  .strictObject({ kind: z.literal('simulated'), request: simulationRequestSchema })
  .nullable();

/** A race: its first entrant is the link's pipeline, and the others follow. */
const raceSchema = z.strictObject({
  first: z.string().min(1).max(60),
  own: z.boolean().optional(),
  others: z
    .array(
      z.strictObject({ name: z.string().min(1).max(60), own: z.boolean().optional(), pipeline: z.unknown() }),
    )
    .min(LEAST_ENTRANTS - 1)
    .max(MOST_ENTRANTS - 1),
  change: z.strictObject({
    steps: z.int().min(1).max(200_000).optional(),
    batch: z.int().min(1).max(16_384).optional(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
  }),
});

const envelopeSchema = z.strictObject({
  pipeline: z.unknown(),
  data: dataSchema,
  race: raceSchema.optional(),
});

/** Who races, and what of the first one's settings the race changes. */
export interface LinkRace {
  readonly entrants: readonly Entrant[];
  readonly change: Partial<Pick<Pipeline['training'], 'steps' | 'batch' | 'seed'>>;
}

export type LinkData = z.infer<typeof dataSchema>;

export interface LinkContent {
  readonly pipeline: Pipeline;
  readonly data: LinkData;
  /** Where it is the link to a race; its first entrant is the pipeline. */
  readonly race?: LinkRace;
}

export type DecodedLink = ({ ok: true } & LinkContent) | { ok: false; message: string };

/** The hash of a link, e.g. `#p=1.q1YqKM…`. */
export function encodeLink({ pipeline, data, race }: LinkContent): string {
  const [first, ...others] = race?.entrants ?? [];
  return packLink({
    pipeline: brief(pipeline),
    data: data && { ...data, request: withoutDefaults(data.request) },
    ...(race &&
      first && {
        race: {
          first: first.name,
          ...(first.own && { own: true }),
          others: others.map(({ name, own, pipeline: p }) => ({
            name,
            ...(own && { own }),
            pipeline: brief(p),
          })),
          change: race.change,
        },
      }),
  });
}

/** A pipeline without the setting that came after the first links and is mostly at its default, which reading fills in. */
function brief({ training: { labelNoise, ...training }, ...rest }: Pipeline): unknown {
  return { ...rest, training: labelNoise === 0 ? training : { ...training, labelNoise } };
}

/**
 * The settings of a world that differ from the defaults: reading a link fills in the others, so that it stays short
 * however many dials there are. (Hence a default must never change: links that people hold rely on it.)
 */
function withoutDefaults(request: SimulationRequest): Partial<SimulationRequest> {
  const entries = Object.entries(request) as [keyof SimulationRequest, unknown][];
  return Object.fromEntries(entries.filter(([key, value]) => value !== DEFAULT_REQUEST[key]));
}

/** Reads a hash. Null means that it holds no pipeline, e.g. `#/lessons`. Never throws. */
export function decodeLink(hash: string): DecodedLink | null {
  const text = /(?:^#?|[?&])p=([^&]*)/.exec(hash)?.[1];
  if (text === undefined) return null;
  if (text.length > MAX_LINK) return refuse(DAMAGED);
  const [, version, data] = /^(\d{1,6})\.([\w-]+)$/.exec(text) ?? [];
  if (version === undefined || data === undefined) return refuse(DAMAGED);
  if (Number(version) > LINK_VERSION) {
    return refuse(
      `This link was made with a newer Seesaw (link version ${Number(version)}; this one reads up to ${LINK_VERSION}): reload the page or update.`,
    );
  }
  const json = Number(version) === LINK_VERSION ? unpack(data) : null;
  return json === null ? refuse(DAMAGED) : readContent(json);
}

/** A link with a pipeline alone. */
export function encodePipeline(pipeline: Pipeline): string {
  return encodeLink({ pipeline, data: null });
}

/** The pipeline of a hash, whatever data comes with it. */
export function decodePipeline(
  hash: string,
): { ok: true; pipeline: Pipeline } | { ok: false; message: string } | null {
  const link = decodeLink(hash);
  return link?.ok ? { ok: true, pipeline: link.pipeline } : link;
}

/** Packs any JSON as a link with a sound checksum; tests use it to make links that only the schema can refuse. */
export function packLink(content: unknown): string {
  const json = strToU8(JSON.stringify(content));
  const packed = deflateSync(json, { level: 9, dictionary: strToU8(DICTIONARY_1) });
  const bytes = new Uint8Array(packed.length + 4);
  bytes.set(packed);
  new DataView(bytes.buffer).setUint32(packed.length, checksum(json));
  const base64 = btoa(strFromU8(bytes, true));
  return `#p=${LINK_VERSION}.${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** The JSON text of a link's data, or null where it is damaged or too large. */
function unpack(data: string): string | null {
  try {
    const bytes = strToU8(atob(data.replaceAll('-', '+').replaceAll('_', '/')), true);
    if (bytes.length < 5) return null;
    const end = bytes.length - 4;
    const json = inflate(bytes.subarray(0, end));
    if (json === null) return null;
    // Deflate has no checksum: without one, a changed character could pass as another valid pipeline.
    if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(end) !== checksum(json)) return null;
    return strFromU8(json);
  } catch {
    // atob and fflate throw on what they cannot read.
    return null;
  }
}

/** Inflates in small slices and gives up at the limit, so that a link of 64 kB never becomes 64 MB. */
function inflate(packed: Uint8Array): Uint8Array | null {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let finished = false;
  const stream = new Inflate({ dictionary: strToU8(DICTIONARY_1) }, (chunk, final) => {
    chunks.push(chunk);
    size += chunk.length;
    finished = final;
  });
  // One byte of deflate makes at most about 1,000: a slice adds no more than 256 kB before the limit is looked at.
  const slice = 256;
  for (let at = 0; at < packed.length; at += slice) {
    stream.push(packed.subarray(at, at + slice), at + slice >= packed.length);
    if (size > MAX_JSON) return null;
  }
  if (!finished) return null;
  const json = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    json.set(chunk, at);
    at += chunk.length;
  }
  return json;
}

/** FNV-1a, 32 bits: against accidents. Against malice stands the schema. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function readContent(json: string): DecodedLink {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return refuse(DAMAGED);
  }
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) {
    const { message } = describeIssue(firstIssue(envelope.error.issues), value, 'What it holds');
    return refuse(`This link cannot be used: ${message}`);
  }
  const parsed = parsePipeline(envelope.data.pipeline);
  if (!parsed.ok) return refuse(`This link cannot be used: ${parsed.message}`);
  const { data, race } = envelope.data;
  if (!race) return { ok: true, pipeline: parsed.pipeline, data };
  const entrants: Entrant[] = [{ name: race.first, own: race.own ?? false, pipeline: parsed.pipeline }];
  for (const { name, own = false, pipeline } of race.others) {
    const other = parsePipeline(pipeline);
    if (!other.ok) return refuse(`This link cannot be used: entrant ${name}: ${other.message}`);
    entrants.push({ name, own, pipeline: other.pipeline });
  }
  const change = race.change as LinkRace['change'];
  return { ok: true, pipeline: parsed.pipeline, data, race: { entrants, change } };
}

function refuse(message: string): DecodedLink {
  return { ok: false, message };
}
