/** Every column: its distribution in each market, how much the markets differ in it, and how much it tells by itself. */
import { useMemo, useState } from 'react';
import type { Profile } from '../../../../workers/protocol';
import { Slider } from '../../../components/fields';
import { count, fraction, percent } from '../../../components/format';
import { Pager, pageOf } from '../../../components/Pager';
import { Tag } from '../../../components/Tag';
import { taskLooks } from '../../../components/tasks';
import { useProfile } from '../../../state/profile';
import { useTasks } from '../../use';
import { type Bar, columnsOf, dependentOn, type FeatureProfile, histogramOf, type Order } from './columns';

const PAGE = 20;
/** Largest divergence on the bars' scale, in bits, unless a column has more. */
const SCALE = 0.1;

/** A task of the data as this table shows it. */
interface Shown {
  readonly label: string;
  readonly look: ReturnType<typeof taskLooks>[number];
}

function Histogram({ bars, market, name }: { bars: readonly Bar[]; market: string | null; name: string }) {
  return (
    <span className="histogram">
      <svg
        viewBox="0 0 100 32"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Distribution of ${name}${market === null ? '' : ` in ${market}`}`}
      >
        {bars.map((b, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in the histogram
            key={i}
            x={b.x * 100}
            width={Math.max(0.6, b.width * 100 - 0.4)}
            y={32 - b.height * 31}
            height={b.height * 31}
          />
        ))}
        <path d="M0 32H100" />
      </svg>
      {market !== null && <span aria-hidden="true">{market}</span>}
    </span>
  );
}

const short = (n: number): string => {
  if (!Number.isFinite(n)) return '–';
  const size = Math.abs(n);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return n.toExponential(1).replace('-', '\u2212');
  return fraction(n, size >= 100 || Number.isInteger(n) ? 0 : size >= 1 ? 1 : 3);
};

function factsOf({ kind, missing, zeros, quantiles, bins }: FeatureProfile): string {
  const parts: string[] = [kind];
  if (missing > 0) parts.push(`${percent(missing)} missing`);
  if (zeros > 0) parts.push(`${percent(zeros)} zero`);
  if (quantiles) parts.push(`${short(quantiles[1]!)} … ${short(quantiles[3]!)} … ${short(quantiles[5]!)}`);
  else if (bins.length > 0) parts.push(`most often ${bins.slice(0, 3).join(', ')}`);
  return parts.join(' · ');
}

function Aucs({ auc, tasks }: { auc: FeatureProfile['auc']; tasks: readonly Shown[] }) {
  return (
    <ul className="aucs">
      {tasks.map(({ label, look }, k) => {
        const value = auc[k] ?? null;
        return (
          <li key={label} className={look.hue}>
            <Tag look={look} />
            <span className="sr">{label}</span>
            <span className="auc-track" aria-hidden="true">
              {value !== null && <i style={{ width: `${Math.max(0, value - 0.5) * 200}%` }} />}
            </span>
            <span className="num">{value === null ? '–' : fraction(value)}</span>
          </li>
        );
      })}
    </ul>
  );
}

function Divergence({ value, above, top }: { value: number | null; above: number; top: number }) {
  if (value === null) return <>–</>;
  const dependent = value > above;
  return (
    <span className={`divergence ${dependent ? 'dependent' : ''}`}>
      <span className="divergence-track" aria-hidden="true">
        <i style={{ width: `${Math.min(1, value / top) * 100}%` }} />
        <b style={{ left: `${Math.min(1, above / top) * 100}%` }} />
      </span>
      <span className="num">{fraction(value, 4)}</span>
      <span className="dependent-word">{dependent ? 'dependent' : ''}</span>
    </span>
  );
}

function FeatureRow({
  feature,
  countries,
  tasks,
  above,
  top,
}: {
  feature: FeatureProfile;
  countries: readonly string[];
  tasks: readonly Shown[];
  above: number;
  top: number;
}) {
  const bars = useMemo(() => histogramOf(feature), [feature]);
  const many = bars.length > 1;
  return (
    <tr>
      <th scope="row">
        <span className="column-name">{feature.name}</span>
        <small>{factsOf(feature)}</small>
      </th>
      <td>
        <div className="histograms" style={{ '--markets': bars.length } as React.CSSProperties}>
          {bars.map((market, i) => (
            <Histogram
              key={countries[i] ?? i}
              bars={market}
              market={many ? (countries[i] ?? String(i + 1)) : null}
              name={feature.name}
            />
          ))}
        </div>
      </td>
      {countries.length > 1 && (
        <td>
          <Divergence value={feature.divergence} above={above} top={top} />
        </td>
      )}
      <td>
        <Aucs auc={feature.auc} tasks={tasks} />
      </td>
    </tr>
  );
}

/** The threshold that marks columns as dependent on the market, and what it marks. */
function Threshold({ features }: { features: readonly FeatureProfile[] }) {
  const above = useProfile((s) => s.dependentAbove);
  const dependent = dependentOn(features, above);
  return (
    <div className="threshold">
      <span id="threshold-label">Dependent above</span>
      <Slider
        value={above}
        min={0}
        max={0.2}
        step={0.005}
        labelledBy="threshold-label"
        describedBy="threshold-says"
        format={(v) => fraction(v)}
        onCommit={(v) => useProfile.setState({ dependentAbove: Number(v.toFixed(4)) })}
      />
      <p id="threshold-says" className="dim">
        {count(dependent.length)} of {count(features.length)} columns differ between the markets by more (mean
        Jensen–Shannon divergence of two markets, in bits).
      </p>
    </div>
  );
}

/** Tasks of the data with the looks of the pipeline's tasks, where it has them. */
function useShown(names: readonly string[]): readonly Shown[] {
  const tasks = useTasks();
  return useMemo(() => {
    const labels = names.map((n) => tasks.find((t) => t.id === n)?.label ?? n);
    const known = taskLooks(tasks.map((t) => t.label));
    const own = taskLooks(labels);
    return names.map((n, i) => {
      const k = tasks.findIndex((t) => t.id === n);
      return { label: labels[i]!, look: k >= 0 ? known[k]! : own[i]! };
    });
  }, [names, tasks]);
}

export function Features({ profile, taskNames }: { profile: Profile; taskNames: readonly string[] }) {
  const { features, countries } = profile;
  const [words, setWords] = useState('');
  const [kind, setKind] = useState<FeatureProfile['kind'] | 'any'>('any');
  const markets = countries.length > 1;
  const [order, setOrder] = useState<Order>(markets ? 'divergence' : 0);
  const [page, setPage] = useState(0);
  const above = useProfile((s) => s.dependentAbove);
  const tasks = useShown(taskNames);
  const found = useMemo(() => columnsOf(features, { words, kind, order }), [features, words, kind, order]);
  const top = useMemo(() => Math.max(SCALE, ...features.map((f) => f.divergence ?? 0)), [features]);
  const { at, shown } = pageOf(found, page, PAGE);
  const narrow = (change: () => void) => {
    change();
    setPage(0);
  };
  return (
    <>
      {markets && <Threshold features={features} />}
      <div className="columns-tools">
        <input
          type="search"
          className="text"
          placeholder="Search columns"
          aria-label="Search columns"
          value={words}
          onChange={(e) => narrow(() => setWords(e.target.value))}
        />
        <select
          className="text"
          aria-label="Kind of column"
          value={kind}
          onChange={(e) => narrow(() => setKind(e.target.value as FeatureProfile['kind'] | 'any'))}
        >
          <option value="any">all kinds</option>
          <option value="numerical">numerical</option>
          <option value="categorical">categorical</option>
          <option value="list">lists</option>
        </select>
        <select
          className="text"
          aria-label="Order of the columns"
          value={String(order)}
          onChange={(e) => {
            const to = e.target.value;
            narrow(() => setOrder(/^\d+$/.test(to) ? Number(to) : (to as Order)));
          }}
        >
          {markets && <option value="divergence">by divergence</option>}
          {tasks.map((t, k) => (
            <option key={t.label} value={k}>
              by AUC alone for {t.label}
            </option>
          ))}
          <option value="missing">by missing values</option>
          <option value="order">as in the data</option>
        </select>
      </div>
      <div className="table-scroll">
        <table className="features">
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">distribution{markets ? ' in each market' : ''}</th>
              {markets && <th scope="col">divergence</th>}
              <th scope="col">AUC of the column alone</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((feature) => (
              <FeatureRow
                key={feature.name}
                feature={feature}
                countries={countries}
                tasks={tasks}
                above={above}
                top={top}
              />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p className="empty">No column matches.</p>}
      <Pager
        what="columns"
        label="Pages of columns"
        total={found.length}
        page={at}
        size={PAGE}
        onChange={setPage}
      />
    </>
  );
}
