/** A block's inside in a dialog: its picture, large and live, and each of its readings as a table. */
import { count } from '../../../components/format';
import { StepNow } from '../../../components/Steady';
import { useSize } from '../../../components/useSize';
import { blocksOf } from '../../../pipeline/schema';
import { useData, usePipeline, useUi } from '../../../state/stores';
import { cohortName, useHistory, useLooks } from '../../use';
import { layOutAlone } from '../places';
import { pictureOf } from './index';
import { NumberTable } from './NumberTable';
import type { LanePlace } from './props';
import { type Naming, readingTables } from './tables';

const LANES: readonly string[] = ['bottom', 'towers', 'top'] satisfies LanePlace[];

export default function InsideSheet({ path }: { path: string }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const block = blocksOf(pipeline).find((b) => b.path === path);
  const schema = useData((s) => s.summary?.schema ?? null);
  const looks = useLooks();
  const [ref, size] = useSize();
  if (!block) return <p className="empty">This block is no longer in the pipeline.</p>;
  const { spec, choice } = block;
  const layout = layOutAlone(
    Math.max(280, size.width),
    240 + 40 * Math.max(0, looks.length - 2),
    looks.length,
  );
  const Picture = LANES.includes(path) ? pictureOf(spec, path as LanePlace) : null;
  return (
    <div className="inside" ref={ref}>
      <p className="idea">{spec.idea}</p>
      {Picture && size.width > 0 && (
        <svg className="flow alone" width={layout.width} height={layout.height} aria-hidden="true">
          <Picture {...{ layout, looks, choice }} place={path as LanePlace} tasks={pipeline.tasks} />
        </svg>
      )}
      <Readings path={path} of={{ tasks: pipeline.tasks, choice, schema }} none={noneOf(spec.probes, path)} />
    </div>
  );
}

const noneOf = (probes: Readonly<Record<string, string>>, path: string): string =>
  Object.keys(probes).length === 0 && path !== 'top'
    ? 'This block publishes no numbers of its own: what it learns shows in the blocks behind it.'
    : 'The first reading comes with the first evaluation of a run: press Train.';

function Readings({ path, of, none }: { path: string; of: Naming; none: string }) {
  const { readings } = useHistory('readings');
  const scrub = useUi((s) => s.scrub);
  const chosen = useUi((s) => s.cohort);
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const mine = (block: string) => block === path || block.startsWith(`${path}.`);
  const shown =
    readings
      .latest(({ probes }) => (probes.some((p) => mine(p.block)) ? probes : undefined), scrub)
      ?.filter((p) => mine(p.block)) ?? [];
  if (shown.length === 0) return <p className="empty">{none}</p>;
  return shown.map(({ block, name, shape, step, cohorts }) => {
    const cohort = cohorts.find((c) => c.name === chosen) ?? cohorts[0];
    if (!cohort) return null;
    const side = block === path ? '' : ` (${block.slice(path.length + 1)})`;
    const rows =
      cohort.name === 'last step'
        ? 'The last step'
        : `Mean of ${count(cohort.rows)} validation rows: ${cohortName(cohort.name)}`;
    return (
      <section key={`${block}/${name}`} aria-label={`${name}${side}`}>
        <p className="dim">
          {rows}
          {side}. <StepNow step={step} of={steps} />
        </p>
        {readingTables(name, shape, cohort.mean, of).map((table) => (
          <NumberTable key={table.caption} table={table} name={name} />
        ))}
      </section>
    );
  });
}
