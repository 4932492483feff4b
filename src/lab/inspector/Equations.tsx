/** Equations, set by KaTeX as HTML to see and MathML to hear; their symbols light the parts of the lab that they stand for. */
import katex from 'katex';
import 'katex/dist/katex.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useMedia } from '../../components/useSize';
import type { BlockSpec, Part, SymbolOf } from '../../pipeline/spec';
import { addressOf, nameParts, useParts } from '../../state/parts';
import { marked } from './marked';
import './symbols.css';

const set = (tex: string, displayMode: boolean) =>
  katex.renderToString(tex, {
    displayMode,
    output: 'htmlAndMathml',
    throwOnError: false,
    strict: false,
    // A number of ours on a symbol, and nothing else.
    trust: ({ command }) => command === '\\htmlData',
  });

function Tex({ tex, display }: { tex: string; display: boolean }) {
  const html = useMemo(() => set(tex, display), [tex, display]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX's own output for a string of the catalog
  return <span className={display ? 'tex' : 'tex-inline'} dangerouslySetInnerHTML={{ __html: html }} />;
}

/** What a drawn probe looks like in its card. */
const PICTURES: Readonly<Record<string, string>> = {
  gates: 'gate bars',
  stitch: 'map of α',
  attention: 'attention map',
  updateGates: 'lines from task to task',
  residualShare: 'lines from task to task',
  score: 'the points where two nets meet',
  probabilities: 'probabilities on the lanes',
  residualLogits: 'log-odds on the lanes',
  aitmWeights: 'bars of two parts',
};

const PLACES: Readonly<Record<string, string>> = {
  in: 'what comes into the card',
  out: 'what the card hands on',
  boxes: 'in the card: its boxes',
  links: 'in the card: lines from task to task',
  inside: 'a table behind “Look inside”',
  loss: 'the losses at the end of the lanes',
  weight: 'the weights at the end of the lanes',
};

/** Where a part is to be found, in words. */
export function placeInWords(part: Part, spec: BlockSpec): string {
  const [kind, name] = part.split('.') as [string, string | undefined];
  if (name === undefined) return PLACES[kind]!;
  if (kind === 'knob') return `setting “${spec.params[name]?.label ?? name}”`;
  return `in the card: ${PICTURES[name] ?? name}`;
}

/** A symbol as it is said: without the signs that set it. */
const spoken = (tex: string): string =>
  tex
    .replace(/\\(?:mathrm|text)|\\[,; ]|[\\{}]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const partsOf = ([, , ...parts]: SymbolOf): readonly Part[] => parts;

/** The number of the symbol that something inside an equation belongs to. */
function numberOf(target: EventTarget): number | null {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-symbol]') : null;
  return found ? Number(found.dataset.symbol) : null;
}

export default function Equations({ path, spec }: { path: string; spec: BlockSpec }) {
  const { equations, symbols } = spec;
  // Elsewhere the knobs need the room; the symbols in the equations themselves are at hand.
  const roomy = useMedia('(min-width: 1600px)');
  const lines = useMemo(() => {
    const names = symbols.map(([symbol]) => symbol);
    return equations.map((tex) => marked(tex, names));
  }, [equations, symbols]);
  // A symbol is named while pointer or focus is on it; a press makes it stay.
  const [at, setAt] = useState<number | null>(null);
  const [kept, setKept] = useState<number | null>(null);
  const named = at ?? kept;
  const press = (i: number | null) => setKept((before) => (before === i ? null : i));
  useEffect(() => {
    const symbol = named === null ? undefined : symbols[named];
    nameParts(symbol ? partsOf(symbol).map((part) => addressOf(path, part)) : []);
  }, [named, symbols, path]);
  useEffect(() => () => nameParts([]), []);

  const pointed = useParts((s) => s.pointed);
  const back = symbols.flatMap((symbol, i) =>
    partsOf(symbol).some((part) => pointed.includes(addressOf(path, part))) ? [i] : [],
  );
  const lit = back.length > 0 ? back : named === null ? [] : [named];
  const section = useRef<HTMLElement>(null);
  const litNow = lit.join();
  useEffect(() => {
    const numbers = litNow.split(',');
    for (const place of section.current?.querySelectorAll<HTMLElement>('[data-symbol]') ?? []) {
      place.classList.toggle('lit', numbers.includes(place.dataset.symbol ?? ''));
    }
  }, [litNow]);
  const wheres = symbols.map((symbol) =>
    partsOf(symbol)
      .map((part) => placeInWords(part, spec))
      .join('; '),
  );
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: each symbol is a button beneath, and this is a second way to it */}
      <section
        ref={section}
        className="eq-lines"
        aria-label="Equations"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide equation scrolls, and must do so by keyboard too
        tabIndex={0}
        onPointerOver={(e) => setAt(numberOf(e.target))}
        onPointerLeave={() => setAt(null)}
        onClick={(e) => press(numberOf(e.target))}
      >
        {lines.map((tex) => (
          <div key={tex} className="eq-line">
            <Tex tex={tex} display />
          </div>
        ))}
      </section>
      {/* All lie in one cell, so that nothing below moves; the buttons say the same to who hears them. */}
      <div className="symbol-says" aria-hidden="true">
        <p className={lit.length === 0 ? 'on' : undefined}>Point at a symbol to see its part.</p>
        {symbols.map(([symbol, meaning], i) => (
          <p key={symbol} className={lit[0] === i ? 'on' : undefined}>
            {meaning}
            {wheres[i] && <em> → {wheres[i]}</em>}
          </p>
        ))}
      </div>
      <details key={String(roomy)} className="symbols" open={roomy}>
        <summary>Symbols</summary>
        <ul aria-label="Symbols">
          {symbols.map(([symbol, meaning], i) => (
            <li key={symbol}>
              <button
                type="button"
                className={lit.includes(i) ? 'lit' : undefined}
                aria-pressed={kept === i}
                aria-label={[`${spoken(symbol)}: ${meaning}`, wheres[i]]
                  .filter(Boolean)
                  .join('. On the page: ')}
                onPointerEnter={() => setAt(i)}
                onPointerLeave={() => setAt(null)}
                // A tap moves the focus too, and must be able to end what it began.
                onFocus={(e) => e.currentTarget.matches(':focus-visible') && setAt(i)}
                onBlur={() => setAt(null)}
                onClick={() => press(i)}
              >
                <Tex tex={symbol} display={false} />
              </button>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
