/** Edits of the pipeline as named actions: whether it came by button, key or drag, a change is checked here and can be undone. */

import { findSpec } from '../blocks/catalog';
import type { Edited } from '../pipeline/edits';
import * as edit from '../pipeline/edits';
import { findPreset } from '../pipeline/presets';
import type { Pipeline, Task, Training } from '../pipeline/schema';
import { slotPath } from '../pipeline/slots';
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

/** Puts a block in its slot, in place of what was there, and shows it in the inspector. */
export function placeBlock(pillar: Pillar, id: string): void {
  const refusal = apply((p) => edit.swapBlock(p, pillar, id));
  if (refusal) tellError(refusal);
  else useUi.setState({ selected: slotPath(pillar), openPillar: pillar });
  const title = findSpec(pillar, id)?.title;
  if (!refusal && title) announce(`${title} placed.`);
}

export const setParam = (pillar: Pillar, name: string, value: ParamValue): string | null =>
  apply((p) => edit.setParam(p, pillar, name, value));

export const resetParams = (pillar: Pillar): string | null => apply((p) => edit.resetParams(p, pillar));

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
