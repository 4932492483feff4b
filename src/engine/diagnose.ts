/** Finds where a number first stopped being finite: which block, which parameter, at which step. */
import { type PassOptions, slices, type Tensor, tf } from '../nn';
import type { Model } from './assemble';
import type { Batch } from './batches';
import { disposeGradient, type StepGradient, type TrainingState } from './state';

/** What can be stepped through: a session, as far as this search needs it. */
export interface Steppable {
  readonly model: Model;
  gradient(
    state: TrainingState,
    batch: Batch,
    step: number,
    options?: Partial<PassOptions>,
  ): Promise<StepGradient>;
}

export interface Divergence {
  readonly step: number;
  /** Path of the block, e.g. `bottom`; null where a replay did not show it again. */
  readonly block: string | null;
  /** Full name of the parameter, or null. */
  readonly parameter: string | null;
  /** One sentence for the user. */
  readonly message: string;
}

async function allFinite(t: Tensor): Promise<boolean> {
  for (const value of await t.data()) if (!Number.isFinite(value)) return false;
  return true;
}

/**
 * Looks, in the order in which data flows, at the parameters before the step, at every block's output, then at every
 * parameter's gradient.
 * @param state before the step
 * @param step number of the step, from 1
 */
export async function findDivergence(
  session: Steppable,
  state: TrainingState,
  batch: Batch,
  step: number,
): Promise<Divergence> {
  const { model } = session;
  const advice =
    'Lower the learning rate or a loss weight, or clip the gradient, and start again from the last snapshot.';
  const titleOf = (path: string) => model.blocks.find((b) => b.path === path)?.title ?? path;
  const report = (parameter: string | null, block: string, what: string): Divergence => ({
    step,
    block,
    parameter,
    message: `Step ${step} diverged in ${titleOf(block)}: ${what}. ${advice}`,
  });
  const blockOf = (name: string) => model.blocks.find((b) => name.startsWith(`${b.path}.`))!.path;

  const outputs: { path: string; value: Tensor }[] = [];
  const gradient = await session.gradient(state, batch, step - 1, {
    onOutput: (path, value) => outputs.push({ path, value: tf.keep(tf.clone(value)) }),
  });
  const weights = tf.tidy(() => slices(model.layout.parameters, state.parameters));
  const gradients = tf.tidy(() => slices(model.layout.parameters, gradient.flat));
  try {
    for (const p of model.layout.parameters) {
      if (!(await allFinite(weights[p.index]!))) {
        return report(p.name, blockOf(p.name), `parameter ${p.name} is no longer a finite number`);
      }
    }
    for (const { path, value } of outputs) {
      if (await allFinite(value)) continue;
      const largest = await largestParameter(path, session, weights);
      return report(
        largest,
        path,
        `its output is no longer a finite number${largest ? ` (largest weights in ${largest})` : ''}`,
      );
    }
    for (const p of model.layout.parameters) {
      if (!(await allFinite(gradients[p.index]!))) {
        return report(p.name, blockOf(p.name), `the gradient of ${p.name} is no longer a finite number`);
      }
    }
    if (!(await allFinite(gradient.losses))) {
      return report(null, model.blocks.at(-1)!.path, 'the loss is no longer a finite number');
    }
    const norm = tf.tidy(() => tf.sqrt(tf.sum(tf.square(gradient.flat))));
    const overflow = !(await allFinite(norm));
    norm.dispose();
    if (overflow) {
      const largest = await largestGradient(session, gradients);
      return report(largest, blockOf(largest), `the gradient of ${largest} is too large for float32`);
    }
    return {
      step,
      block: null,
      parameter: null,
      message: `Step ${step} gave a number that is not finite, but a replay of it did not. ${advice}`,
    };
  } finally {
    disposeGradient(gradient);
    tf.dispose([...weights, ...gradients]);
    for (const { value } of outputs) value.dispose();
  }
}

async function largest(tensors: readonly { name: string; value: Tensor }[]): Promise<string | null> {
  let best = -1;
  let name: string | null = null;
  for (const t of tensors) {
    const top = tf.tidy(() => tf.max(tf.abs(t.value)));
    const [value] = await top.data();
    top.dispose();
    if (value! > best) {
      best = value!;
      name = t.name;
    }
  }
  return name;
}

function largestParameter(
  path: string,
  session: Steppable,
  weights: readonly Tensor[],
): Promise<string | null> {
  return largest(
    session.model.layout.parameters
      .filter((p) => p.name.startsWith(`${path}.`))
      .map((p) => ({ name: p.name, value: weights[p.index]! })),
  );
}

async function largestGradient(session: Steppable, gradients: readonly Tensor[]): Promise<string> {
  const { parameters } = session.model.layout;
  return (await largest(parameters.map((p) => ({ name: p.name, value: gradients[p.index]! }))))!;
}
