/** The columns of a user's file: what was seen in each, and the role that it gets; found by search, changed one by one or all at once. */
import { useState } from 'react';
import { count } from '../../../components/format';
import { Pager, pageOf } from '../../../components/Pager';
import type { Side } from '../../../data/dataset';
import { FEATURE_ROLES, type Mapping, type Preview, ROLES, type Role } from '../../../data/mapping/mapping';
import { type Line, linesOf, setRoles, setSide } from './edits';

const PAGE = 50;

/** Roles as the page names them. */
const ROLE_WORDS: Record<Role, string> = {
  categorical: 'categorical',
  numerical: 'numerical',
  list: 'list of categories',
  label: 'label (a task)',
  group: 'group (page, user)',
  weight: 'weight of the row',
  time: 'time',
  country: 'country',
  ignore: 'ignore',
};

function RoleSelect({
  value,
  label,
  describedBy,
  invalid = false,
  onChange,
}: {
  value: Role;
  label: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  onChange: (role: Role) => void;
}) {
  return (
    <select
      className="text"
      value={value}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      onChange={(e) => onChange(e.target.value as Role)}
    >
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {ROLE_WORDS[role]}
        </option>
      ))}
    </select>
  );
}

/** Whose a feature is; columns that no model reads belong to nobody. */
function SideSelect({ line, onChange }: { line: Line; onChange: (side: Side | null) => void }) {
  if (!FEATURE_ROLES.includes(line.role)) return null;
  return (
    <select
      className="text side"
      value={line.side ?? ''}
      aria-label={`Side of ${line.column.name}`}
      title="Whose the feature is: twin towers keep what is known of the user and query apart from the item"
      onChange={(e) => onChange((e.target.value || null) as Side | null)}
    >
      <option value="">any side</option>
      <option value="user">user, query</option>
      <option value="item">item</option>
    </select>
  );
}

function seenIn({ kind, distinct, missing }: Line['column'], seen: number): string {
  const kinds = { whole: 'whole numbers', real: 'numbers', text: 'text', list: 'lists', empty: 'empty' };
  const gaps =
    missing === 0 ? '' : ` · ${Math.max(1, Math.round((missing / Math.max(1, seen)) * 100))} % missing`;
  return `${kinds[kind]} · ${count(distinct)} different${gaps}`;
}

function ColumnRow({
  line,
  seen,
  invalid,
  onRole,
  onSide,
}: {
  line: Line;
  seen: number;
  invalid: boolean;
  onRole: (role: Role) => void;
  onSide: (side: Side | null) => void;
}) {
  const { column, role } = line;
  const whyId = `why-${column.name}`;
  return (
    <tr className={role === 'ignore' ? 'ignored' : ''}>
      <th scope="row">
        <span className="column-name">{column.name}</span>
        {column.why && (
          <small id={whyId} className="why">
            {column.why}
          </small>
        )}
      </th>
      <td className="column-seen">{seenIn(column, seen)}</td>
      <td className="column-examples">
        <span className="mono">{column.examples.join(' · ') || '–'}</span>
      </td>
      <td className="column-role">
        <RoleSelect
          value={role}
          label={`Role of ${column.name}`}
          describedBy={column.why ? whyId : undefined}
          invalid={invalid}
          onChange={onRole}
        />
        <SideSelect line={line} onChange={onSide} />
      </td>
    </tr>
  );
}

function BulkChange({ lines, onApply }: { lines: readonly Line[]; onApply: (role: Role) => void }) {
  const [role, setRole] = useState<Role>('ignore');
  return (
    <div className="bulk">
      <span id="bulk-of">
        {lines.length === 1 ? 'The column found' : `All ${count(lines.length)} columns found`}:
      </span>
      <RoleSelect value={role} label="Role for all columns found" onChange={setRole} />
      <button type="button" className="btn" disabled={lines.length === 0} onClick={() => onApply(role)}>
        Set role
      </button>
    </div>
  );
}

export function ColumnsTable({
  mapping,
  preview,
  wrong,
  onChange,
}: {
  mapping: Mapping;
  preview: Preview;
  /** The column that stands in the way, if it is one. */
  wrong: string | null;
  onChange: (mapping: Mapping) => void;
}) {
  const [words, setWords] = useState('');
  const [role, setRole] = useState<Role | 'any'>('any');
  const [page, setPage] = useState(0);
  const lines = linesOf(mapping, preview, words, role);
  const { at, shown } = pageOf(lines, page, PAGE);
  const counts = new Map<Role, number>();
  for (const c of mapping.columns) counts.set(c.role, (counts.get(c.role) ?? 0) + 1);
  const narrow = (change: () => void) => {
    change();
    setPage(0);
  };
  return (
    <section className="columns" aria-label="Columns">
      <div className="columns-tools">
        <input
          type="search"
          className="text"
          placeholder="Search name or value"
          aria-label="Search columns"
          value={words}
          onChange={(e) => narrow(() => setWords(e.target.value))}
        />
        <select
          className="text"
          aria-label="Show columns with the role"
          value={role}
          onChange={(e) => narrow(() => setRole(e.target.value as Role | 'any'))}
        >
          <option value="any">all roles</option>
          {ROLES.map((r) => (
            <option key={r} value={r}>
              {ROLE_WORDS[r]}: {counts.get(r) ?? 0}
            </option>
          ))}
        </select>
        <BulkChange
          lines={lines}
          onApply={(to) => onChange(setRoles(mapping, new Set(lines.map((l) => l.column.name)), to))}
        />
      </div>
      <table className="columns-table">
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">seen in the first {count(preview.seen)} rows</th>
            <th scope="col">examples</th>
            <th scope="col">role, side</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <ColumnRow
              key={line.column.name}
              line={line}
              seen={preview.seen}
              invalid={line.column.name === wrong}
              onRole={(to) => onChange(setRoles(mapping, new Set([line.column.name]), to))}
              onSide={(to) => onChange(setSide(mapping, line.column.name, to))}
            />
          ))}
        </tbody>
      </table>
      {lines.length === 0 && <p className="empty">No column matches.</p>}
      <Pager
        what="columns"
        label="Pages of columns"
        total={lines.length}
        page={at}
        size={PAGE}
        onChange={setPage}
      />
    </section>
  );
}
