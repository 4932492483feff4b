/** A table of weights: who reads what, as values or as a signed difference, each with a button that cuts its wire. */
import { fraction, signed } from '../../../components/format';
import { Tag } from '../../../components/Tag';
import type { TaskLook } from '../../../components/tasks';
import { isCut, toggleWires, useCuts } from '../../../state/cuts';

/** A row's or column's head: a task with its mark, or a name. */
export interface Head {
  readonly name: string;
  readonly look?: TaskLook | undefined;
  readonly dead?: boolean;
}

/** The wires behind a table's cells. */
export interface Wired {
  readonly block: string;
  readonly probe: string;
  /** Places in the probe that a press on a cell cuts; none where nothing flows. */
  readonly cells: (row: number, column: number) => readonly number[];
  /** Which wire it is, e.g. "click → purchase, layer 1, head 2". */
  readonly label: (row: number, column: number) => string;
}

export interface WireTableProps {
  /** What the table is, in full; `short` is what is printed. */
  readonly caption: React.ReactNode;
  readonly short?: string;
  readonly rows: readonly Head[];
  readonly columns: readonly Head[];
  readonly value: (row: number, column: number) => number;
  readonly difference?: boolean;
  /** The size at which a cell's tint is fullest. */
  readonly scale?: number;
  /** Whether the rows carry their marks; in a row of maps the first one is enough. */
  readonly letters?: boolean;
  /** What a screen reader hears behind a row's task. */
  readonly verb?: string;
  readonly wired?: Wired | null;
  readonly extra?: { readonly head: string; readonly value: (row: number) => string };
}

/** A cell's number; a dash for one that is not there. */
export const figureOf = (v: number, difference: boolean): string =>
  !Number.isFinite(v) ? '–' : !difference ? fraction(v, 2) : Math.abs(v) < 0.005 ? '.00' : signed(v, 2);

export function WireTable(props: WireTableProps) {
  const { caption, short, rows, columns, value, difference = false, scale = 1 } = props;
  const { letters = true, verb = 'reads', wired = null, extra } = props;
  return (
    <table
      className={`heat ${letters ? '' : 'bare'} ${wired ? 'wired' : ''} ${difference ? 'difference' : ''}`}
    >
      <caption>
        {short === undefined ? (
          caption
        ) : (
          <>
            <span className="sr">{caption}</span>
            <span aria-hidden="true">{short}</span>
          </>
        )}
      </caption>
      <thead>
        <tr>
          <td className="corner" />
          {columns.map((column) => (
            <th key={column.name} scope="col" className={column.dead ? 'dead' : undefined}>
              <HeadCell head={column} />
            </th>
          ))}
          {extra && <th scope="col">{extra.head}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, r) => (
          <tr key={row.name} className={row.look?.hue ?? 't0'}>
            <th scope="row">
              <HeadCell head={row} />
              {row.look && <span className="sr"> {verb}</span>}
            </th>
            {columns.map((column, c) => (
              <Cell key={column.name} v={value(r, c)} {...{ difference, scale, wired, r, c }} />
            ))}
            {extra && <td>{extra.value(r)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HeadCell({ head: { name, look } }: { head: Head }) {
  if (!look) return name;
  return (
    <>
      <Tag look={look} />
      <span className="sr">{name}</span>
    </>
  );
}

function Cell({
  v,
  difference,
  scale,
  wired,
  r,
  c,
}: {
  v: number;
  difference: boolean;
  scale: number;
  wired: Wired | null;
  r: number;
  c: number;
}) {
  const cells = wired?.cells(r, c) ?? [];
  const cut = useCuts(
    ({ cuts }) => cells.length > 0 && cells.every((at) => isCut(cuts, wired!.block, wired!.probe, at)),
  );
  const tint = Number.isFinite(v) ? Math.min(1, Math.abs(v) / scale) : 0;
  return (
    <td
      className={`cell ${difference && v < 0 ? 'below' : ''} ${cut ? 'cut' : ''}`}
      style={{ '--v': tint } as React.CSSProperties}
    >
      <span>{figureOf(v, difference)}</span>
      {wired && cells.length > 0 && (
        <button
          type="button"
          aria-pressed={cut}
          aria-label={`cut ${wired.label(r, c)}`}
          title={`${cut ? 'Mend' : 'Cut'} ${wired.label(r, c)}`}
          onClick={() => toggleWires(wired.block, wired.probe, cells)}
        />
      )}
    </td>
  );
}
