/** Is a predicted probability true on average? A reliability diagram for each output space, and its numbers as a table. */
import { memo, useState } from 'react';
import { BigFigure } from '../../components/BigFigure';
import { Empty } from '../../components/Empty';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { ExportMenu } from '../../components/ExportMenu';
import { Segments } from '../../components/fields';
import { count, fraction, percent } from '../../components/format';
import { Steady, StepNow } from '../../components/Steady';
import { Tag } from '../../components/Tag';
import { useSize } from '../../components/useSize';
import type { Bin, Calibration } from '../../metrics/calibration';
import type { OutputSpace } from '../../pipeline/spaces';
import { saveBlob } from '../../state/export';
import { usePipeline, useUi } from '../../state/stores';
import { useHistory, useLooks, useSpaces } from '../use';
import { Scrubber } from './Scrubber';
import { useLook, useWaiting } from './useLook';

type Known = Extract<Calibration, { ok: true }>;

const LEFT = 58;
const BOTTOM = 20;

/** Ends of both axes, which are logarithmic: rates of clicks and purchases lie decades apart, and low bins would fall on one spot. */
export function endsOf(bins: readonly Bin[]): readonly [number, number] {
  const values = bins
    .flatMap((b) => [b.predicted, b.observed, b.high, b.truth ?? Number.NaN])
    .filter((v) => v > 0);
  const low = Math.min(...values);
  const high = Math.max(...values);
  return [10 ** Math.floor(Math.log10(low)), Math.min(1, 10 ** Math.ceil(Math.log10(high) - 1e-9))];
}

function Diagram({ found, look }: { found: Known; look: { readonly hue: string } }) {
  const [ref, { width, height }] = useSize();
  const [low, high] = endsOf(found.bins);
  const decades = Math.max(1, Math.round(Math.log10(high / low)));
  const share = (v: number) => Math.min(1, Math.max(0, Math.log10(v / low) / Math.log10(high / low)));
  const w = Math.max(1, width - LEFT - 8);
  const h = Math.max(1, height - BOTTOM - 8);
  const x = (v: number) => LEFT + share(v) * w;
  const y = (v: number) => 8 + (1 - share(v)) * h;
  const ticks = Array.from({ length: decades + 1 }, (_, i) => low * 10 ** i);
  const name = (v: number) =>
    v >= 0.01 ? percent(v).replace(/\.0+(?=\D)/, '') : `${Number((v * 100).toPrecision(1))}\u202f%`;
  return (
    <div className={`fig ${look.hue}`} ref={ref}>
      {width > 60 && height > 60 && (
        <svg className="reliability" width={width} height={height} aria-hidden="true">
          {ticks.map((t, i) => (
            <g key={t}>
              <line x1={LEFT} x2={LEFT + w} y1={y(t)} y2={y(t)} className="grid" />
              <text x={LEFT - 6} y={y(t) + 4} textAnchor="end">
                {name(t)}
              </text>
              <text x={x(t)} y={height - 4} textAnchor={i === 0 ? 'start' : i === decades ? 'end' : 'middle'}>
                {i === 0 || i === decades ? name(t) : ''}
              </text>
            </g>
          ))}
          <line x1={x(low)} y1={y(low)} x2={x(high)} y2={y(high)} className="perfect" />
          {found.bins.map((b, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place: keyed by its number, each reading would draw all anew
            <g key={i}>
              <line
                x1={x(b.predicted)}
                x2={x(b.predicted)}
                y1={y(b.low)}
                y2={y(b.high)}
                className="interval"
              />
              {b.truth !== null && b.truth > 0 && (
                <path
                  d={`M${x(b.predicted) - 5} ${y(b.truth)}h10M${x(b.predicted)} ${y(b.truth) - 5}v10`}
                  className="truth"
                />
              )}
              {b.observed > 0 ? (
                <circle cx={x(b.predicted)} cy={y(b.observed)} r={4} className="observed" />
              ) : (
                <circle cx={x(b.predicted)} cy={y(low)} r={3.5} className="none" />
              )}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

function Bins({ found, name }: { found: Known; name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long table scrolls, and must do so by keyboard too
    <section className="table-scroll" tabIndex={0} aria-label={`${name} by bin`}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">predicted</th>
            <th scope="col">observed</th>
            <th scope="col">95 % interval</th>
            {found.truthRatio !== null && <th scope="col">truth</th>}
            <th scope="col">rows</th>
          </tr>
        </thead>
        <tbody>
          {found.bins.map((b, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same
            <tr key={i}>
              <th scope="row">{percent(b.predicted)}</th>
              <td>{percent(b.observed)}</td>
              <td>
                {percent(b.low)} to {percent(b.high)}
              </td>
              {b.truth !== null && <td>{percent(b.truth)}</td>}
              <td>{count(b.rows)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Bins as CSV, a line a bin. */
export function binsCsv(bins: readonly Bin[]): string {
  const lines = bins.map((b) => [b.predicted, b.observed, b.low, b.high, b.truth ?? '', b.rows].join(','));
  return `${['predicted,observed,low,high,truth,rows', ...lines].join('\n')}\n`;
}

interface PanelProps {
  readonly space: OutputSpace;
  readonly found: Calibration | undefined;
  readonly table: boolean;
}

/** Drawn again with a reading of its own, and a fault in it is its own. */
const Panel = memo(function Panel(props: PanelProps) {
  return (
    <ErrorBoundary name={`The calibration of ${props.space.name}`}>
      <Content {...props} />
    </ErrorBoundary>
  );
});

function Content({ space, found, table }: PanelProps) {
  const look = useLooks()[space.task]!;
  return (
    <section className="panel calibration-panel" aria-label={`Calibration of ${space.name}`}>
      <header>
        <Tag look={look} />
        <div>
          <h3>{space.name}</h3>
          <p title={space.meaning}>predicted / observed, {space.meaning}</p>
        </div>
        <BigFigure label={`${space.name} predicted over observed`}>
          {found?.ok ? fraction(found.ratio, 2) : '–'}
        </BigFigure>
        <ExportMenu
          title={`the calibration of ${space.name}`}
          file={`calibration-${space.name}`}
          csv={found?.ok ? () => binsCsv(found.bins) : null}
          save={saveBlob}
        />
      </header>
      <p className="detail">
        <Steady lines room={LONGEST_DETAIL}>
          {found ? detailOf(found) : 'not read yet'}
        </Steady>
      </p>
      {found?.ok &&
        (table ? <Bins found={found} name={space.name} /> : <Diagram found={found} look={look} />)}
      {found?.ok && !table && <p className="sr">{detailOf(found)}</p>}
    </section>
  );
}

/** What the ratio says, and no more than its interval lets it. */
export function detailOf(found: Calibration): string {
  if (!found.ok) return found.reason;
  const { low, high, truthRatio } = found;
  const verdict = low > 1 ? 'predicts too much' : high < 1 ? 'predicts too little' : 'within noise of 1';
  const truth = truthRatio === null ? '' : ` · against the truth ${fraction(truthRatio, 2)}`;
  return `${fraction(low, 2)} to ${fraction(high, 2)}: ${verdict}${truth}`;
}

/** The longest of what `detailOf` says of a run that goes well: the room of its line, or lines, from the first. */
const LONGEST_DETAIL = '10.00 to 10.00: predicts too little · against the truth 10.00';

export default function CalibrationTab() {
  useLook('calibration');
  const { readings } = useHistory('readings');
  const scrub = useUi((s) => s.scrub);
  const spaces = useSpaces();
  const waiting = useWaiting();
  const { tasks, training } = usePipeline((s) => s.pipeline);
  const [table, setTable] = useState<'diagram' | 'table'>('diagram');
  const of = (reading: { readonly spaces: readonly { readonly space: string }[] } | null | undefined) =>
    reading && spaces.every((s) => reading.spaces.some((r) => r.space === s.id));
  const reading = readings.latest((f) => (of(f.calibration) ? f.calibration : null), scrub);
  const weighted = tasks.filter((t) => t.positiveWeight !== 1).map((t) => t.label);
  if (!reading) return <Empty shows="What was predicted against what happened, by task.">{waiting}</Empty>;
  return (
    <div className="attention-tab">
      <div className="attention-head">
        <p className="head-words">
          <b>Dot: observed, on the line: as predicted.</b>{' '}
          <span className="dim">
            Bins of equal weight, 95 % intervals; hollow: none observed
            {reading.spaces.some((s) => s.calibration.ok && s.calibration.truthRatio !== null) &&
              '; cross: the truth'}
            . <StepNow step={reading.step} of={training.steps} />
          </span>
        </p>
        <Segments
          label="Show as"
          options={[
            { value: 'diagram', label: 'diagram' },
            { value: 'table', label: 'table' },
          ]}
          value={table}
          onChange={setTable}
        />
        <Scrubber />
      </div>
      {weighted.length > 0 && (
        <p className="calibration-warning" role="note">
          <b>Positives of {new Intl.ListFormat('en').format(weighted)} are re-weighted:</b> the loss then asks
          for probabilities that are too high. Read order, not probability, or set the weight to 1.
        </p>
      )}
      <div className="panels many">
        {spaces.map((space) => (
          <Panel
            key={space.id}
            space={space}
            found={reading.spaces.find((s) => s.space === space.id)?.calibration}
            table={table === 'table'}
          />
        ))}
      </div>
    </div>
  );
}
