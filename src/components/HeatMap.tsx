/** A small matrix as a table that can be read, heard and tested: row reads column, hue of the reader, tint by value. */
import { fraction } from './format';
import { Tag } from './Tag';
import type { TaskLook } from './tasks';

export function HeatMap({
  caption,
  short,
  labels,
  looks,
  value,
  letters = true,
  testId,
}: {
  /** What the map is, in full; `short` is what is printed. */
  caption: string;
  short: string;
  labels: readonly string[];
  looks: readonly TaskLook[];
  /** Value of a cell; NaN shows as a dash. */
  value: (row: number, column: number) => number;
  /** Whether the rows carry their letters; in a row of maps the first one is enough. */
  letters?: boolean;
  testId?: string;
}) {
  return (
    <table className={`heat ${letters ? '' : 'bare'}`} data-testid={testId}>
      <caption>
        <span className="sr">{caption}</span>
        <span aria-hidden="true">{short}</span>
      </caption>
      <thead>
        <tr>
          <td className="corner" />
          {labels.map((label, k) => (
            <th key={label} scope="col">
              <Tag look={looks[k]!} />
              <span className="sr">{label}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((reader, r) => (
          <tr key={reader} className={looks[r]!.hue}>
            <th scope="row">
              <Tag look={looks[r]!} />
              <span className="sr">{reader} reads</span>
            </th>
            {labels.map((read, c) => {
              const v = value(r, c);
              return (
                <td
                  key={read}
                  className="cell"
                  style={{ '--v': Number.isFinite(v) ? v : 0 } as React.CSSProperties}
                >
                  {Number.isFinite(v) ? fraction(v, 2) : '–'}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
