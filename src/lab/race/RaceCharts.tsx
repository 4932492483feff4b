/** The curves of a race: a chart for each reported column, in it all entrants, told apart by marker, dash and letter. */
import { lazy, Suspense, useMemo } from 'react';
import type { GhostCurve } from '../../components/curves/Moving';
import { indexAt } from '../../components/curves/plot';
import { ExportMenu } from '../../components/ExportMenu';
import { count, fraction } from '../../components/format';
import { dashOf, letterOf } from '../../components/RunMark';
import { StepScrubber } from '../../components/StepScrubber';
import { Tag } from '../../components/Tag';
import { taskLooks } from '../../components/tasks';
import { useSize } from '../../components/useSize';
import { type OutputSpace, outputSpaces } from '../../pipeline/spaces';
import { curveCsv, saveBlob } from '../../state/export';
import { useRace } from '../../state/race/store';
import { useUi } from '../../state/stores';
import { readAt, usePointed } from '../monitor/readAt';
import { useOracle, useSimulated } from '../use';

const CurveChart = lazy(() => import('../../components/CurveChart'));

/** Columns of an evaluation's record. */
const LABEL = 1;
const EXPECTED = 3;
/** Points of a curve: evaluations are few, and long races are thinned. */
const POINTS = 120;

const NO_CURVE: readonly number[] = [];
const NOBODY = { x: NO_CURVE, raw: NO_CURVE, smooth: null };

/** Step at which the curves are read: where pointer or key is on one of them, else where the scrubber stands; null is live. */
function useRaceStep(): number | null {
  const scrubbed = useRace((s) => s.read);
  return usePointed() ?? scrubbed;
}

/** What a racer's curve says at a step, or at the evaluation before it; with null at its end. */
function valueAt({ x, y }: GhostCurve, step: number | null): { at: number; value: number } {
  const i = step === null ? x.length - 1 : indexAt(x, step);
  return { at: x[i] ?? 0, value: y[i] ?? Number.NaN };
}

function RaceChart({ space, hues }: { space: OutputSpace; hues: ReturnType<typeof taskLooks> }) {
  const tick = useRace((s) => s.tick);
  const racers = useRace((s) => s.racers);
  const simulated = useSimulated();
  const expected = useUi((s) => s.auc === 'expected') && simulated;
  const known = useOracle();
  const [ref, size] = useSize();
  const column = expected ? EXPECTED : LABEL;
  // biome-ignore lint/correctness/useExhaustiveDependencies: histories grow in place, and `tick` tells that they have
  const curves = useMemo(
    () =>
      racers.flatMap(({ id, name, mark, history }): (GhostCurve & { name: string })[] => {
        const points = history.evaluations.get(space.id)?.points(column, POINTS);
        if (!points) return [];
        const { x, smooth: y } = points;
        return [{ id, name, label: letterOf(mark), dash: dashOf(mark), racer: mark, x, y }];
      }),
    [racers, tick, space.id, column],
  );
  const look = hues[space.task]!;
  const oracle = expected ? (known?.[space.id] ?? null) : null;
  const values = curves.flatMap((c) => c.y.filter(Number.isFinite));
  const top = Math.min(1, Math.ceil(Math.max(0.6, oracle ?? 0, ...values) * 20 + 0.2) / 20);
  const lowest = Math.min(0.5, ...values);
  const bottom = lowest > 0.495 ? 0.5 : Math.max(0, Math.floor(lowest * 20) / 20);
  const gap = top - bottom > 0.35 ? 0.1 : 0.05;
  const ticks = Array.from({ length: Math.floor((top - bottom) / gap + 1.001) }, (_, i) => bottom + i * gap);
  const steps = Math.max(1, ...racers.map((r) => r.pipeline.training.steps));
  const step = useRaceStep();
  const read = curves.map((c) => `${c.label} ${fraction(valueAt(c, step).value)}`).join(', ');
  const mark = step === null || curves.length === 0 ? null : { step, at: step, value: null, text: read };
  return (
    <section className="panel" aria-label={`${space.name} AUC of the race`}>
      <header>
        <Tag look={look} />
        <div>
          <h3>{space.name} AUC</h3>
          <p title={space.meaning}>
            {space.meaning}
            {simulated && (expected ? ' · simulated, expected' : ' · simulated, labels')}
          </p>
        </div>
        <ExportMenu
          title={`${space.name} AUC of the race`}
          file={`race-${space.name}`}
          csv={curves.length > 0 ? () => curveCsv('auc', NOBODY, curves) : null}
          save={saveBlob}
        />
      </header>
      <div className="fig" ref={ref}>
        <Suspense fallback={null}>
          <CurveChart
            title={`${space.name} AUC`}
            width={size.width}
            height={size.height}
            series={{ look, x: NO_CURVE, raw: NO_CURVE, smooth: NO_CURVE }}
            ghosts={curves}
            oracle={oracle}
            xMax={steps}
            yMin={bottom}
            yMax={top}
            yTicks={ticks}
            mark={mark}
            onRead={readAt}
          />
        </Suspense>
        <ul className="sr">
          {curves.map((curve) => {
            const { at, value } = valueAt(curve, step);
            return (
              <li key={curve.id}>
                {curve.label}, {curve.name}: {space.name} AUC{' '}
                {Number.isFinite(value) ? fraction(value) : 'without a value'} at step {count(at)}
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

/** One scrubber for all charts: back through the evaluations, and live at its end. */
function RaceScrubber() {
  useRace((s) => s.tick);
  const racers = useRace((s) => s.racers);
  const read = useRace((s) => s.read);
  const steps = Math.max(0, ...racers.map((r) => r.pipeline.training.steps));
  const x = racers
    .map(({ history }) => [...history.evaluations.values()][0]?.points(0, POINTS).x ?? NO_CURVE)
    .reduce((longest, own) => (own.length > longest.length ? own : longest), NO_CURVE);
  return (
    <StepScrubber
      className="race-scrub"
      label="Step at which the race is read"
      steps={x}
      at={read}
      last={steps}
      beside={() => `of ${count(x.at(-1) ?? 0)}`}
      onScrub={(step) => useRace.setState({ read: step })}
    />
  );
}

export function RaceCharts() {
  const tasks = useRace((s) => s.racers[0]?.pipeline.tasks);
  const spaces = useMemo(() => (tasks ? outputSpaces(tasks) : []), [tasks]);
  const hues = useMemo(() => taskLooks((tasks ?? []).map((t) => t.label)), [tasks]);
  return (
    <>
      <RaceScrubber />
      <div className="race-charts">
        {spaces.map((space) => (
          <RaceChart key={space.id} space={space} hues={hues} />
        ))}
      </div>
    </>
  );
}
