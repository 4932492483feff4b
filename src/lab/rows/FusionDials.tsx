/** α and β of a fusion, live, with the equation that they stand in and the papers' settings. */
import { useState } from 'react';
import { TextField } from '../../components/fields';
import { FUSION_RANGES, type Fusion, type FusionKind, PAPER_FUSIONS } from '../../metrics/fusion';
import { setFusion, useRowView } from '../../state/rowView';
import { fusionText, type RateNames } from './words';

function Dial({
  symbol,
  value,
  range: { min, max, step },
  onChange,
}: {
  symbol: 'α' | 'β';
  value: number;
  range: { readonly min: number; readonly max: number; readonly step: number };
  onChange: (value: number) => void;
}) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const said = String(value);
  const type = (text: string) => {
    const typed = text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'));
    const fits = typed >= min && typed <= max;
    setRefusal(fits ? null : `${symbol} must be a number from ${min} to ${max}.`);
    if (fits) onChange(typed);
  };
  return (
    <span className="rows-dial">
      <span aria-hidden="true">{symbol}</span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-label={`${symbol}, slider`}
        style={{ '--share': (value - min) / (max - min) } as React.CSSProperties}
        onChange={(e) => {
          setRefusal(null);
          onChange(Number(e.target.value));
        }}
      />
      <TextField numeric label={symbol} value={said} onCommit={type} invalid={refusal !== null} />
      {refusal && (
        <span className="refusal" role="alert">
          {refusal}
        </span>
      )}
    </span>
  );
}

/** The equation as it is printed. */
function Equation({ kind, names: { one, two, given } }: { kind: FusionKind; names: RateNames }) {
  switch (kind) {
    case 'product':
      return (
        <>
          Score = {one}
          <sup>α</sup> × {given}
          <sup>β</sup>
        </>
      );
    case 'sum':
      return (
        <>
          Score = α·{one} + β·{two}
        </>
      );
    case 'first':
      return <>Score = {one}</>;
    case 'last':
      return <>Score = {two}</>;
  }
}

/** A fusion with its settings in place of the symbols. */
export function FusionLabel({ fusion, names }: { fusion: Fusion; names: RateNames }) {
  const { kind, alpha, beta } = fusion;
  if (kind !== 'product') return <>{fusionText(fusion, names)}</>;
  return (
    <>
      {names.one}
      <sup>{alpha}</sup> × {names.given}
      <sup>{beta}</sup>
    </>
  );
}

export function FusionDials({
  kind,
  names,
  chained,
  single,
}: {
  kind: FusionKind;
  names: RateNames;
  chained: boolean;
  single: boolean;
}) {
  const fusion = useRowView((s) => s.fusions[kind]);
  const dialled = kind === 'product' || kind === 'sum' ? kind : null;
  const papers = PAPER_FUSIONS.filter((f) => f.kind === kind);
  const same = papers.findIndex((f) => f.alpha === fusion.alpha && f.beta === fusion.beta);
  return (
    <div className="fusion-dials">
      <p className="fusion-equation">
        <Equation kind={kind} names={names} />
      </p>
      {dialled && (
        <>
          <Dial
            symbol="α"
            value={fusion.alpha}
            range={FUSION_RANGES[dialled].alpha}
            onChange={(alpha) => setFusion(dialled, { alpha })}
          />
          <Dial
            symbol="β"
            value={fusion.beta}
            range={FUSION_RANGES[dialled].beta}
            onChange={(beta) => setFusion(dialled, { beta })}
          />
          <select
            className="text"
            aria-label="Settings of the paper"
            value={same < 0 ? '' : same}
            onChange={(e) => {
              const found = papers[Number(e.target.value)];
              if (found) setFusion(dialled, { alpha: found.alpha, beta: found.beta });
            }}
          >
            <option value="" disabled>
              papers…
            </option>
            {papers.map((f, i) => (
              <option key={f.name} value={i}>
                {f.name}
              </option>
            ))}
          </select>
        </>
      )}
      {single && <p className="dim">This pipeline predicts one event: there is nothing to fuse.</p>}
      {!single && !chained && (
        <p className="dim">
          {names.two} does not follow {names.one}, so that Eq. 6, which needs the one given the other, is left
          out.
        </p>
      )}
    </div>
  );
}
