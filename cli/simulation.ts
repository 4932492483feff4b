/** Simulated worlds on the command line: `sim:es?r=-1&n=100000` ↔ a simulation request. */
import { z } from 'zod';
import { DEFAULT_REQUEST, type SimulationRequest, simulationRequestSchema } from '../src/data';
import { badInput } from './io';

/** Wider than the page's ranges at both ends: small worlds for tests and scripts, large ones for machines with the memory. */
export const requestSchema = z.strictObject({
  ...simulationRequestSchema.shape,
  impressions: z.number().int().min(20_000).max(50_000_000),
  rows: z.number().int().min(500).max(1_000_000),
});

/** Keys of the address, and the settings that they stand for. */
const KEYS = {
  r: 'relatedness',
  n: 'rows',
  m: 'impressions',
  keep: 'clickKeepRate',
  seed: 'seed',
} as const satisfies Record<string, keyof SimulationRequest>;

const FORM = 'sim:es?r=0.5&n=100000&m=3000000&keep=0.5&seed=1';

/** Reads `sim:COUNTRY?key=value&…`; what is left out has the page's default. */
export function parseSimulation(address: string): SimulationRequest {
  const [, country, query = ''] = /^sim:([^?]*)(?:\?(.*))?$/s.exec(address) ?? [];
  if (country === undefined)
    throw badInput(`"${address}" is no address of a simulated world: write it as ${FORM}.`);
  if (country.toLowerCase() !== 'es') {
    throw badInput(`There is no simulated world "${country}": the one there is, is es, as in ${FORM}.`);
  }
  const values: Record<string, unknown> = { ...DEFAULT_REQUEST, country: 'ES' };
  const seen = new Set<string>();
  for (const part of query === '' ? [] : query.split('&')) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    const text = at < 0 ? '' : part.slice(at + 1);
    if (!Object.hasOwn(KEYS, key)) {
      throw badInput(
        `A simulated world has no setting "${key}": choose among ${Object.keys(KEYS).join(', ')}.`,
      );
    }
    if (seen.has(key))
      throw badInput(`The setting "${key}" of the simulated world is given twice: keep one.`);
    seen.add(key);
    // Number('') is 0 and Number('0x10') is 16: neither is what somebody meant.
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
      throw badInput(`The setting ${key} of the simulated world is "${text}": it must be a number.`);
    }
    values[KEYS[key as keyof typeof KEYS]] = Number(text);
  }
  const parsed = requestSchema.safeParse(values);
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

/** The address of a request, with all settings. */
export function simulationAddress(request: SimulationRequest): string {
  const query = Object.entries(KEYS).map(([key, name]) => `${key}=${request[name]}`);
  return `sim:${request.country.toLowerCase()}?${query.join('&')}`;
}

/** A world with the same columns that takes half a second: for what only asks about shapes. */
export const SMALL_WORLD: SimulationRequest = { ...DEFAULT_REQUEST, impressions: 60_000, rows: 2000 };
