/** Who reads whom: attention by layer and head, over a cohort, at any recorded step. */

import { useState } from 'react';
import { Empty } from '../../components/Empty';
import { ExportMenu } from '../../components/ExportMenu';
import { Segments } from '../../components/fields';
import { HeatMap } from '../../components/HeatMap';
import { matrixCsv, saveBlob } from '../../state/export';
import { usePipeline } from '../../state/stores';
import { type Attention, useLooks, useTasks } from '../use';
import { CompareBar } from './attention/CompareBar';
import { CutPanel, useCanCut } from './attention/CutPanel';
import { type Compared, useCompared } from './attention/compare';
import { scaleOf, sheetsCsv, sheetsOf } from './attention/ProbeTables';
import { ReadingWords } from './attention/ReadingWords';
import { WireTable } from './attention/WireTable';
import { wireName } from './attention/wireNames';
import { RecordedMark } from './Recorded';
import { FIRST_EVALUATION, useWaiting } from './useLook';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Pictures and numbers of the maps of all layers and heads. */
export function AttentionExport({ attention }: { attention: Attention }) {
  const labels = useTasks().map((t) => t.label);
  return (
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
  );
}

/** The maps of all layers and heads; with a limit on the heads, whoever shows them has the room for their export. */
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
          {layer === 0 && limit === undefined && <AttentionExport attention={attention} />}
        </div>
      ))}
    </section>
  );
}

/** Why there is no map. */
export function NoAttention() {
  const attends = usePipeline((s) => s.pipeline.towers.block === 'task-attention');
  const waiting = useWaiting(FIRST_EVALUATION);
  return (
    <Empty shows="How much each task takes from the others, by layer and head.">
      {attends
        ? waiting
        : 'No block of this pipeline attends: put Task Attention in the place of its Towers, by drag or by the arrows beside it in the list on the left.'}
    </Empty>
  );
}

export function AttentionTab() {
  const shown = useCompared('towers', 'attention');
  const tasks = useTasks();
  const [scope, setScope] = useState<'one' | 'all'>('one');
  const able = useCanCut();
  const sizes = shown?.shape ?? [];
  if (!shown || sizes.length !== 4 || sizes.at(-1) !== tasks.length) {
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
          <b>Row reads column{shown.minus ? ': difference' : ''}.</b>{' '}
          <span className="dim">
            <RecordedMark />
            {!shown.minus && 'Each row adds up to 1. '}
            <ReadingWords of={shown} />
          </span>
        </p>
        <CompareBar of={shown} />
      </div>
      <div className="wires">
        <WireMaps shown={shown} every={scope === 'all'} cuttable={able} />
        <CutPanel>
          {able && sizes[0]! * sizes[1]! > 1 && (
            <Segments
              label="A press cuts in"
              options={[
                { value: 'one', label: 'one map' },
                { value: 'all', label: 'all maps' },
              ]}
              value={scope}
              onChange={setScope}
            />
          )}
        </CutPanel>
      </div>
    </div>
  );
}

/** The maps with their wires. @param every a press cuts the same wire in every layer and head */
function WireMaps({ shown, every, cuttable }: { shown: Compared; every: boolean; cuttable: boolean }) {
  const tasks = useTasks();
  const looks = useLooks();
  const choice = usePipeline((s) => s.pipeline.towers);
  const [layers, heads, K] = shown.shape as [number, number, number];
  const of = { tasks, choice, schema: null };
  const sheets = sheetsOf('attention', shown, of);
  const difference = shown.minus !== null;
  const scale = difference ? scaleOf(sheets, true) : 1;
  const marks = tasks.map((t, k) => ({ name: t.label, look: looks[k] }));
  const same = (cell: number) => upTo(layers * heads).map((map) => map * K * K + (cell % (K * K)));
  return (
    <section
      className="maps"
      data-testid="attention-map"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: many heads scroll sideways, and must do so by keyboard too
      tabIndex={0}
      aria-label="Attention maps"
      style={{ '--across': layers * heads * K, '--rows': K } as React.CSSProperties}
    >
      {upTo(layers).map((layer) => (
        <div className="maps-row" key={layer}>
          <span className="maps-layer">L{layer + 1}</span>
          {upTo(heads).map((head) => {
            const s = sheets[layer * heads + head]!;
            return (
              <WireTable
                key={head}
                caption={`${difference ? 'Difference of attention' : 'Attention'} in layer ${layer + 1}, head ${head + 1}`}
                short={`head ${head + 1}`}
                rows={marks}
                columns={marks}
                letters={head === 0}
                value={s.value}
                difference={difference}
                scale={scale}
                wired={
                  cuttable
                    ? {
                        block: 'towers',
                        probe: 'attention',
                        // A causal mask leaves wires that carry nothing; there is nothing to cut.
                        cells: (r, c) => {
                          const cell = s.cell(r, c)!;
                          return (every ? same(cell) : [cell]).filter((at) => shown.values[at] !== 0);
                        },
                        label: (r, c) => {
                          const { wire, place } = wireName('attention', shown.shape, s.cell(r, c)!, of);
                          return every ? `${wire}, all maps` : place ? `${wire}, ${place}` : wire;
                        },
                      }
                    : null
                }
              />
            );
          })}
          {layer === 0 && (
            <ExportMenu
              title="the attention maps"
              file={`attention-step-${shown.step}`}
              csv={() => sheetsCsv(sheets, shown)}
              save={saveBlob}
            />
          )}
        </div>
      ))}
    </section>
  );
}
