/** What the blocks publish for one row alone: its attention, its gates, and every other reading as a table. */
import type { RowReading } from '../../../workers/protocol';
import { blocksOf } from '../../pipeline/schema';
import { useData, usePipeline } from '../../state/stores';
import { NumberTable } from '../builder/insides/NumberTable';
import { readingTables } from '../builder/insides/tables';
import { AttentionMaps } from '../monitor/AttentionTab';
import { GatesPanel, useHasGates } from '../monitor/GatesPanel';
import { GivenProbes, useAttention } from '../use';

/** Shown by views of their own. */
const DRAWN: readonly string[] = ['attention', 'gates', 'sharedGate', 'levelGates'];

function Maps() {
  const attention = useAttention();
  return attention && <AttentionMaps attention={attention} />;
}

function Gates() {
  return useHasGates() ? <GatesPanel /> : null;
}

export function RowInside({ reading: { probes } }: { reading: RowReading }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const schema = useData((s) => s.summary?.schema ?? null);
  const blocks = blocksOf(pipeline);
  const others = probes.filter((p) => !DRAWN.includes(p.name));
  return (
    <GivenProbes value={probes}>
      <section className="panel rows-panel row-inside" aria-label="Inside, for this row">
        <header>
          <div>
            <h3>Inside</h3>
            <p>for this row alone</p>
          </div>
        </header>
        {probes.length === 0 && (
          <p className="empty">No block of this pipeline publishes what goes on inside it.</p>
        )}
        <Maps />
        <Gates />
        {others.flatMap(({ block, name, shape, cohorts }) => {
          const owner = blocks.find((b) => block === b.path || block.startsWith(`${b.path}.`));
          if (!owner || !cohorts[0]) return [];
          const of = { tasks: pipeline.tasks, choice: owner.choice, schema };
          return readingTables(name, shape, cohorts[0].mean, of).map((table) => (
            <NumberTable
              key={`${block}/${table.caption}`}
              name={name}
              table={{
                ...table,
                rows: table.rows.map((r) => (r.name === 'mean' ? { ...r, name: 'this row' } : r)),
              }}
            />
          ));
        })}
      </section>
    </GivenProbes>
  );
}
