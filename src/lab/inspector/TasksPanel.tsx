/** The end of the pipeline: which tasks there are, in which order and after which others, and how their losses are weighed. */
import { useState } from 'react';
import { Field, TextField } from '../../components/fields';
import { Tag } from '../../components/Tag';
import type { Task } from '../../pipeline/schema';
import { addTask, moveTask, removeTask, setTask } from '../../state/edits';
import { useData, usePipeline } from '../../state/stores';
import { useLooks } from '../use';
import { NumberKnob } from './NumberKnob';

function NameKnob({
  label,
  help,
  value,
  onSet,
}: {
  label: string;
  help: string;
  value: string;
  onSet: (text: string) => string | null;
}) {
  const [refusal, setRefusal] = useState<string | null>(null);
  return (
    <Field label={label} help={help} refusal={refusal}>
      {(ids) => (
        <TextField
          value={value}
          labelledBy={ids.label}
          describedBy={ids.describedBy}
          invalid={refusal !== null}
          onCommit={(text) => setRefusal(onSet(text.trim()))}
        />
      )}
    </Field>
  );
}

/** Which event comes before: any task above it in the list, or none. */
function ParentKnob({ index }: { index: number }) {
  const tasks = usePipeline((s) => s.pipeline.tasks);
  const [refusal, setRefusal] = useState<string | null>(null);
  const task = tasks[index]!;
  return (
    <Field
      label="After"
      help="The event that must happen before this one; tasks after one another make a chain, several after the same one a tree. Restarts the run."
      refusal={refusal}
    >
      {(ids) => (
        <select
          className="text"
          aria-labelledby={ids.label}
          aria-describedby={ids.describedBy}
          value={task.parent ?? ''}
          onChange={(e) => setRefusal(setTask(index, { parent: e.target.value || null }))}
        >
          <option value="">none: a start of its own</option>
          {tasks.slice(0, index).map((other) => (
            <option key={other.id} value={other.id}>
              {other.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function TaskSection({ index }: { index: number }) {
  const tasks = usePipeline((s) => s.pipeline.tasks);
  const looks = useLooks();
  const [refusal, setRefusal] = useState<string | null>(null);
  const task = tasks[index]!;
  const set = (change: Partial<Task>) => setTask(index, change);
  return (
    <section className="task" aria-label={`Task ${task.label}`}>
      <h3>
        <Tag look={looks[index]!} /> {task.label}
        <span className="task-tools">
          <button
            type="button"
            className="btn bare"
            aria-label={`Move ${task.label} up`}
            disabled={index === 0}
            onClick={() => setRefusal(moveTask(index, -1))}
          >
            ↑
          </button>
          <button
            type="button"
            className="btn bare"
            aria-label={`Move ${task.label} down`}
            disabled={index === tasks.length - 1}
            onClick={() => setRefusal(moveTask(index, 1))}
          >
            ↓
          </button>
          <button
            type="button"
            className="btn bare"
            aria-label={`Remove task ${task.label}`}
            disabled={tasks.length === 1}
            onClick={() => setRefusal(removeTask(index))}
          >
            ×
          </button>
        </span>
      </h3>
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      <div className="knobs">
        <NumberKnob
          label="Loss weight λ"
          help="Weight of this task’s loss in the sum; acts at once on a run under way."
          live
          value={task.lossWeight}
          min={0}
          max={1000}
          onSet={(v) => set({ lossWeight: v! })}
        />
        <NumberKnob
          label="Positive weight"
          help="How much a positive row counts in the loss; anything but 1 shifts the probabilities. Restarts the run."
          value={task.positiveWeight}
          min={0.01}
          max={1000}
          onSet={(v) => set({ positiveWeight: v! })}
        />
        {index > 0 && <ParentKnob index={index} />}
        <NameKnob
          label="Name"
          help="What the event is called on the page."
          value={task.label}
          onSet={(label) => set({ label })}
        />
        <NameKnob
          label="Column"
          help="Name of the prediction on all impressions, e.g. CTR."
          value={task.metric}
          onSet={(metric) => set({ metric })}
        />
      </div>
    </section>
  );
}

/** Label columns of the data that are no task yet. */
function AddTask() {
  const tasks = usePipeline((s) => s.pipeline.tasks);
  const schema = useData((s) => s.summary?.schema);
  const [refusal, setRefusal] = useState<string | null>(null);
  if (!schema) return null;
  const left = schema.tasks.filter(({ name }) => !tasks.some((t) => t.id === name));
  return (
    <section className="task" aria-label="More tasks">
      {left.length === 0 ? (
        <p className="lock">Every event of this data is a task already.</p>
      ) : (
        <div className="task-add">
          {left.map(({ name }) => (
            <button key={name} type="button" className="btn" onClick={() => setRefusal(addTask(name))}>
              Add task {name}
            </button>
          ))}
        </div>
      )}
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
    </section>
  );
}

export function TasksPanel() {
  const tasks = usePipeline((s) => s.pipeline.tasks);
  return (
    <>
      {tasks.map((task, k) => (
        <TaskSection key={task.id} index={k} />
      ))}
      <AddTask />
    </>
  );
}
