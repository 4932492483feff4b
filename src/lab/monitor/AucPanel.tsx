/** One reported column: its AUC in large, how sure it is, and its curve with ghost and oracle. */
import { lazy, Suspense } from 'react';
import { BigFigure } from '../../components/BigFigure';
import type { CurveMark } from '../../components/curves/Moving';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { ExportMenu } from '../../components/ExportMenu';
import { count, fraction } from '../../components/format';
import { Tag } from '../../components/Tag';
import { useSize } from '../../components/useSize';
import type { Auc } from '../../metrics/auc';
import type { OutputSpace } from '../../pipeline/spaces';
import { curveCsv, saveBlob } from '../../state/export';
import { usePipeline, useUi } from '../../state/stores';
import { type NamedGhost, useAucGhosts } from '../runs/ghosts';
import { useHistory, useLecture, useLooks, useOracle, useSimulated } from '../use';
import { RecordedMark } from './Recorded';
import { markOfRows, readAt, stepInWords, useReadStep } from './readAt';

const CurveChart = lazy(() => import('../../components/CurveChart'));

/** Columns of an evaluation's record. */
const LABEL = 1;
const EXPECTED = 3;

/** Which AUC is shown of a column, and in words. */
function useShownAuc(space: OutputSpace) {
  const { last } = useHistory('evaluations');
  const wanted = useUi((s) => s.auc);
  const simulated = useSimulated();
  const expected = simulated && wanted === 'expected';
  const metric = last?.metrics.find((m) => m.space === space.id);
  return {
    auc: (expected ? metric?.expectedAuc : metric?.auc) ?? null,
    expected,
    positives: metric?.auc.positives ?? 0,
    column: expected ? EXPECTED : LABEL,
  };
}

/** `± .004 · 312 pos.`: the interval of the value shown, and the rows with the event that the labels give. */
function detailOf(auc: Auc, positives: number): string {
  if (!auc.ok) return auc.reason;
  return `±\u202f${fraction(1.96 * auc.se)} · ${count(positives)} pos.`;
}

/** Top of the axis: set by what can be reached, so that it need not move while the run goes on. */
function ceiling(oracle: number | null, ghostBest: number): number {
  if (oracle === null) return 1;
  return Math.min(1, Math.ceil(Math.max(oracle + 0.02, ghostBest) * 10) / 10);
}

/** Foot of the axis: chance. Only a column that falls clearly below it, as CVR may, gets the room to show that. */
function floor(values: readonly number[]): number {
  const lowest = Math.min(0.5, ...values.filter(Number.isFinite));
  return lowest > 0.47 ? 0.5 : Math.max(0, Math.floor(lowest * 10 + 1e-9) / 10);
}

export function AucPanel({ space }: { space: OutputSpace }) {
  return (
    <ErrorBoundary name={`${space.name} AUC`}>
      <Content space={space} />
    </ErrorBoundary>
  );
}

function Content({ space }: { space: OutputSpace }) {
  const looks = useLooks();
  const { evaluations } = useHistory('evaluations');
  const { auc, expected, positives, column } = useShownAuc(space);
  const known = useOracle();
  const lecture = useLecture();
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const step = useReadStep();
  const [ref, size] = useSize();
  const look = looks[space.task]!;
  const rows = evaluations.get(space.id);
  const points = rows?.points(column);
  const ghosts = useAucGhosts(space.id, column);
  const ghostValues = ghosts.flatMap((g) => g.y.filter(Number.isFinite));
  // The oracle is an expected AUC; beside AUCs on drawn labels it would mislead.
  const oracle = expected ? (known?.[space.id] ?? null) : null;
  const top = ceiling(oracle, Math.max(0, ...ghostValues));
  const bottom = floor([...(points?.smooth ?? []), ...ghostValues]);
  const ticks = Array.from({ length: Math.round((top - bottom) * 10) + 1 }, (_, i) => bottom + i / 10);
  const mark = markOfRows(rows, column, false, step, fraction);
  return (
    <section className="panel auc-panel" aria-label={`${space.name} AUC`}>
      <header>
        <Tag look={look} />
        <div>
          <h3>{space.name} AUC</h3>
          <p title={space.meaning}>{space.meaning}</p>
        </div>
        <BigFigure label={`${space.name} AUC`} testId={`auc-${space.name}`}>
          {mark ? mark.text : auc?.ok ? fraction(auc.value) : '–'}
        </BigFigure>
      </header>
      <Detail
        auc={auc}
        expected={expected}
        positives={positives}
        mark={mark}
        se={mark && rows ? rows.at(rows.rowAt(mark.step), column + 1) : Number.NaN}
      />
      <div className="fig" ref={ref}>
        <Suspense fallback={null}>
          <CurveChart
            title={`${space.name} AUC`}
            width={size.width}
            height={size.height}
            series={{ look, x: points?.x ?? [], raw: points?.smooth ?? [], smooth: points?.smooth ?? [] }}
            ghosts={ghosts}
            oracle={oracle}
            large={lecture}
            xMax={steps}
            yMin={bottom}
            yMax={top}
            yTicks={ticks}
            mark={mark}
            onRead={readAt}
          />
        </Suspense>
        <p className="sr">{inWords(space, points?.x.at(-1), auc, oracle, ghosts)}</p>
        <ExportMenu
          title={`${space.name} AUC`}
          file={`auc-${space.name}`}
          csv={points ? () => curveCsv('auc', { ...points, smooth: null }, ghosts) : null}
          save={saveBlob}
        />
      </div>
    </section>
  );
}

/** The line under the figure: how sure it is, of how many rows, and of which step where it is not the newest. */
function Detail({
  auc,
  expected,
  positives,
  mark,
  se,
}: {
  auc: Auc | null;
  expected: boolean;
  positives: number;
  mark: CurveMark | null;
  /** Standard error of the AUC that is read at a step. */
  se: number;
}) {
  const { last } = useHistory('evaluations');
  const simulated = useSimulated();
  if (mark) {
    return (
      <p className="detail">
        <RecordedMark />
        <b>{stepInWords(mark)}</b>
        {Number.isFinite(se) && ` · ±\u202f${fraction(1.96 * se)}`}
      </p>
    );
  }
  const parts = [
    auc ? detailOf(auc, positives) : 'after the first evaluation',
    ...(simulated ? [expected ? 'simulated, expected' : 'simulated, labels'] : []),
    ...(last?.sample ? [`${Math.round((100 * last.sample.rows) / last.sample.of)}\u202f% of rows`] : []),
  ];
  return (
    <p className="detail" title={last?.sample && sampleInWords(last.sample)}>
      <RecordedMark />
      {/* One text: it grows at its end, and no part of it is pushed. */}
      {parts.join(' · ')}
    </p>
  );
}

/** That an evaluation was made on part of the validation rows; the last one of a run is made on all. */
const sampleInWords = ({ rows, of }: { readonly rows: number; readonly of: number }): string =>
  `While a run goes on, on ${count(rows)} of ${count(of)} validation rows, weighted to stand for all: those with rare events, and some of the others. The last evaluation takes all.`;

/** The chart for those who do not see it. */
function inWords(
  space: OutputSpace,
  step: number | undefined,
  auc: Auc | null,
  oracle: number | null,
  ghosts: readonly NamedGhost[],
): string {
  if (step === undefined || !auc) return `No curve of ${space.name} yet.`;
  const now = auc.ok ? `is ${fraction(auc.value)}` : `has no value: ${auc.reason}`;
  const best = oracle === null ? '' : ` No model can beat ${fraction(oracle)}.`;
  const before = ghosts.flatMap(({ name, y }) => {
    const end = y.findLast(Number.isFinite);
    return end === undefined ? [] : ` ${name} ended at ${fraction(end)}.`;
  });
  return `At step ${count(step)} the ${space.name} AUC ${now}.${best}${before.join('')}`;
}
