/** Any block's reading as tables: residuals, states, stitches, AITM's weights, logits by group of rows. */
import { ExportMenu } from '../../../components/ExportMenu';
import type { TaskLook } from '../../../components/tasks';
import { cohortWords } from '../../../pipeline/cohorts';
import type { BlockChoice, Task } from '../../../pipeline/schema';
import type { BlockSpec } from '../../../pipeline/spec';
import { saveBlob, tablesCsv } from '../../../state/export';
import { useData } from '../../../state/stores';
import { type Naming, readingAxes } from '../../builder/insides/tables';
import { useLooks, useTasks } from '../../use';
import { RecordedMark } from '../Recorded';
import { type Compared, useCompared } from './compare';
import { ReadingWords } from './ReadingWords';
import { type Head, type Wired, WireTable } from './WireTable';
import { wireName } from './wireNames';

/** The smallest difference that gets the fullest tint, so that noise does not look like news. */
const LEAST_SCALE = 0.02;

/** One table's numbers and names. */
export interface Sheet {
  readonly key: string;
  readonly caption: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Value as shown, and what it is made of. */
  readonly value: (row: number, column: number) => number;
  readonly parts: (row: number, column: number) => { readonly own: number; readonly minus: number | null };
  /** Place in the probe of a cell, or null where the row is no part of it. */
  readonly cell: (row: number, column: number) => number | null;
}

function sheet(
  head: Pick<Sheet, 'key' | 'caption' | 'rows' | 'columns' | 'cell'>,
  own: (r: number, c: number) => number,
  minus: ((r: number, c: number) => number) | null,
): Sheet {
  return {
    ...head,
    value: (r, c) => own(r, c) - (minus ? minus(r, c) : 0),
    parts: (r, c) => ({ own: own(r, c), minus: minus ? minus(r, c) : null }),
  };
}

/** A reading's tables: the last two axes are rows and columns; of a single axis the rows are the groups of rows that were read. */
export function sheetsOf(name: string, shown: Compared, of: Naming): Sheet[] {
  const { shape, values, minus, cohorts } = shown;
  const { title, axes } = readingAxes(name, shape, of);
  const columns = axes.at(-1) ?? [];
  if (shape.length === 1) {
    const groups = cohorts.filter((c) => !c.name.startsWith('country ') || c.name === shown.cohort);
    const others = minus?.cohorts;
    const taken = (r: number) =>
      minus!.step === shown.step && minus!.cohort !== shown.cohort
        ? minus!.values
        : others!.find((c) => c.name === groups[r]!.name)?.mean;
    return [
      sheet(
        {
          key: name,
          caption: `${title}, by group of rows`,
          rows: groups.map((g) => cohortWords(g.name)),
          columns,
          cell: (r, c) => (r === 0 ? c : null),
        },
        (r, c) => groups[r]!.mean[c] ?? Number.NaN,
        minus && ((r, c) => taken(r)?.[c] ?? Number.NaN),
      ),
    ];
  }
  const rows = axes.at(-2)!;
  const size = rows.length * columns.length;
  const outer = axes
    .slice(0, -2)
    .reduce<string[][]>(
      (all, names) => all.flatMap((before) => names.map((n) => (names.length > 1 ? [...before, n] : before))),
      [[]],
    );
  return outer.map((place, p) => {
    const at = (r: number, c: number) => p * size + r * columns.length + c;
    return sheet(
      { key: `${name} ${place.join()}`, caption: [title, ...place].join(', '), rows, columns, cell: at },
      (r, c) => values[at(r, c)]!,
      minus && ((r, c) => minus.values[at(r, c)]!),
    );
  });
}

/** The size of the fullest tint: 1 for shares, the largest number for differences and logits. */
export function scaleOf(sheets: readonly Sheet[], difference: boolean): number {
  const all = sheets.flatMap((s) =>
    s.rows.flatMap((_, r) => s.columns.map((_, c) => Math.abs(s.value(r, c)))),
  );
  const most = Math.max(0, ...all.filter(Number.isFinite));
  return difference ? Math.max(LEAST_SCALE, most) : Math.max(1, most);
}

/** Sheets as CSV, a line a cell: what is shown, and where it is a difference both of its sides. */
export const sheetsCsv = (sheets: readonly Sheet[], shown: Compared): string =>
  tablesCsv(
    sheets.flatMap((s) =>
      s.rows.flatMap((row, r) =>
        s.columns.map((column, c) => ({ table: s.caption, row, column, ...s.parts(r, c) })),
      ),
    ),
    shown,
    shown.minus,
  );

/** A head with its task's mark, where it is one. */
export function headOf(name: string, tasks: readonly Task[], looks: readonly TaskLook[]): Head {
  const k = tasks.findIndex((t) => name === t.label || name === `${t.label} reads`);
  return k < 0 ? { name } : { name: tasks[k]!.label, look: looks[k] };
}

export function ProbeTables({
  block,
  name,
  choice,
  spec,
  cuttable,
}: {
  block: string;
  name: string;
  choice: BlockChoice;
  spec: BlockSpec;
  cuttable: boolean;
}) {
  const shown = useCompared(block, name);
  const tasks = useTasks();
  const looks = useLooks();
  const schema = useData((s) => s.summary?.schema ?? null);
  if (!shown) return null;
  const of: Naming = { tasks, choice, schema };
  const sheets = sheetsOf(name, shown, of);
  const difference = shown.minus !== null;
  const scale = scaleOf(sheets, difference);
  const cut = spec.wires?.[name];
  const wiredFor = (s: Sheet): Wired | null =>
    cut === undefined || !cuttable
      ? null
      : {
          block,
          probe: name,
          cells: (r, c) => {
            const cell = s.cell(r, c);
            return cell !== null && flows(name, shown, cell, tasks) ? [cell] : [];
          },
          label: (r, c) => {
            const { wire, place } = wireName(name, shown.shape, s.cell(r, c)!, of);
            return place ? `${wire}, ${place}` : wire;
          },
        };
  return (
    <section
      className="probe-tables"
      aria-label={`${spec.title}: ${readingAxes(name, shown.shape, of).title}`}
    >
      <header>
        <h3>{spec.title}</h3>
        <ExportMenu
          title={`${readingAxes(name, shown.shape, of).title} of ${spec.title}`}
          file={`${name}-step-${shown.step}`}
          csv={() => sheetsCsv(sheets, shown)}
          save={saveBlob}
        />
      </header>
      <p className="dim">
        <RecordedMark />
        {cut} <ReadingWords of={shown} />
      </p>
      <div className="probe-sheets">
        {sheets.map((s) => (
          <WireTable
            key={s.key}
            caption={s.caption}
            rows={s.rows.map((row) => headOf(row, tasks, looks))}
            columns={s.columns.map((column) => headOf(column, tasks, looks))}
            verb=""
            value={s.value}
            difference={difference}
            scale={scale}
            wired={wiredFor(s)}
          />
        ))}
      </div>
    </section>
  );
}

/** Whether anything flows along a wire: a root inherits nothing, and a weight of exactly 0 is none. */
function flows(name: string, shown: Compared, cell: number, tasks: readonly Task[]): boolean {
  if (name === 'residualLogits') return tasks[cell]?.parent !== null;
  return shown.values[cell] !== 0;
}

/** What a block publishes besides what is shown elsewhere. */
export const probesBeside = (spec: BlockSpec, shown: readonly string[]): string[] =>
  Object.keys(spec.probes).filter((name) => !shown.includes(name));
