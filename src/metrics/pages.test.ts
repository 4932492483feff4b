import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightedAuc } from './auc';
import { gainOf, type PageRows, pageAuc, pageNdcg, pageRecall, pagesOf, readPages } from './pages';

const rowsOf = (scores: number[], relevance: number[], counts?: number[]): PageRows => ({
  scores,
  gain: relevance.map(gainOf),
  positive: relevance.map((y) => (y > 0 ? 1 : 0)),
  negative: relevance.map((y) => (y > 0 ? 0 : 1)),
  counts: counts ?? scores.map(() => 1),
});
const all = (r: PageRows) => Array.from({ length: r.scores.length }, (_, i) => i);

describe('NDCG@k', () => {
  it('is the worked example: gains 2^rel − 1, discount 1/log2(rank + 1)', () => {
    // Ranked 3, 2, 3, 0, 1, 2: DCG = 7 + 3/log2 3 + 7/2 + 0 + 1/log2 6 + 3/log2 7; the ideal order is 3, 3, 2, 2, 1, 0.
    const r = rowsOf([6, 5, 4, 3, 2, 1], [3, 2, 3, 0, 1, 2]);
    const dcg = 7 + 3 / Math.log2(3) + 7 / 2 + 1 / Math.log2(6) + 3 / Math.log2(7);
    const ideal = 7 + 7 / Math.log2(3) + 3 / 2 + 3 / Math.log2(5) + 1 / Math.log2(6);
    expect(pageNdcg(all(r), r, 10)).toBeCloseTo(dcg / ideal, 12);
    const two = (7 + 3 / Math.log2(3)) / (7 + 7 / Math.log2(3));
    expect(pageNdcg(all(r), r, 2)).toBeCloseTo(two, 12);
  });

  it('takes the mean over the orders of a tie', () => {
    const tied = rowsOf([1, 1], [1, 0]);
    expect(pageNdcg([0, 1], tied, 10)).toBeCloseTo((1 + 1 / Math.log2(3)) / 2, 12);
    expect(pageNdcg([0, 1], tied, 1)).toBeCloseTo(0.5, 12);
  });

  it('is 1 for the right order, less for any other, and nothing without a gain', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (rel, k) => {
          const right = rowsOf(rel, rel);
          const wrong = rowsOf(
            rel.map((y) => -y),
            rel,
          );
          const best = pageNdcg(all(right), right, k);
          if (rel.every((y) => y === 0)) expect(best).toBeNull();
          else {
            expect(best).toBeCloseTo(1, 12);
            expect(pageNdcg(all(wrong), wrong, k)!).toBeLessThanOrEqual(1 + 1e-12);
          }
        },
      ),
    );
  });
});

describe('Recall@k and AUC of a page', () => {
  it('count what the first k rows hold, ties shared', () => {
    const r = rowsOf([4, 3, 2, 1], [1, 0, 1, 1]);
    expect([1, 2, 3, 4].map((k) => pageRecall(all(r), r, k))).toEqual([1 / 3, 1 / 3, 2 / 3, 1]);
    const tied = rowsOf([1, 1, 1, 1], [1, 0, 0, 0]);
    expect(pageRecall(all(tied), tied, 2)).toBe(0.5);
    expect(pageRecall([1, 2], tied, 2)).toBeNull();
  });

  it('are the AUC of the whole where there is one page', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(1)), { minLength: 2, maxLength: 20 }),
        (page) => {
          const r = rowsOf(
            page.map(([s]) => s),
            page.map(([, y]) => y),
          );
          const whole = weightedAuc(
            Float64Array.from(page, ([s]) => s),
            Uint8Array.from(page, ([, y]) => y),
          );
          const auc = pageAuc(all(r), r);
          if (whole.ok) expect(auc).toBeCloseTo(whole.value, 12);
          else expect(auc).toBeNull();
        },
      ),
    );
  });
});

describe('the mean over pages', () => {
  // AUCs 1 (2 rows), 0 (4 rows: the positive row comes last), and a page without a positive row.
  const scores = [2, 1, 4, 3, 2, 1, 5, 6];
  const labels = [1, 0, 0, 0, 0, 1, 0, 0];
  const pages = pagesOf([7, 7, 3, 3, 3, 3, 9, 9]);

  it('weighs GAUC by rows and List AUC by pages, and leaves out pages that say nothing', () => {
    const r = readPages(pages, rowsOf(scores, labels));
    expect(r.gauc).toMatchObject({ ok: true, value: 2 / 6, pages: 2, excluded: 1 });
    expect(r.listAuc).toMatchObject({ ok: true, value: 0.5, pages: 2, excluded: 1 });
    expect(r.ndcg).toMatchObject({ ok: true, pages: 2, excluded: 1 });
    // Two values 1 and 0: sd √½, so the error of their mean is ½.
    if (r.listAuc.ok) expect(r.listAuc.se).toBeCloseTo(0.5, 12);
  });

  it('leaves out rows that do not count', () => {
    // Without row 5 the page 3 has no positive row; without row 1 page 7 has no other class.
    const r = readPages(pages, rowsOf(scores, labels, [1, 1, 1, 1, 1, 0, 1, 1]));
    expect(r.listAuc).toEqual({ ok: false, reason: 'one page alone shows no spread', pages: 1, excluded: 2 });
  });

  it('gives a reason where there is none', () => {
    const none = readPages(
      pages,
      rowsOf(
        scores,
        labels.map(() => 0),
      ),
      10,
      'click',
    );
    expect(none.ndcg).toEqual({ ok: false, reason: 'no page has a click', pages: 0, excluded: 3 });
    expect(none.gauc).toMatchObject({ reason: 'no page has both a click and a row without' });
    const broken = readPages(pages, rowsOf([Number.NaN, ...scores.slice(1)], labels));
    expect(broken.recall).toMatchObject({ ok: false, reason: 'the score of row 0 is not a number (NaN)' });
  });

  it('has an error that covers the truth as often as it says', () => {
    // 400 draws of 60 pages whose AUC is 1 with probability .7, else 0.
    let covered = 0;
    let state = 12345;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (let draw = 0; draw < 400; draw++) {
      const s: number[] = [];
      const y: number[] = [];
      const g: number[] = [];
      for (let p = 0; p < 60; p++) {
        const up = random() < 0.7;
        s.push(up ? 2 : 1, up ? 1 : 2);
        y.push(1, 0);
        g.push(p, p);
      }
      const { gauc } = readPages(pagesOf(g), rowsOf(s, y));
      if (gauc.ok && Math.abs(gauc.value - 0.7) < 1.96 * gauc.se) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThan(0.98);
  });
});
