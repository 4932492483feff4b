/** What may be turned while a run goes on: its speed, the learning rate, the loss weights. */
import { Field, Segments } from '../../components/fields';
import { PopButton } from '../../components/Overlay';
import { SPEEDS, type Speed } from '../../pipeline/run';
import { setTask, setTraining } from '../../state/edits';
import { setSpeed } from '../../state/session';
import { usePipeline, useRun } from '../../state/stores';
import { NumberKnob } from '../inspector/NumberKnob';

const nameOf = (speed: Speed) => (speed === null ? 'full' : `${speed}/s`);

export function LiveMenu() {
  const speed = useRun((s) => s.speed);
  return (
    <PopButton
      className="chip live"
      title="Speed and live settings"
      label={`Speed: ${speed === null ? 'full' : `${speed} steps a second`}; live settings`}
      testId="speed"
      button={
        <>
          speed <b>{nameOf(speed)}</b>
        </>
      }
    >
      {() => <LivePanel />}
    </PopButton>
  );
}

function LivePanel() {
  const { tasks, training } = usePipeline((s) => s.pipeline);
  const speed = useRun((s) => s.speed);
  return (
    <div className="live-panel">
      <Field
        label="Steps a second"
        help="Slow motion shows each step; at 2 and 1 gates and attention as well."
      >
        {(ids) => (
          <Segments
            options={SPEEDS.map((s) => ({ value: String(s), label: s === null ? 'full' : String(s) }))}
            value={String(speed)}
            labelledBy={ids.label}
            describedBy={ids.describedBy}
            onChange={(value) => void setSpeed(SPEEDS.find((s) => String(s) === value) ?? null)}
          />
        )}
      </Field>
      <NumberKnob
        label="Learning rate"
        help="Size of a step at the start; acts at once on a run under way."
        live
        value={training.learningRate}
        min={1e-6}
        max={1}
        onSet={(learningRate) => setTraining({ learningRate: learningRate! })}
      />
      {tasks.map((task, k) => (
        <NumberKnob
          key={task.id}
          label={`λ ${task.label}`}
          help={`Weight of the loss of ${task.label} in the sum; acts at once on a run under way.`}
          live
          value={task.lossWeight}
          min={0}
          max={1000}
          onSet={(lossWeight) => setTask(k, { lossWeight: lossWeight! })}
        />
      ))}
      <NumberKnob
        label="Label noise"
        help="Share of training rows that learn from the labels of another row; the validation part keeps its own. Acts at once."
        live
        value={training.labelNoise}
        min={0}
        max={1}
        onSet={(labelNoise) => setTraining({ labelNoise: labelNoise! })}
      />
      <p className="dim">
        These act at once. Blocks, seed and batch are structure: a change of them starts the run again.
      </p>
    </div>
  );
}
