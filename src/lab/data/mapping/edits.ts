/** Small edits of a mapping, what stands in its way, and the tree of its tasks: plain functions behind the mapping step. */

import type { Side } from '../../../data/dataset';
import { DataError } from '../../../data/dataset';
import {
  type ColumnPreview,
  FEATURE_ROLES,
  type Mapping,
  type Preview,
  type Role,
} from '../../../data/mapping/mapping';
import { planOf } from '../../../data/mapping/plan';

type Column = Mapping['columns'][number];

/** Why a mapping cannot be carried out, and in which part of the step to look. */
export interface Problem {
  readonly part: 'roles' | 'split' | 'sampling';
  readonly message: string;
  readonly column: string | null;
}

const rowFiles = (preview: Preview) =>
  preview.files.filter(({ part }) => part === 'rows' || part === 'test rows').length;

function refusalOf(mapping: Mapping, preview: Preview): DataError | null {
  try {
    planOf(
      mapping,
      preview.columns.map((c) => c.name),
      rowFiles(preview),
    );
    return null;
  } catch (cause) {
    if (cause instanceof DataError) return cause;
    throw cause;
  }
}

/** The first thing that stands in the way, by the reader's own rules; null where the files can be read so. */
export function problemOf(mapping: Mapping, preview: Preview): Problem | null {
  const all = refusalOf(mapping, preview);
  if (!all) return null;
  const say = (part: Problem['part'], error: DataError): Problem => ({
    part,
    message: error.message,
    column: error.at.column ?? null,
  });
  // With split and sampling out of the way, what remains is a matter of roles.
  const single = { ...mapping, sampling: { ...mapping.sampling, wholePages: false } };
  const neutral = {
    ...single,
    split: { ...mapping.split, by: has(mapping, 'group') ? 'group' : 'row' } as const,
  };
  const roles = refusalOf(neutral, preview);
  if (roles) return say('roles', roles);
  const split = refusalOf(single, preview);
  return split ? say('split', split) : say('sampling', all);
}

const has = (mapping: Mapping, role: Role) => mapping.columns.some((c) => c.role === role);

/** Gives columns a role. Tasks below a label that goes move up to its parent; a split that the change rules out follows it. */
export function setRoles(mapping: Mapping, names: ReadonlySet<string>, role: Role): Mapping {
  const parents = new Map(mapping.columns.map((c) => [c.name, c.parent ?? null]));
  const gone = (name: string) => role !== 'label' && names.has(name);
  const standing = (parent: string | null): string | null => {
    let at = parent;
    for (let i = 0; at !== null && gone(at) && i < mapping.columns.length; i++) at = parents.get(at) ?? null;
    return at !== null && gone(at) ? null : at;
  };
  // A column that the mapping left out is ignored until it gets a role.
  const known = new Set(mapping.columns.map((c) => c.name));
  const added = [...names].filter((n) => !known.has(n)).map((n): Column => ({ name: n, role: 'ignore' }));
  const columns = [...mapping.columns, ...added].map((c): Column => {
    const now = names.has(c.name) ? role : c.role;
    const side = c.side && FEATURE_ROLES.includes(now) ? { side: c.side } : {};
    if (now !== 'label') return { name: c.name, role: now, ...side };
    return { name: c.name, role: now, parent: c.role === 'label' ? standing(c.parent ?? null) : null };
  });
  const next = { ...mapping, columns };
  const { by } = mapping.split;
  if (has(mapping, 'group') === has(next, 'group')) return next;
  if (has(next, 'group')) return by === 'row' ? { ...next, split: { ...next.split, by: 'group' } } : next;
  const split = by === 'group' ? ({ ...next.split, by: 'row' } as const) : next.split;
  return { ...next, split, sampling: { ...next.sampling, wholePages: false } };
}

/** Marks a feature as the user's or the item's, or as nobody's; other columns have no side. */
export const setSide = (mapping: Mapping, name: string, side: Side | null): Mapping => ({
  ...mapping,
  columns: mapping.columns.map((c): Column => {
    if (c.name !== name || !FEATURE_ROLES.includes(c.role)) return c;
    const { side: _, ...rest } = c;
    return side === null ? rest : { ...rest, side };
  }),
});

/** A label as it stands in the tree. */
export interface Branch {
  readonly name: string;
  readonly parent: string | null;
  /** 0 for a root. */
  readonly depth: number;
}

/** The labels as a tree read from the top, children right under their parents; a ring's members count as roots. */
export function treeOf(mapping: Mapping): Branch[] {
  const labels = mapping.columns.filter((c) => c.role === 'label');
  const out: Branch[] = [];
  const add = (name: string, parent: string | null, depth: number) => {
    if (out.some((b) => b.name === name)) return;
    out.push({ name, parent, depth });
    for (const c of labels) if ((c.parent ?? null) === name) add(c.name, name, depth + 1);
  };
  const names = new Set(labels.map((c) => c.name));
  for (const c of labels) if (!c.parent || !names.has(c.parent)) add(c.name, c.parent ?? null, 0);
  for (const c of labels) add(c.name, c.parent ?? null, 0);
  return out;
}

/** The labels that may be a label's parent: all but itself and what follows it. */
export function parentsFor(mapping: Mapping, name: string): string[] {
  const labels = mapping.columns.filter((c) => c.role === 'label');
  const below = new Set([name]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const c of labels) {
      if (c.parent && below.has(c.parent) && !below.has(c.name)) {
        below.add(c.name);
        grown = true;
      }
    }
  }
  return labels.map((c) => c.name).filter((n) => !below.has(n));
}

export const setParent = (mapping: Mapping, name: string, parent: string | null): Mapping => ({
  ...mapping,
  columns: mapping.columns.map((c) => (c.name === name && c.role === 'label' ? { ...c, parent } : c)),
});

/** The nearest label with the same parent before (−1) or after (+1) a label, or null at the end of the row. */
function neighbour(mapping: Mapping, name: string, by: -1 | 1): number | null {
  const at = mapping.columns.findIndex((c) => c.name === name);
  const mine = mapping.columns[at]?.parent ?? null;
  for (let i = at + by; i >= 0 && i < mapping.columns.length; i += by) {
    const c = mapping.columns[i]!;
    if (c.role === 'label' && (c.parent ?? null) === mine) return i;
  }
  return null;
}

export const canMove = (mapping: Mapping, name: string, by: -1 | 1): boolean =>
  neighbour(mapping, name, by) !== null;

/** Moves a label before or after its neighbour of the same parent: the order of the tasks. */
export function moveLabel(mapping: Mapping, name: string, by: -1 | 1): Mapping {
  const from = mapping.columns.findIndex((c) => c.name === name);
  const to = neighbour(mapping, name, by);
  if (to === null) return mapping;
  const columns = [...mapping.columns];
  [columns[from], columns[to]] = [columns[to]!, columns[from]!];
  return { ...mapping, columns };
}

/** A column as the table of the step shows it. */
export interface Line {
  readonly column: ColumnPreview;
  readonly role: Role;
  readonly side: Side | null;
}

/** The columns in the file's order whose name or example holds the words, with this role where one is asked for. */
export function linesOf(mapping: Mapping, preview: Preview, words: string, role: Role | 'any'): Line[] {
  const known = new Map(mapping.columns.map((c) => [c.name, c]));
  const needle = words.trim().toLowerCase();
  return preview.columns
    .map((column): Line => {
      const mapped = known.get(column.name);
      return { column, role: mapped?.role ?? 'ignore', side: mapped?.side ?? null };
    })
    .filter(
      (line) =>
        (role === 'any' || line.role === role) &&
        (needle === '' ||
          [line.column.name, ...line.column.examples].some((t) => t.toLowerCase().includes(needle))),
    );
}
