/** What went into the model for one row: every column in words, beside the number that the model gets. */
import { useState } from 'react';
import type { RowReading } from '../../../workers/protocol';
import { count, fraction } from '../../components/format';
import { Pager, pageOf } from '../../components/Pager';
import type { RowColumn } from '../../data/decodeRow';

const PAGE = 12;
/** Entries of a list that are spelt out. */
const ENTRIES = 12;

const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });
const figure = (x: number) => number.format(x).replace('-', '\u2212');

const NOTES = {
  clipped: 'or further out: pulled in at 5 standard deviations',
  'mean or missing': 'the mean, which also stands for a missing value',
  constant: 'the same on every row',
} as const;

/** A column's value in words. */
function wordsOf(column: RowColumn): { readonly value: string; readonly note: string | null } {
  switch (column.kind) {
    case 'categorical':
      return {
        value: column.value ?? String(column.code),
        note: column.value === null ? null : `code ${column.code}`,
      };
    case 'numerical':
      return {
        value: column.raw === null ? 'not known' : figure(column.raw),
        note: column.note && NOTES[column.note],
      };
    case 'list':
      return {
        value: column.codes.length === 0 ? 'empty' : column.codes.slice(0, ENTRIES).join(' '),
        note:
          column.codes.length > ENTRIES ? `${ENTRIES} of ${count(column.codes.length)}, newest first` : null,
      };
  }
}

/** What the model gets: the code of a category, the z-score of a number. */
function fedOf(column: RowColumn): string {
  switch (column.kind) {
    case 'categorical':
      return String(column.code);
    case 'numerical':
      return fraction(column.z, 2);
    case 'list':
      return 'not read';
  }
}

/** The columns as lines of a CSV. */
export const inputLines = (columns: readonly RowColumn[]): (string | number | null)[][] => [
  ['column', 'kind', 'value', 'model gets'],
  ...columns.map((c) =>
    c.kind === 'numerical'
      ? [c.name, c.kind, c.raw, c.z]
      : c.kind === 'categorical'
        ? [c.name, c.kind, c.value ?? c.code, c.code]
        : [c.name, c.kind, c.codes.join(' '), null],
  ),
];

export function Inputs({ reading: { columns } }: { reading: RowReading }) {
  const [page, setPage] = useState(0);
  const [words, setWords] = useState('');
  const found = columns.filter((c) => c.name.toLowerCase().includes(words.trim().toLowerCase()));
  const { at, shown } = pageOf(found, page, PAGE);
  return (
    <section className="panel rows-panel inputs" aria-label="Inputs of this row">
      <header>
        <div>
          <h3>Inputs</h3>
          <p>value in the source · what the model gets</p>
        </div>
        <input
          type="search"
          className="text"
          placeholder="Search columns"
          aria-label="Search the row’s columns"
          value={words}
          onChange={(e) => {
            setWords(e.target.value);
            setPage(0);
          }}
        />
      </header>
      <div className="table-scroll">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">value</th>
              <th scope="col">model gets</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((column) => {
              const { value, note } = wordsOf(column);
              return (
                <tr key={`${column.kind} ${column.name}`}>
                  <th scope="row">{column.name}</th>
                  <td>
                    {value}
                    {note && <small>{note}</small>}
                  </td>
                  <td>{fedOf(column)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <Pager
        what="columns"
        label="The row’s columns"
        total={found.length}
        page={at}
        size={PAGE}
        onChange={setPage}
      />
    </section>
  );
}
