/** One table of a reading, with the digits and signs that its numbers want. */
import { fraction, loss, signed } from '../../../components/format';
import type { ReadingTable } from './tables';

/** Log-odds and cosines have a sign; lengths and rates may be small. */
const FORMAT: Readonly<Record<string, (v: number) => string>> = {
  probabilities: loss,
  twinRates: loss,
  norms: loss,
  conditionalLogits: (v) => signed(v, 2),
  stepLogits: (v) => signed(v, 2),
  residualLogits: (v) => signed(v, 2),
  score: (v) => signed(v, 2),
  cosine: (v) => signed(v, 2),
};

export function NumberTable({ table, name }: { table: ReadingTable; name: string }) {
  const format = FORMAT[name] ?? ((v: number) => fraction(v, 2));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, and must do so by keyboard too
    <section className="numbers" tabIndex={0} aria-label={table.caption}>
      <table>
        <caption>{table.caption}</caption>
        <thead>
          <tr>
            <td />
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              {row.values.map((v, c) => (
                <td key={table.columns[c]}>{Number.isFinite(v) ? format(v) : '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
