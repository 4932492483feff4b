/** The end of the pipeline: the weight and the names of each task. */

import { useState } from 'react';
import { Field, TextField } from '../../components/fields';
import { Tag } from '../../components/Tag';
import type { Task } from '../../pipeline/schema';
import { setTask } from '../../state/edits';
import { usePipeline } from '../../state/stores';
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

export function TasksPanel() {
  const tasks = usePipeline((s) => s.pipeline.tasks);
  const looks = useLooks();
  const set = (k: number) => (change: Partial<Task>) => setTask(k, change);
  return (
    <>
      {tasks.map((task, k) => (
        <section className="task" key={task.id}>
          <h3>
            <Tag look={looks[k]!} /> {task.label}
            <small>
              {task.parent ? `after ${tasks.find((t) => t.id === task.parent)?.label ?? task.parent}` : ''}
            </small>
          </h3>
          <div className="knobs">
            <NumberKnob
              label="Loss weight λ"
              help="Weight of this task’s loss in the sum; acts at once on a run under way."
              live
              value={task.lossWeight}
              min={0}
              max={1000}
              onSet={(v) => set(k)({ lossWeight: v! })}
            />
            <NumberKnob
              label="Positive weight"
              help="How much a positive row counts in the loss; anything but 1 shifts the probabilities. Restarts the run."
              value={task.positiveWeight}
              min={0.01}
              max={1000}
              onSet={(v) => set(k)({ positiveWeight: v! })}
            />
            <NameKnob
              label="Name"
              help="What the event is called on the page."
              value={task.label}
              onSet={(label) => set(k)({ label })}
            />
            <NameKnob
              label="Column"
              help="Name of the prediction on all impressions, e.g. CTR."
              value={task.metric}
              onSet={(metric) => set(k)({ metric })}
            />
          </div>
        </section>
      ))}
    </>
  );
}
