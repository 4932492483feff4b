/** Simulated worlds on the command line: `sim:es?r=-1&n=100000` ↔ a simulation request. */
import type { z } from 'zod';
import { DEFAULT_REQUEST, type SimulationRequest } from '../src/data';
import { COUNTRY_CHOICES, RECOMMENDED_SIZES, wideRequestSchema } from '../src/data/simulator/request';
import { badInput } from './io';

/** Keys of the address, and the settings that they stand for. */
const KEYS = {
  r: 'relatedness',
  eta: 'nonlinearity',
  kappa: 'countryShift',
  tension: 'tension',
  sc: 'clickStrength',
  sr: 'purchaseStrength',
  atc: 'addToCart',
  seq: 'sequences',
  world: 'world',
  n: 'rows',
  m: 'impressions',
  keep: 'clickKeepRate',
  seed: 'seed',
} as const satisfies Record<string, keyof SimulationRequest>;

type Key = keyof typeof KEYS;

const FORM = 'sim:es?r=0.5&n=100000&m=3000000&keep=0.5&seed=1';

/** Number('') is 0 and Number('0x10') is 16: neither is what somebody meant. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The value of a setting. @throws CliError where the text is none */
function read(key: Key, text: string): unknown {
  const is = `The setting ${key} of the simulated world is "${text}"`;
  if (key === 'atc' || key === 'seq') {
    if (text === '1' || text === '0') return text === '1';
    throw badInput(`${is}: it must be 1 (on) or 0 (off).`);
  }
  if (key === 'world') {
    if (Object.hasOwn(RECOMMENDED_SIZES, text)) return text;
    throw badInput(`${is}: it must be ${Object.keys(RECOMMENDED_SIZES).join(' or ')}.`);
  }
  if (NUMBER.test(text)) return Number(text);
  throw badInput(`${is}: it must be a number.`);
}

const write = (value: SimulationRequest[(typeof KEYS)[Key]]) =>
  typeof value === 'boolean' ? Number(value) : value;

/** Reads `sim:COUNTRY?key=value&…`; what is left out has the page's default, and sizes fit the world. */
export function parseSimulation(address: string): SimulationRequest {
  const [, place, query = ''] = /^sim:([^?]*)(?:\?(.*))?$/s.exec(address) ?? [];
  if (place === undefined)
    throw badInput(`"${address}" is no address of a simulated world: write it as ${FORM}.`);
  const country = COUNTRY_CHOICES.find((c) => c === place.toUpperCase());
  if (country === undefined) {
    const known = COUNTRY_CHOICES.map((c) => c.toLowerCase()).join(', ');
    throw badInput(`There is no simulated world "${place}": choose among ${known}, as in ${FORM}.`);
  }
  const given: Record<string, unknown> = {};
  for (const part of query === '' ? [] : query.split('&')) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    if (!Object.hasOwn(KEYS, key)) {
      throw badInput(
        `A simulated world has no setting "${key}": choose among ${Object.keys(KEYS).join(', ')}.`,
      );
    }
    const setting = KEYS[key as Key];
    if (Object.hasOwn(given, setting))
      throw badInput(`The setting "${key}" of the simulated world is given twice: keep one.`);
    given[setting] = read(key as Key, at < 0 ? '' : part.slice(at + 1));
  }
  const world = (given.world ?? DEFAULT_REQUEST.world) as SimulationRequest['world'];
  const values = { ...DEFAULT_REQUEST, ...RECOMMENDED_SIZES[world], ...given, country };
  const parsed = wideRequestSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw badInput(rangeSentence(parsed.error.issues[0]!, values));
}

function rangeSentence(issue: z.core.$ZodIssue, values: Record<string, unknown>): string {
  const setting = String(issue.path[0]);
  const key = Object.entries(KEYS).find(([, name]) => name === setting)?.[0] ?? setting;
  const is = `The setting ${key} of the simulated world is ${values[setting]}`;
  if (issue.code === 'too_small') return `${is}: it must be at least ${issue.minimum}.`;
  if (issue.code === 'too_big') return `${is}: it must be at most ${issue.maximum}.`;
  return `${is}: it must be a whole number.`;
}

/** The address of a request: the settings that differ from what reading it would fill in. */
export function simulationAddress(request: SimulationRequest): string {
  const filled: SimulationRequest = { ...DEFAULT_REQUEST, ...RECOMMENDED_SIZES[request.world] };
  const query = (Object.entries(KEYS) as [Key, (typeof KEYS)[Key]][])
    .filter(([, name]) => name === 'world' || request[name] !== filled[name])
    .filter(([, name]) => name !== 'world' || request.world !== DEFAULT_REQUEST.world)
    .map(([key, name]) => `${key}=${write(request[name])}`);
  return `sim:${request.country.toLowerCase()}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** A world with the same columns that takes half a second: for what only asks about shapes. */
export const smallWorld = (request: SimulationRequest = DEFAULT_REQUEST): SimulationRequest => ({
  ...request,
  impressions: 60_000,
  rows: 2000,
  clickKeepRate: Math.min(request.clickKeepRate, 0.5),
});
