/** Equations, set by KaTeX as HTML to see and MathML to hear; loaded only when the inspector shows them. */
import katex from 'katex';
import 'katex/dist/katex.min.css';
import { useMemo } from 'react';

const set = (tex: string, displayMode: boolean) =>
  katex.renderToString(tex, { displayMode, output: 'htmlAndMathml', throwOnError: false, strict: false });

function Tex({ tex, display }: { tex: string; display: boolean }) {
  const html = useMemo(() => set(tex, display), [tex, display]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX's own output for a string of the catalog
  return <span className={display ? 'tex' : 'tex-inline'} dangerouslySetInnerHTML={{ __html: html }} />;
}

export default function Equations({
  lines,
  symbols,
}: {
  lines: readonly string[];
  symbols: readonly (readonly [string, string])[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide equation scrolls, and must do so by keyboard too
    <section className="eq-lines" aria-label="Equations" tabIndex={0}>
      {lines.map((tex) => (
        <div key={tex} className="eq-line">
          <Tex tex={tex} display />
        </div>
      ))}
      {symbols.length > 0 && (
        <details className="symbols">
          <summary>Symbols</summary>
          <dl>
            {symbols.map(([symbol, meaning]) => (
              <div key={symbol}>
                <dt>
                  <Tex tex={symbol} display={false} />
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
