/** Who reads whom: attention by layer and head, over a cohort, at any recorded step. */

import { Segments } from '../../components/fields';
import { count } from '../../components/format';
import { HeatMap } from '../../components/HeatMap';
import { usePipeline, useUi } from '../../state/stores';
import { type Attention, useAttention, useHistory, useLooks, useTasks } from '../use';
import { RecordedMark } from './Recorded';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The maps of all layers and heads. */
export function AttentionMaps({ attention, limit }: { attention: Attention; limit?: number }) {
  const tasks = useTasks();
  const looks = useLooks();
  const labels = tasks.map((t) => t.label);
  const heads = upTo(Math.min(attention.heads, limit ?? attention.heads));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: many heads scroll sideways, and must do so by keyboard too
    <section className="maps" data-testid="attention-map" tabIndex={0} aria-label="Attention maps">
      {upTo(attention.layers).map((layer) => (
        <div className="maps-row" key={layer}>
          <span className="maps-layer">L{layer + 1}</span>
          {heads.map((head) => (
            <HeatMap
              key={head}
              caption={`Attention in layer ${layer + 1}, head ${head + 1}`}
              short={`head ${head + 1}`}
              labels={labels}
              looks={looks}
              letters={head === 0}
              value={(r, c) => attention.cell(layer, head, r, c)}
            />
          ))}
        </div>
      ))}
    </section>
  );
}

/** Why there is no map. */
export function NoAttention() {
  const attends = usePipeline((s) => s.pipeline.towers.block === 'task-attention');
  return (
    <p className="empty">
      {attends
        ? 'The first reading comes with the first evaluation: press Train.'
        : 'No block of this pipeline attends. Drag Task Attention onto Towers to see who reads whom.'}
    </p>
  );
}

function Scrubber() {
  const { probes } = useHistory();
  const scrub = useUi((s) => s.scrub);
  const steps = [...new Set(probes.map((p) => p.step))].sort((a, b) => a - b);
  if (steps.length < 2) return null;
  const newest = steps.length - 1;
  const found = scrub === null ? newest : steps.findLastIndex((s) => s <= scrub);
  const at = Math.max(0, found);
  return (
    <label className="scrub">
      <span>
        step <b>{count(steps[at]!)}</b>
        {scrub === null ? ' (newest)' : ''}
      </span>
      <input
        type="range"
        min={0}
        max={newest}
        step={1}
        value={at}
        aria-valuetext={`step ${count(steps[at]!)}`}
        style={{ '--share': newest === 0 ? 1 : at / newest } as React.CSSProperties}
        onChange={(e) => {
          const to = Number(e.target.value);
          useUi.setState({ scrub: to === newest ? null : steps[to]! });
        }}
      />
    </label>
  );
}

export function AttentionTab() {
  const attention = useAttention();
  const cohort = useUi((s) => s.cohort);
  if (!attention) {
    return (
      <div className="attention-tab">
        <NoAttention />
      </div>
    );
  }
  return (
    <div className="attention-tab">
      <div className="attention-head">
        <p>
          <b>Row reads column.</b>{' '}
          <span className="dim">
            <RecordedMark />
            Mean over {count(attention.rows)} validation rows
            {cohort === 'all' ? '' : ` with a ${cohort}`}; each row adds up to 1.
          </span>
        </p>
        <Segments
          label="Cohort"
          options={attention.cohorts.map(({ name }) => ({ value: name, label: name }))}
          value={cohort}
          onChange={(name) => useUi.setState({ cohort: name })}
        />
        <Scrubber />
      </div>
      <AttentionMaps attention={attention} />
    </div>
  );
}
