/** Actions on data: simulate a world, open files, stop. What fails or is stopped leaves data, run and dials as they were. */

import { WorkerDied } from '../../workers/client';
import type { DatasetSummary, Mapping, Progress, SimulationRequest } from '../../workers/protocol';
import { simulationRequestSchema } from '../data/simulator/request';
import { needsOtherTasks, tasksFor } from '../pipeline/adapt';
import { visible } from './dropped';
import { say, tellError } from './notices';
import { describe, endForNewData, messageOf, PATIENCE_PREPARING, theClient } from './session';
import { type OwnFiles, useData, usePipeline } from './stores';

let asked = 0;
let looks = 0;

/** What is wished for, and what the page will know about it once it is in use. */
interface Wish {
  readonly what: string;
  readonly made: SimulationRequest | null;
  readonly opened: OwnFiles | null;
}

/** Makes a simulated world and takes it into use. @returns false where it was refused, stopped or overtaken */
export async function simulate(change: Partial<SimulationRequest> = {}): Promise<boolean> {
  const { request: before, made } = useData.getState();
  const request = { ...before, ...change };
  useData.setState({ request });
  const client = theClient();
  const done = await take({ what: 'the simulated world', made: request, opened: null }, (report) =>
    client.data((api) => api.simulate(request, client.callback(report))),
  );
  // The dials show the world in use again, unless somebody has moved them since.
  if (!done && useData.getState().request === request) useData.setState({ request: made ?? before });
  return done;
}

/** Turns dials of the world and draws it anew. @returns why that world cannot be, or null; then nothing has changed */
export function setWorld(change: Partial<SimulationRequest>): string | null {
  const wanted = simulationRequestSchema.safeParse({ ...useData.getState().request, ...change });
  if (!wanted.success) {
    const issue = wanted.error.issues[0]!;
    return issue.code === 'custom' ? issue.message : `This setting is refused: ${issue.message}.`;
  }
  void simulate(wanted.data);
  return null;
}

/**
 * Looks at the user's files, which never leave the machine, and opens them where nothing has to be asked; else the
 * mapping step opens.
 */
export async function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const mine = ++looks;
  const client = theClient();
  // A look takes a moment and stops nothing: what is being made goes on until the files are really opened.
  const looking = { what: namesOf(files), share: 0, stopping: false };
  const quiet = () => {
    if (useData.getState().loading === looking) useData.setState({ loading: null });
  };
  if (!useData.getState().loading) useData.setState({ loading: looking });
  try {
    const preview = await client.data((api) => api.preview(files));
    if (mine !== looks) return;
    const own = { files, preview, mapping: preview.guess };
    // Whoever left the step with edits comes back to them, even where nothing would have to be asked.
    const left = takenUp(own);
    if (preview.certain && left === own) await openWith(own, tellError);
    else useData.setState({ asked: { ...left, refusal: null } });
  } catch (cause) {
    if (mine === looks && !(cause instanceof WorkerDied)) tellError(messageOf(cause));
  } finally {
    quiet();
  }
}

/** Opens what is in a folder, or what was dropped. */
export async function openFolder(files: readonly File[]): Promise<void> {
  // A single file was meant, whatever it is called.
  const seen = files.length > 1 ? visible(files) : files;
  if (seen.length === 0)
    tellError('There is no file in this folder: choose the one that holds manifest.json.');
  else await openFiles(seen);
}

const namesOf = (files: readonly File[]) =>
  files.length > 3 ? `${files.length} files` : list(files.map((f) => f.name));

function openWith(own: OwnFiles, refuse: (message: string) => void): Promise<boolean> {
  const client = theClient();
  return take(
    { what: namesOf(own.files), made: null, opened: own },
    (report) => client.data((api) => api.open(own.files, own.mapping, client.callback(report))),
    refuse,
  );
}

/** Opens the mapping step for the files in use. */
export function changeRoles(): void {
  const { opened } = useData.getState();
  if (opened) useData.setState({ asked: { ...takenUp(opened), refusal: null } });
}

/** Files of which the edits are remembered when their mapping step is left. */
const MOST_LEFT = 8;

/** The same files, unchanged, with the same columns. */
const sameFiles = (a: OwnFiles, b: OwnFiles) =>
  a.files.length === b.files.length &&
  a.files.every((file, i) => {
    const other = b.files[i]!;
    return file.name === other.name && file.size === other.size && file.lastModified === other.lastModified;
  }) &&
  a.preview.columns.length === b.preview.columns.length &&
  a.preview.columns.every((column, i) => column.name === b.preview.columns[i]!.name);

/** The files with the mapping as it was when their step was last left without opening them; the same object if it was not. */
function takenUp(own: OwnFiles): OwnFiles {
  const left = useData.getState().left.find((known) => sameFiles(known, own));
  return left ? { ...own, mapping: left.mapping } : own;
}

/** Forgets the edits of files. */
const withoutEdits = (own: OwnFiles) => useData.getState().left.filter((known) => !sameFiles(known, own));

/** Keeps an edit of the mapping step. */
export function setMapping(mapping: Mapping): void {
  const { asked: sheet } = useData.getState();
  if (sheet) useData.setState({ asked: { ...sheet, mapping, refusal: null } });
}

/** Reads the files by the mapping as it stands; a refusal is said in the step, which stays open. */
export async function openAsked(): Promise<void> {
  const { asked: sheet } = useData.getState();
  if (!sheet) return;
  const { refusal: _, ...own } = sheet;
  const refuse = (refusal: string) => {
    const now = useData.getState().asked;
    if (now) useData.setState({ asked: { ...now, refusal } });
    else tellError(refusal);
  };
  if (await openWith(own, refuse)) useData.setState({ asked: null, left: withoutEdits(own) });
}

/**
 * Leaves the mapping step; reading under way is stopped. Escape is pressed by accident: edits are kept until the page is
 * closed, and are there when the same files are opened again.
 */
export function closeMapping(): void {
  const { loading, asked: sheet, opened } = useData.getState();
  if (loading) stopLoading();
  if (!sheet) return;
  const { refusal: _, ...own } = sheet;
  const unedited = own.mapping === own.preview.guess || own.mapping === opened?.mapping;
  const left = unedited ? withoutEdits(own) : [own, ...withoutEdits(own)].slice(0, MOST_LEFT);
  useData.setState({ asked: null, left });
}

/** Stops what is being made or read. */
export function stopLoading(): void {
  const { loading } = useData.getState();
  if (!loading || loading.stopping) return;
  useData.setState({ loading: { ...loading, stopping: true } });
  void theClient()
    .data((api) => api.cancel())
    .catch(() => undefined);
}

/** Gives the trainer its copy. One that dies over it is replaced, and the fresh one gets it; a busy machine is no death. */
async function handOver(): Promise<void> {
  const client = theClient();
  client.setPatience(PATIENCE_PREPARING);
  try {
    await client.handOver();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) throw cause;
    await client.handOver();
  }
}

/**
 * Lets a worker's command make a data set, shows how far it is, and takes the result into use.
 * @param refuse says why it failed; a stop is told as a notice
 * @returns false where it failed, was stopped, or a newer wish overtook it
 */
export async function take(
  { what, made, opened }: Wish,
  make: (report: (progress: Progress) => void) => Promise<DatasetSummary>,
  refuse: (message: string) => void = tellError,
): Promise<boolean> {
  const mine = ++asked;
  const stillWanted = () => mine === asked;
  useData.setState({ loading: { what, share: 0, stopping: false } });
  try {
    const summary = await make((progress) => {
      const { loading } = useData.getState();
      if (stillWanted() && loading) {
        useData.setState({ loading: { ...progress, what, stopping: loading.stopping } });
      }
    });
    if (stillWanted()) await endForNewData();
    if (!stillWanted()) {
      // The worker must not go on holding what the page never shows, should the newer wish fail.
      await theClient().data((api) => api.discard(summary.fingerprint));
      return false;
    }
    await handOver();
    // The trainer has it now: it is in use, even if a newer wish came meanwhile.
    const before = useData.getState().summary;
    useData.setState({ summary, made, opened, ...(stillWanted() && { loading: null }) });
    adaptTasks(summary, before);
    await describe();
    return true;
  } catch (cause) {
    // An older wish that a newer one overtook is no news.
    if (!stillWanted()) return false;
    const stopped = useData.getState().loading?.stopping ?? false;
    useData.setState({ loading: null });
    if (stopped) say(messageOf(cause));
    else if (!(cause instanceof WorkerDied)) refuse(messageOf(cause));
    return false;
  }
}

const list = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Gives the pipeline the tasks of the data, in one step that can be undone, and says so. */
function adaptTasks(summary: DatasetSummary, before: DatasetSummary | null): void {
  const { pipeline } = usePipeline.getState();
  if (!needsOtherTasks(pipeline.tasks, summary.schema, before?.schema ?? null)) return;
  const { tasks, left } = tasksFor(summary.schema, pipeline.tasks);
  usePipeline.setState({ pipeline: { ...pipeline, tasks } });
  const more =
    left.length > 0
      ? ` A pipeline has at most ${tasks.length} tasks, so ${list(left)} ${left.length === 1 ? 'is' : 'are'} left out.`
      : '';
  say(
    `The pipeline’s tasks are now ${list(tasks.map((t) => t.label))}, as in the data; Undo brings back the old ones.${more}`,
  );
}
