/** Pages that are whole: those that a simulated world draws apart, or those of a log none of whose rows was left out. */
import type { Dataset } from './dataset';
import { gatherRows, gatherSequences } from './prepare';
import { hashString, permutation } from './random';

/** Pages on which page metrics are taken. */
export const MOST_PAGES = 1000;

/** Whole pages, as rows of `data`; or why there are none. */
export type CompletePages =
  | {
      readonly ok: true;
      readonly part: 'pages' | 'validation';
      readonly data: Dataset;
      readonly pages: readonly (readonly number[])[];
    }
  | { readonly ok: false; readonly reason: string };

/** Whether a page of these rows has all of its rows. */
function unthinned({ origin, weights }: Dataset): boolean {
  if (origin) return origin.wholePages === true || origin.strata.every((s) => s.kept === s.rows);
  return weights.every((w) => w === 1);
}

/** Rows of each page, in the order of the rows; pages that lie in the training part too are left out. */
function validationPages({ groups, rows, trainRows }: Dataset): number[][] {
  const training = new Set(groups.subarray(0, trainRows));
  const pages = new Map<number, number[]>();
  for (let r = trainRows; r < rows; r++) {
    const group = groups[r]!;
    if (training.has(group)) continue;
    const page = pages.get(group);
    if (page) page.push(r);
    else pages.set(group, [r]);
  }
  return [...pages.values()].filter((page) => page.length > 1);
}

/** The whole pages of the validation part, or one sentence that says why there are none. */
export function completePages(data: Dataset): CompletePages {
  const apart = data.pages;
  if (apart && apart.rows > 0) {
    return { ok: true, part: 'pages', data: apart, pages: validationPages(apart) };
  }
  if (data.schema.group === null) {
    return {
      ok: false,
      reason:
        'No column says which rows were shown together, so there are no pages: give one the role “group” when you open the file.',
    };
  }
  if (!unthinned(data)) {
    return {
      ok: false,
      reason:
        'Rows were left out one by one when the data were sampled, so that no page is whole: open the file again with all rows, or keep whole pages.',
    };
  }
  const pages = validationPages(data);
  return pages.length > 0
    ? { ok: true, part: 'validation', data, pages }
    : {
        ok: false,
        reason: 'No page lies in the validation part with two rows or more: split the file by page.',
      };
}

/** Some rows of a data set as one of its own, all of them for validation. @param rows in the order that they shall have */
export function takeRows(data: Dataset, rows: Uint32Array): Dataset {
  const { schema, truth, sequences } = data;
  const K = schema.tasks.length;
  return {
    schema,
    source: data.source,
    fingerprint: data.fingerprint,
    rows: rows.length,
    trainRows: 0,
    categorical: gatherRows(data.categorical, schema.categorical.length, rows),
    numerical: gatherRows(data.numerical, schema.numerical.length, rows),
    labels: gatherRows(data.labels, K, rows),
    weights: gatherRows(data.weights, 1, rows),
    groups: gatherRows(data.groups, 1, rows),
    rowIds: gatherRows(data.rowIds, 1, rows),
    ...(truth && {
      truth: {
        probabilities: gatherRows(truth.probabilities, K, rows),
        featureWeights: gatherRows(truth.featureWeights, 1, rows),
      },
    }),
    ...(sequences && { sequences: sequences.map((s) => gatherSequences(s, rows)) }),
    ...(data.scaling && { scaling: data.scaling }),
  };
}

/**
 * The pages on which page metrics are taken, as a data set of their own: all that a simulated world has apart, or of a log's
 * whole pages at most 1,000, the same for every run on these data. Null where there are none.
 */
export function judgedPages(data: Dataset): Dataset | null {
  const found = completePages(data);
  if (!found.ok) return null;
  if (found.part === 'pages') return found.data;
  const { pages } = found;
  const order = permutation(pages.length, hashString(data.fingerprint), 0).subarray(0, MOST_PAGES).sort();
  return takeRows(data, Uint32Array.from([...order].flatMap((p) => pages[p]!)));
}
