/** Who reads whom: attention by layer and head, over a cohort, at any recorded step. */

import { ExportMenu } from '../../components/ExportMenu';
import { count } from '../../components/format';
import { HeatMap } from '../../components/HeatMap';
import { matrixCsv, saveBlob } from '../../state/export';
import { usePipeline, useUi } from '../../state/stores';
import { type Attention, useAttention, useLooks, useTasks } from '../use';
import { CohortChoice } from './CohortChoice';
import { RecordedMark } from './Recorded';
import { Scrubber } from './Scrubber';

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
          {layer === 0 && (
            <ExportMenu
              title="the attention maps"
              file={`attention-step-${attention.step}`}
              csv={() =>
                matrixCsv(
                  upTo(attention.layers).flatMap((l) =>
                    upTo(attention.heads).map((h) => ({
                      name: `layer ${l + 1} head ${h + 1}`,
                      labels,
                      value: (r: number, c: number) => attention.cell(l, h, r, c),
                    })),
                  ),
                )
              }
              save={saveBlob}
            />
          )}
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
        <CohortChoice cohorts={attention.cohorts} />
        <Scrubber />
      </div>
      <AttentionMaps attention={attention} />
    </div>
  );
}
