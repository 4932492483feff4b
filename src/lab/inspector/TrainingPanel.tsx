/** How the pipeline is trained: steps, batch, optimiser, learning rate and its fall, regularisation, evaluations. */
import { Field, Segments } from '../../components/fields';
import type { Training } from '../../pipeline/schema';
import { setTraining } from '../../state/edits';
import { usePipeline } from '../../state/stores';
import { NumberKnob } from './NumberKnob';

const OPTIMIZERS = [
  { value: 'adam', label: 'Adam' },
  { value: 'adam-rows', label: 'Adam rows' },
  { value: 'adamw', label: 'AdamW' },
  { value: 'sgd', label: 'SGD' },
] as const satisfies readonly { value: Training['optimizer']; label: string }[];

const DECAYS = [
  { value: 'none', label: 'none' },
  { value: 'linear', label: 'linear' },
  { value: 'cosine', label: 'cosine' },
] as const satisfies readonly { value: Training['decay']; label: string }[];

export function TrainingPanel() {
  const t = usePipeline((s) => s.pipeline.training);
  const number = (name: keyof Training) => (value: number | null) => setTraining({ [name]: value });
  return (
    <>
      <h2>Training</h2>
      <p className="idea">One batch a step. Only the learning rate may change while it trains.</p>
      <div className="knobs">
        <NumberKnob
          label="Learning rate"
          help="Size of a step at the start; acts at once on a run under way."
          live
          value={t.learningRate}
          min={1e-6}
          max={1}
          onSet={number('learningRate')}
        />
        <NumberKnob
          label="Steps"
          help="Batches to train on."
          value={t.steps}
          min={1}
          max={200_000}
          whole
          onSet={number('steps')}
        />
        <NumberKnob
          label="Batch"
          help="Rows of one step."
          value={t.batch}
          min={1}
          max={16_384}
          whole
          onSet={number('batch')}
        />
        <Field
          label="Optimizer"
          help="How a gradient becomes a step. Adam rows moves only those embeddings that the batch reads, as TensorFlow’s LazyAdam and PyTorch’s SparseAdam do: for large vocabularies."
        >
          {(ids) => (
            <Segments
              options={OPTIMIZERS}
              value={t.optimizer}
              labelledBy={ids.label}
              describedBy={ids.describedBy}
              onChange={(optimizer) => setTraining({ optimizer })}
            />
          )}
        </Field>
        <Field label="Decay" help="How the learning rate falls to its final share over the steps.">
          {(ids) => (
            <Segments
              options={DECAYS}
              value={t.decay}
              labelledBy={ids.label}
              describedBy={ids.describedBy}
              onChange={(decay) => setTraining({ decay })}
            />
          )}
        </Field>
        <NumberKnob
          label="Final share"
          help="What is left of the learning rate at the last step."
          value={t.finalRate}
          min={0}
          max={1}
          onSet={number('finalRate')}
        />
        <NumberKnob
          label="Weight decay"
          help="Decoupled with AdamW, added to the gradient with Adam and SGD."
          value={t.weightDecay}
          min={0}
          max={1}
          onSet={number('weightDecay')}
        />
        <NumberKnob
          label="Clip norm"
          help="Largest norm of a step’s gradient; empty for no clipping."
          value={t.clipNorm}
          min={1e-3}
          max={1e6}
          empty="none"
          onSet={number('clipNorm')}
        />
        <NumberKnob
          label="Label noise"
          help="Share of training rows that learn from the labels of another row; the validation part keeps its own. Acts at once on a run under way."
          live
          value={t.labelNoise}
          min={0}
          max={1}
          onSet={number('labelNoise')}
        />
        <NumberKnob
          label="Evaluate every"
          help="Steps between two looks at the validation part."
          value={t.evaluateEvery}
          min={1}
          max={200_000}
          whole
          onSet={number('evaluateEvery')}
        />
        <NumberKnob
          label="Seed"
          help="Initial weights, batch order and dropout follow from it."
          value={t.seed}
          min={0}
          max={2 ** 31 - 1}
          whole
          onSet={number('seed')}
        />
      </div>
    </>
  );
}
