/** Turns the schema's complaints into sentences for people: what is wrong, where, and what to do. */
import type { z } from 'zod';
import { findSpec } from '../blocks/catalog';
import { PIPELINE_FIELDS, TASK_FIELDS, TRAINING_FIELDS } from './schema';
import type { Finding, Pillar } from './spec';

/** A finding with its full sentence, which names the place. */
export interface Problem extends Finding {
  readonly message: string;
}

type Path = readonly PropertyKey[];

/** Fields that may also be null; zod's complaint about their type does not say so. */
const NULLABLE = new Set(['parent', 'clipNorm']);

const PILLARS: Readonly<Record<string, Pillar>> = {
  input: 'input',
  bottom: 'bottom',
  towers: 'tower',
  top: 'top',
  balancer: 'balancer',
};

/** Describes one complaint of a zod schema about `input`. `root` names the whole, e.g. "The pipeline". */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown, root = 'The pipeline'): Problem {
  const where = issue.path.map(String).join('.');
  const at = where === '' ? root : where;
  if (issue.code === 'custom') {
    return { level: 'error', where, reason: issue.message, message: `${at}: ${issue.message}` };
  }
  const message = sentence(issue, at, valueAt(input, issue.path), input);
  return { level: 'error', where, reason: message, message };
}

/** The complaint that comes first and says most: zod reports an unsafe integer before the limit that it breaks. */
export function firstIssue(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const first = issues[0]!;
  const sharper = issues.find(
    (o) => o !== first && o.code === first.code && o.path.join('.') === first.path.join('.'),
  );
  return 'note' in first && first.code !== 'invalid_union' && sharper ? sharper : first;
}

function sentence(issue: z.core.$ZodIssue, at: string, value: unknown, input: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = typeName(issue.expected) + (NULLABLE.has(String(issue.path.at(-1))) ? ' or null' : '');
      return value === undefined
        ? `${at} is missing: add ${wanted}.`
        : `${at} is ${show(value)}: it must be ${wanted}.`;
    }
    case 'too_big':
    case 'too_small':
      return outOfRange(issue, at, value);
    case 'invalid_value': {
      const wanted = choices(issue.values.map(show));
      return value === undefined
        ? `${at} is missing: add ${wanted}.`
        : `${at} is ${show(value)}: it must be ${wanted}.`;
    }
    case 'invalid_union': {
      // Only a block's name is chosen among variants; the names that exist come with the complaint.
      const options = 'options' in issue ? (issue.options as readonly unknown[]) : [];
      const wanted = choices(options.map(show));
      return value === undefined
        ? `${at} is missing: add ${wanted}.`
        : `${at} is ${show(value)}, which is no block of this place: it must be ${wanted}.`;
    }
    case 'unrecognized_keys':
      return unknownField(issue.keys[0]!, at, issue.path, input);
    default:
      return `${at} is ${show(value)}, which cannot be read: correct it or leave it out.`;
  }
}

function outOfRange(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  at: string,
  value: unknown,
): string {
  const [limit, word] =
    issue.code === 'too_big' ? [issue.maximum, 'at most'] : ([issue.minimum, 'at least'] as const);
  const size = typeof value === 'string' || Array.isArray(value) ? value.length : 0;
  switch (issue.origin) {
    case 'array':
      return `${at} has ${count(size, 'entry', 'entries')}: it must have ${word} ${limit}.`;
    case 'string':
      return size === 0
        ? `${at} is empty: give it ${word} ${count(Number(limit), 'character', 'characters')}.`
        : `${at} has ${count(size, 'character', 'characters')}: it must have ${word} ${limit}.`;
    default:
      return `${at} is ${show(value)}: it must be ${word} ${limit}.`;
  }
}

function unknownField(key: string, at: string, path: Path, input: unknown): string {
  const field = path.length === 0 ? shorten(key) : `${at}.${shorten(key)}`;
  const known = fieldsAt(path, input);
  if (!known) return `${field} is not known: remove it.`;
  return known.length === 0
    ? `${field} is not known: remove it, since nothing can be set there.`
    : `${field} is not known: remove it, or use one of ${known.join(', ')}.`;
}

/** The fields that exist at a path of a pipeline; undefined for any other place. */
function fieldsAt(path: Path, input: unknown): readonly string[] | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return PIPELINE_FIELDS;
  if (first === 'training') return TRAINING_FIELDS;
  if (first === 'tasks') return TASK_FIELDS;
  const pillar = PILLARS[String(first)];
  if (!pillar) return undefined;
  if (rest.at(-1) !== 'params') return ['block', 'params'];
  const id = valueAt(input, [...path.slice(0, -1), 'block']);
  return Object.keys(findSpec(pillar, String(id))?.params ?? {});
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function typeName(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    default:
      return 'an object in braces';
  }
}

/** A value as it stands in a sentence. Lists and objects are only named: hostile ones nest without end. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

/** `a`, `a or b`, `a, b or c`. */
export function choices(options: readonly string[]): string {
  return options.length <= 1 ? (options[0] ?? '') : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
