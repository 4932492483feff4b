/** What is said about the Towers and Tops that pass something along the funnel, before they are dropped. */
import { describe, expect, it } from 'vitest';
import { explainFit, findings } from './compat';
import { blockWith, defaultPipeline } from './defaults';
import type { Pipeline } from './schema';

const PASSING_TOPS = ['esmm', 'dpr', 'aitm', 'dbmtl', 'logit-residual', 'escm2-ipw', 'escm2-dr', 'dcmt'];

/** The default with MLP towers, about which there is nothing to say. */
function funnel(): Pipeline {
  return { ...defaultPipeline(), towers: blockWith('tower', 'mlp') };
}

function apart(): Pipeline {
  const p = funnel();
  return { ...p, tasks: p.tasks.map((t) => ({ ...t, parent: null })) };
}

describe('Tops along a funnel', () => {
  it.each(PASSING_TOPS)('%s fits a funnel without a word, and says so where no task has a parent', (id) => {
    expect(explainFit(funnel(), 'top', id)).toEqual([]);
    const found = explainFit(apart(), 'top', id);
    expect(found.map((f) => f.level)).toEqual(['warning']);
    expect(found[0]!.reason).toMatch(/No task has a parent here.*the same as Identity/);
  });

  it.each(['resflow', 'seq'])('%s towers likewise', (id) => {
    expect(explainFit(funnel(), 'tower', id)).toEqual([]);
    const found = explainFit(apart(), 'tower', id);
    expect(found.map((f) => `${f.level} ${f.where}`)).toEqual(['warning towers']);
    expect(found[0]!.reason).toMatch(/take MLP towers/);
  });

  it('any of these Towers goes with any of these Tops', () => {
    for (const tower of ['resflow', 'seq']) {
      for (const top of ['identity', ...PASSING_TOPS]) {
        const p = { ...funnel(), towers: blockWith('tower', tower), top: blockWith('top', top) };
        expect(findings(p)).toEqual([]);
      }
    }
  });

  it('a logit residual inside ESMM’s product is warned of with the paper’s figures', () => {
    const top = blockWith('top', 'logit-residual', { space: 'conditional' });
    const found = findings({ ...funnel(), top });
    expect(found.map((f) => `${f.level} ${f.where}`)).toEqual(['warning top.params.space']);
    expect(found[0]!.reason).toContain('0.896 against 0.899');
    const cut = blockWith('top', 'logit-residual', { space: 'conditional', nonIncrease: 'M3' });
    expect(findings({ ...funnel(), top: cut }).map((f) => f.where)).toContain('top.params.nonIncrease');
  });

  it('a zero-shot task wants a head that the tasks share, and a number that exists', () => {
    const seq = (zeroShot: number, top: string) =>
      findings({ ...funnel(), towers: blockWith('tower', 'seq', { zeroShot }), top: blockWith('top', top) });
    expect(seq(2, 'dpr')).toEqual([]);
    expect(seq(2, 'identity').map((f) => f.reason)).toEqual([
      expect.stringMatching(/head that the tasks share/),
    ]);
    expect(seq(3, 'dpr').map((f) => f.reason)).toEqual([expect.stringMatching(/There is no task 3/)]);
  });

  it('ESM² is refused with the tasks that it needs, and fits click, action, purchase', () => {
    const found = explainFit(funnel(), 'top', 'esm2');
    expect(found.map((f) => f.level)).toEqual(['error']);
    expect(found[0]!.reason).toMatch(/needs three tasks.*take ESMM/);
    const [click, purchase] = funnel().tasks;
    const cart = { ...purchase!, id: 'cart', label: 'add to cart', metric: 'CTATC' };
    expect(explainFit({ ...funnel(), tasks: [click!, cart, purchase!] }, 'top', 'esm2')).toEqual([]);
  });
});
