/** The tasks of a user's data as a funnel or tree: what must have happened before what, and in which order they stand. */
import { Tag } from '../../../components/Tag';
import { taskLooks } from '../../../components/tasks';
import type { Mapping } from '../../../data/mapping/mapping';
import { announce } from '../../../state/edits';
import { canMove, moveLabel, parentsFor, setParent, treeOf } from './edits';

export function TaskTree({ mapping, onChange }: { mapping: Mapping; onChange: (mapping: Mapping) => void }) {
  const tree = treeOf(mapping);
  const looks = taskLooks(tree.map((b) => b.name));
  const move = (name: string, by: -1 | 1) => {
    onChange(moveLabel(mapping, name, by));
    announce(`${name} moved ${by < 0 ? 'up' : 'down'}.`);
  };
  return (
    <section className="task-tree" aria-label="Tasks">
      <h3>Tasks</h3>
      <p className="dim">
        What can only happen after something else stands below it. Rows that say otherwise are counted when
        the file is read.
      </p>
      {tree.length === 0 && <p>Give a column that holds 0 and 1 the role label.</p>}
      <ol>
        {tree.map(({ name, parent: before, depth }, k) => (
          <li key={name} style={{ '--depth': depth } as React.CSSProperties}>
            <span className="task-name">
              <Tag look={looks[k]!} /> {name}
            </span>
            <label>
              <span>after</span>
              <select
                className="text"
                aria-label={`${name} comes after`}
                value={before ?? ''}
                onChange={(e) => onChange(setParent(mapping, name, e.target.value || null))}
              >
                <option value="">nothing</option>
                {[...new Set([...parentsFor(mapping, name), ...(before ? [before] : [])])].map((p) => (
                  <option key={p} value={p}>
                    {p}
                  </option>
                ))}
              </select>
            </label>
            <span className="buttons">
              {([-1, 1] as const).map((by) => (
                <button
                  key={by}
                  type="button"
                  className="btn bare"
                  aria-label={`Move ${name} ${by < 0 ? 'up' : 'down'}`}
                  disabled={!canMove(mapping, name, by)}
                  onClick={() => move(name, by)}
                >
                  <span aria-hidden="true">{by < 0 ? '↑' : '↓'}</span>
                </button>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
