/** Edits of the pipeline as named actions: whether it came by button, key or drag, a change is checked here and can be undone. */

import { findSpec } from '../blocks/catalog';
import { taskOf } from '../pipeline/adapt';
import { changesOf } from '../pipeline/changes';
import type { Edited } from '../pipeline/edits';
import * as edit from '../pipeline/edits';
import { findPreset, type Preset } from '../pipeline/presets';
import type { Pipeline, Task, Training } from '../pipeline/schema';
import { placeFor, slotPath } from '../pipeline/slots';
import type { ParamValue, Pillar } from '../pipeline/spec';
import { setWorld } from './data';
import { tellError } from './notices';
import { useData, usePipeline, useRun, useUi } from './stores';

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

/** Adds the task of a label column, with the names and the parent that fit it. @returns why not, or null */
export function addTask(column: string): string | null {
  const schema = useData.getState().summary?.schema;
  if (!schema) return 'There is no data yet that could offer a task.';
  const refusal = apply((p) => {
    const task = taskOf(schema, column, p.tasks);
    return task ? edit.addTask(p, task) : { ok: false, findings: [] };
  });
  if (!refusal) announce(`Task ${column} added.`);
  return refusal;
}

/** Takes a task out; its children move up to its parent. @returns why not, or null */
export function removeTask(index: number): string | null {
  const label = usePipeline.getState().pipeline.tasks[index]?.label;
  const refusal = apply((p) => edit.removeTask(p, index));
  if (!refusal) announce(`Task ${label} taken out.`);
  return refusal;
}

/** Moves a task one place up (−1) or down (+1). @returns why not, or null */
export function moveTask(index: number, by: 1 | -1): string | null {
  const label = usePipeline.getState().pipeline.tasks[index]?.label;
  const refusal = apply((p) => edit.moveTask(p, index, by));
  if (!refusal) announce(`Task ${label} is now ${index + by + 1}.`);
  return refusal;
}

/** Takes a preset's pipeline, and draws the world that it needs where the data is a simulated one. */
export function loadPreset(id: string): void {
  const preset = findPreset(id);
  if (!preset) return;
  useRun.setState({ note: null });
  usePipeline.setState({ pipeline: preset.pipeline });
  announce(`${preset.title} loaded.`);
  const { made } = useData.getState();
  if (
    preset.world &&
    made &&
    Object.entries(preset.world).some(([dial, v]) => made[dial as 'country'] !== v)
  ) {
    const refusal = setWorld(preset.world);
    if (refusal) tellError(refusal);
    else announce(`${preset.title} loaded; its world is drawn: ${worldOf(preset.world)}.`);
  }
}

/** What a preset asks of the world, in words, e.g. "all markets, country shift .7". */
export function worldOf({ country, countryShift, addToCart, tension }: NonNullable<Preset['world']>): string {
  return [
    country && (country === 'ALL' ? 'all markets' : country),
    countryShift !== undefined && `country shift ${countryShift}`,
    addToCart && 'with add to cart',
    tension !== undefined && `tug of war ${tension}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** A step back or forward through all edits, told to those who cannot see it. */
function travel(which: 'undo' | 'redo', said: string): void {
  const before = usePipeline.getState().pipeline;
  usePipeline.temporal.getState()[which]();
  const { pipeline } = usePipeline.getState();
  if (pipeline === before) return;
  const changes = changesOf(before, pipeline);
  announce(`${said}: ${changes.map((c) => `${c.what} ${c.to}`).join('; ') || 'no change of the model'}.`);
}

export const undo = (): void => travel('undo', 'Undone');
export const redo = (): void => travel('redo', 'Redone');

/** Says something to screen readers alone. */
export function announce(message: string): void {
  useUi.setState({ announcement: message });
}
