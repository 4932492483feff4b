/** The first rows as they are fed to the model, a handful of columns at a time. */
import { useState } from 'react';
import type { Profile } from '../../../../workers/protocol';
import { Pager, pageOf } from '../../../components/Pager';

const COLUMNS = 10;

export function SampleRows({ sample: { header, rows } }: { sample: Profile['sample'] }) {
  const [page, setPage] = useState(0);
  const { at, from, shown } = pageOf(header, page, COLUMNS);
  return (
    <>
      <div className="table-scroll">
        <table className="sample">
          <thead>
            <tr>
              <th scope="col">row</th>
              {shown.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row of the sample is its number and nothing else
              <tr key={i}>
                <th scope="row">{i + 1}</th>
                {shown.map((name, c) => (
                  <td key={name}>{row[from + c] ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager
        what="columns"
        label="Columns of the rows"
        total={header.length}
        page={at}
        size={COLUMNS}
        onChange={setPage}
      />
    </>
  );
}
