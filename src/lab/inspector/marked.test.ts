/** Symbols found in equations: the ones that are meant, no others, and the equation stays what it was. */
import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../blocks/catalog';
import type { BlockSpec } from '../../pipeline/spec';
import { marked } from './marked';

const ALL: readonly BlockSpec[] = Object.values(CATALOG).flat();

/** The symbols that were found, in order: their number and what stands there. */
const found = (tex: string, symbols: readonly string[]) =>
  [...marked(tex, symbols).matchAll(/\\htmlData\{symbol=(\d+)\}\{/g)].map((m) => {
    const text = marked(tex, symbols);
    let depth = 1;
    let end = m.index + m[0].length;
    while (depth > 0) {
      depth += text[end] === '{' ? 1 : text[end] === '}' ? -1 : 0;
      end++;
    }
    return [Number(m[1]), text.slice(m.index + m[0].length, end - 1)];
  });

describe('marked', () => {
  it('takes a symbol with its scripts, and not the same letter with others', () => {
    expect(found('b_k = \\sum_e g_{k,e} f_e(x) + b', ['x', 'f_e', 'g_k', 'b_k'])).toEqual([
      [3, 'b_k'],
      [2, 'g_{k,e}'],
      [1, 'f_e'],
      [0, 'x'],
    ]);
  });

  it('prefers the very symbol to one whose scripts begin alike', () => {
    expect(found('p_k = p_{k\\mid pa(k)}\\,p_{pa(k)}', ['p_{k\\mid pa(k)}', 'p_k'])).toEqual([
      [1, 'p_k'],
      [0, 'p_{k\\mid pa(k)}'],
    ]);
  });

  it('tells hats, primes and names from bare letters, and a transpose changes nothing', () => {
    expect(found("\\hat e_k + e_k + g_i' + w_k^\\top", ['\\hat e_k', "g_i'", 'w_k, c_k'])).toEqual([
      [0, '\\hat e_k'],
      [1, "g_i'"],
      [2, 'w_k^\\top'],
    ]);
    expect(found('\\mathrm{MLP}_k(x)', ['\\mathrm{MLP}_k', 'M'])).toEqual([[0, '\\mathrm{MLP}_k']]);
  });

  it('looks into fractions and roots, and leaves delimiters alone', () => {
    const tex = '\\left( \\frac{L_k}{\\sqrt{L_j}} \\right)^2';
    expect(found(tex, ['L_k'])).toEqual([
      [0, 'L_k'],
      [0, 'L_j'],
    ]);
    expect(marked(tex, [])).toBe(tex);
  });
});

/** What an equation shows, without what only marks it. */
function shown(tex: string): string {
  const trust = ({ command }: { command: string }) => command === '\\htmlData';
  const html = katex.renderToString(tex, { displayMode: true, output: 'mathml', strict: false, trust });
  return html.replace(/<annotation.*<\/annotation>/s, '').replace(/<[^>]+>/g, '');
}

describe.each(ALL.map((spec) => [`${spec.pillar}/${spec.id}`, spec] as const))('%s', (_name, spec) => {
  const names = spec.symbols.map(([symbol]) => symbol);

  it('has equations that are the same with their symbols marked', () => {
    for (const tex of spec.equations) expect(shown(marked(tex, names))).toBe(shown(tex));
  });

  it('shows what comes in and what goes out where it can be pointed at', () => {
    const text = spec.equations.map((tex) => marked(tex, names)).join();
    const ends = spec.pillar === 'balancer' ? ['loss', 'weight'] : ['in', 'out'];
    for (const end of ends) {
      const numbers = spec.symbols.flatMap(([, , ...parts], i) =>
        (parts as string[]).includes(end) ? [i] : [],
      );
      expect(
        numbers.some((i) => text.includes(`symbol=${i}}`)),
        `${end}: ${numbers.map((i) => names[i]).join()}`,
      ).toBe(true);
    }
  });
});
