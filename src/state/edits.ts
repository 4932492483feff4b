/** Edits of the pipeline as named actions: whether it came by button, key or drag, a change is checked here and can be undone. */

import { findSpec } from '../blocks/catalog';
import type { Edited } from '../pipeline/edits';
import * as edit from '../pipeline/edits';
import { findPreset } from '../pipeline/presets';
import type { Pipeline, Task, Training } from '../pipeline/schema';
import { placeFor, slotPath } from '../pipeline/slots';
import type { ParamValue, Pillar } from '../pipeline/spec';
import { tellError } from './notices';
import { usePipeline, useRun, useUi } from './stores';

/** Applies an edit. @returns the sentence that says why it was refused, or null */
function apply(make: (p: Pipeline) => Edited): string | null {
  const { pipeline } = usePipeline.getState();
  const edited = make(pipeline);
  if (!edited.ok) return edited.findings[0]?.reason ?? 'This change does not fit.';
  if (JSON.stringify(edited.pipeline) !== JSON.stringify(pipeline)) {
    useRun.setState({ note: null });
    usePipeline.setState({ pipeline: edited.pipeline });
  }
  return null;
}

/** Puts a block in its slot, in place of what was there (or after the other inputs), and shows it in the inspector. */
export function placeBlock(pillar: Pillar, id: string): void {
  const index = placeFor(usePipeline.getState().pipeline, pillar, id);
  const refusal = apply((p) => edit.swapBlock(p, pillar, id));
  if (refusal) tellError(refusal);
  else useUi.setState({ selected: slotPath(pillar, index), openPillar: pillar });
  const title = findSpec(pillar, id)?.title;
  if (!refusal && title) announce(`${title} placed.`);
}

/** Takes an input block out; the one before it is shown in its stead. */
export function removeInput(index: number): void {
  const title = findSpec('input', usePipeline.getState().pipeline.input[index]?.block ?? '')?.title;
  const refusal = apply((p) => edit.removeInput(p, index));
  if (refusal) tellError(refusal);
  else useUi.setState({ selected: slotPath('input', Math.max(0, index - 1)) });
  if (!refusal && title) announce(`${title} taken out.`);
}

/** @param index of the input, where the pillar is a chain of them */
export const setParam = (pillar: Pillar, name: string, value: ParamValue, index = 0): string | null =>
  apply((p) => edit.setParam(p, pillar, name, value, index));

export const resetParams = (pillar: Pillar, index = 0): string | null =>
  apply((p) => edit.resetParams(p, pillar, index));

export const setTraining = (change: Partial<Training>): string | null =>
  apply((p) => edit.setTraining(p, change));

export const setTask = (index: number, change: Partial<Task>): string | null =>
  apply((p) => edit.setTask(p, index, change));

export function loadPreset(id: string): void {
  const preset = findPreset(id);
  if (preset) usePipeline.setState({ pipeline: preset.pipeline });
}

export const undo = (): void => usePipeline.temporal.getState().undo();
export const redo = (): void => usePipeline.temporal.getState().redo();

/** Says something to screen readers alone. */
export function announce(message: string): void {
  useUi.setState({ announcement: message });
}
