/** What is worth knowing of a table that was read, in one sentence each. */
import { DEEP } from '../sampling/sampler';
import { LONGEST_LIST } from '../sampling/store';
import type { Kept } from './kept';
import { count, list, plural } from './say';

export function notesOn(kept: Kept): string[] {
  return [
    ...kept.finish.notes,
    ...aboutSampling(kept),
    ...aboutRows(kept),
    ...aboutMissing(kept),
    ...aboutVocabularies(kept),
    ...aboutParts(kept),
  ];
}

function aboutSampling({ finish, strata, left, rows }: Kept): string[] {
  const { collector, plan } = finish;
  const { found, budget } = collector.sampler;
  if (rows === collector.rows) return [];
  const { wholePages } = plan.mapping.sampling;
  const parts = strata
    .map((name, s) => ({ name, found: found[s]!, left: left[s]! }))
    .filter((s) => s.found > 0)
    .map((s) =>
      s.left === s.found
        ? `all ${count(s.found)} with ${s.name}`
        : `${count(s.left)} of ${count(s.found)} with ${s.name}`,
    );
  const notes = [
    `${count(rows)} of ${plural(collector.rows, 'row')} are kept${wholePages ? ', as whole pages' : ''}: ${list(parts)}; weights make up for the others.`,
  ];
  if (collector.sampler.thinned(DEEP)) {
    notes.push(
      `There are more rows with ${strata[DEEP]} than fit beside the others into ${count(budget)} rows, so that even these are thinned; keep more rows to have them all.`,
    );
  }
  return notes;
}

function aboutRows({ finish, slots, groups, shared }: Kept): string[] {
  const { collector, plan, columns } = finish;
  const notes: string[] = [];
  plan.tasks.forEach(({ name, parent }, k) => {
    const n = collector.exceptions[k]!;
    if (n > 0 && parent !== null) {
      notes.push(
        `${plural(n, 'row')} with ${name} but no ${plan.tasks[parent]!.name}: counted as no ${name}.`,
      );
    }
  });
  if (collector.broken > 0) {
    notes.push(
      `${plural(collector.broken, 'row')} could not be read and ${collector.broken === 1 ? 'was' : 'were'} left out, the first because: ${collector.firstFault!.message}`,
    );
  }
  if (shared > 0) {
    notes.push(
      `${plural(shared, 'training row')} ${shared === 1 ? 'was' : 'were'} left out because the test file has the same ${columns[plan.group!]!}: no group may lie in both parts.`,
    );
  }
  if (collector.store.cut > 0) {
    notes.push(
      `${plural(collector.store.cut, 'list')} had more than ${LONGEST_LIST} entries; the first ${LONGEST_LIST} are used.`,
    );
  }
  if (plan.mapping.sampling.wholePages && groups) {
    const units = new Set<number>();
    for (const slot of slots) units.add(collector.sampler.unitOf(slot));
    const different = new Set(groups).size;
    if (units.size > different) {
      notes.push(
        `Rows of one ${columns[plan.group!]!} do not stand together in the file (${count(units.size)} runs of ${count(different)} groups); a run was kept or left as a whole, not a group.`,
      );
    }
  }
  return notes;
}

function aboutMissing({ finish, rows, numerical, missing }: Kept): string[] {
  const { plan, columns } = finish;
  const M = plan.numerical.length;
  const empty = new Array<number>(M).fill(0);
  for (let at = 0; at < rows * M; at++) if (Number.isNaN(numerical[at]!)) empty[at % M]!++;
  const notes: string[] = [];
  const total = empty.reduce((a, b) => a + b, 0);
  if (total > 0) {
    const names = plan.numerical.filter((_, m) => empty[m]! > 0).map((c) => columns[c]!);
    notes.push(
      `${plural(total, 'numerical field')} without a value ${total === 1 ? 'counts' : 'count'} as missing (z = 0): ${list(names)}.`,
    );
  }
  const absent = missing.reduce((a, b) => a + b, 0);
  if (absent > 0) {
    const names = plan.categorical.filter((_, c) => missing[c]! > 0).map((c) => columns[c]!);
    notes.push(
      `${plural(absent, 'category', 'categories')} without a value ${absent === 1 ? 'has' : 'have'} the code (missing): ${list(names)}.`,
    );
  }
  return notes;
}

function aboutVocabularies({ finish, vocabularies, lists }: Kept): string[] {
  const { plan, columns } = finish;
  const all = [
    ...plan.categorical.map((c, i) => ({ c, v: vocabularies[i]! })),
    ...plan.lists.map((c, i) => ({ c, v: lists[i]! })),
  ];
  return all
    .filter(({ v }) => v.rare > 0)
    .map(
      ({ c, v }) =>
        `${columns[c]!} has more values than the vocabulary may hold: its ${plural(v.rare, 'rarest value')} share the code (other).`,
    );
}

function aboutParts({ finish, rows, validation, labels, numerical, groups }: Kept): string[] {
  const { plan, columns } = finish;
  const notes: string[] = [];
  const M = plan.numerical.length;
  const low = new Float32Array(M).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(M).fill(Number.NEGATIVE_INFINITY);
  const K = plan.tasks.length;
  const positives = new Array<number>(K).fill(0);
  for (let i = 0; i < rows; i++) {
    if (validation[i] === 1) continue;
    for (let k = 0; k < K; k++) positives[k]! += labels[i * K + k]!;
    for (let m = 0; m < M; m++) {
      const v = numerical[i * M + m]!;
      if (v < low[m]!) low[m] = v;
      if (v > high[m]!) high[m] = v;
    }
  }
  const constant = plan.numerical.filter((_, m) => !(low[m]! < high[m]!)).map((c) => columns[c]!);
  if (constant.length > 0)
    notes.push(`Constant in the training part, so kept as zeros: ${list(constant, 20)}.`);
  if (groups !== null && new Set(groups).size < 2) {
    notes.push(`All rows belong to one group (${columns[plan.group!]!}), so nothing is left to validate on.`);
  }
  plan.tasks.forEach(({ name }, k) => {
    if (positives[k] === 0)
      notes.push(`There is no ${name} in the training part, so a model has nothing to learn of it.`);
  });
  return notes;
}
