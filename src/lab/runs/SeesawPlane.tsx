/** The seesaw plane: what each pipeline gained or lost in two columns at once, with standard errors, and the same in words. */
import { useState } from 'react';
import { ExportMenu } from '../../components/ExportMenu';
import { signed } from '../../components/format';
import { letterOf, SvgRunMark } from '../../components/RunMark';
import { useSize } from '../../components/useSize';
import { saveBlob } from '../../state/export';
import type { Comparison } from '../../study/compare';
import { axisOf, type PlanePoint, planePoints } from './plane';

const LEFT = 46;
const FOOT = 34;
const TOP = 8;
const RIGHT = 8;

function Drawing({
  points,
  names,
  width,
  height,
}: {
  points: readonly PlanePoint[];
  names: readonly [string, string];
  width: number;
  height: number;
}) {
  if (width < 120 || height < 110) return null;
  const xAxis = axisOf(points.map((p) => ({ at: p.x, se: p.xSe })));
  const yAxis = axisOf(points.map((p) => ({ at: p.y, se: p.ySe })));
  const x = (v: number) => LEFT + ((v - xAxis.from) / (xAxis.to - xAxis.from)) * (width - LEFT - RIGHT);
  const y = (v: number) =>
    height - FOOT - ((v - yAxis.from) / (yAxis.to - yAxis.from)) * (height - FOOT - TOP);
  const tick = (v: number, digits: number) => (v === 0 ? '0' : signed(v, digits));
  const right = width - RIGHT;
  const bottom = height - FOOT;
  return (
    <svg className="plane" width={width} height={height} aria-hidden="true">
      <rect x={x(0)} y={TOP} width={right - x(0)} height={y(0) - TOP} fill="var(--paper-2)" />
      <rect x={LEFT} y={TOP} width={right - LEFT} height={bottom - TOP} fill="none" stroke="var(--rule)" />
      <path d={`M${LEFT} ${y(0)}H${right}M${x(0)} ${TOP}V${bottom}`} stroke="var(--ink-2)" />
      <g className="plane-quadrants">
        <text x={right - 6} y={TOP + 14} textAnchor="end">
          both gain
        </text>
        <text x={LEFT + 6} y={TOP + 14}>
          {names[0]} pays
        </text>
        <text x={LEFT + 6} y={bottom - 6}>
          both lose
        </text>
        <text x={right - 6} y={bottom - 6} textAnchor="end">
          {names[1]} pays
        </text>
      </g>
      {xAxis.ticks.map((t) => (
        <text key={t} x={x(t)} y={bottom + 14} textAnchor="middle">
          {tick(t, xAxis.digits)}
        </text>
      ))}
      {yAxis.ticks.map((t) => (
        <text key={t} x={LEFT - 5} y={y(t) + 4} textAnchor="end">
          {tick(t, yAxis.digits)}
        </text>
      ))}
      <text x={right} y={height - 4} textAnchor="end">
        Δ {names[0]} AUC →
      </text>
      <text x={LEFT} y={height - 4}>
        ↑ Δ {names[1]} AUC
      </text>
      {points.map(({ group, x: px, y: py, xSe, ySe, words }) => (
        <g key={group.key}>
          <title>{words}</title>
          <path
            d={`M${x(px - xSe)} ${y(py)}H${x(px + xSe)}M${x(px)} ${y(py - ySe)}V${y(py + ySe)}`}
            stroke="var(--ink-2)"
          />
          <SvgRunMark mark={group.mark} x={x(px)} y={y(py)} />
          <text
            className="plane-label"
            x={x(px) + (x(px) > right - 40 ? -10 : 10)}
            y={y(py) - 6}
            textAnchor={x(px) > right - 40 ? 'end' : 'start'}
          >
            {letterOf(group.mark)}
          </text>
        </g>
      ))}
    </svg>
  );
}

const csvOf = (points: readonly PlanePoint[], names: readonly [string, string]) =>
  `${[
    `run,delta_${names[0]},se_${names[0]},delta_${names[1]},se_${names[1]}`,
    ...points.map((p) => `"${p.group.name.replaceAll('"', '""')}",${p.x},${p.xSe},${p.y},${p.ySe}`),
  ].join('\n')}\n`;

export function SeesawPlane({
  comparison,
  words = false,
}: {
  comparison: Comparison | null;
  words?: boolean;
}) {
  const [ref, size] = useSize();
  const columns = comparison?.spaces.filter((s) => s.given === null) ?? [];
  const [picked, setPicked] = useState<readonly [number, number]>([0, 1]);
  const across = columns[picked[0]] ?? columns[0];
  const up = columns[picked[1]] ?? columns[1];
  const ready = comparison?.baseline && across && up && comparison.groups.length > 1;
  const names: readonly [string, string] = [across?.name ?? '', up?.name ?? ''];
  const points = ready ? planePoints(comparison, [across.id, up.id], names, (v) => signed(v, 4)) : [];
  return (
    <section className="panel plane-panel" aria-label="Seesaw plane">
      <header>
        <div>
          <h3>Seesaw plane</h3>
          <p>AUC against the baseline, ± one s.e.</p>
        </div>
        {ready && (
          <ExportMenu
            title="the seesaw plane"
            file="seesaw-plane"
            csv={() => csvOf(points, names)}
            save={saveBlob}
          />
        )}
      </header>
      {ready && columns.length > 2 && (
        <div className="plane-choice" data-no-picture>
          {([0, 1] as const).map((axis) => (
            <label key={axis}>
              {axis === 0 ? 'across' : 'up'}{' '}
              <select
                value={picked[axis]}
                onChange={(e) =>
                  setPicked(
                    axis === 0 ? [Number(e.target.value), picked[1]] : [picked[0], Number(e.target.value)],
                  )
                }
              >
                {columns.map((c, i) => (
                  <option key={c.id} value={i}>
                    {c.name}
                  </option>
                ))}
              </select>
            </label>
          ))}
        </div>
      )}
      {ready ? (
        <>
          <div className="fig" ref={ref}>
            <Drawing points={points} names={names} width={size.width} height={size.height} />
          </div>
          <ul className={words ? 'plane-words' : 'sr'}>
            {points.map((p) => (
              <li key={p.group.key}>
                {words && <b>{letterOf(p.group.mark)}</b>} {p.words}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="empty">{whyEmpty(comparison, columns.length)}</p>
      )}
    </section>
  );
}

/** What is missing for a plane, and what to do. */
function whyEmpty(comparison: Comparison | null, columns: number): string {
  if (!comparison || comparison.groups.length === 0)
    return 'Each pipeline will be a point here: what it gained or lost in two tasks at once.';
  if (columns < 2) return 'The plane needs two tasks; these runs have one.';
  if (!comparison.baseline)
    return 'Press Baseline beside a run: the others are drawn by what they gain or lose against it.';
  return 'Train another pipeline on the same data: it is drawn by what it gains or loses against the baseline.';
}
