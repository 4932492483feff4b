/** Everything a user can do to kept runs, each as one named action; what storage refuses is said once and the list works on. */
import { parseRun, type RunContent, type RunFile, runText } from '../../pipeline/runFile';
import type { Pipeline } from '../../pipeline/schema';
import { pipelineKey } from '../../study/compare';
import { saveBlob } from '../export';
import { say, tellError } from '../notices';
import { deleteRun as deleteStored, readRuns, readWeights, StorageError, writeRun } from './db';
import { type KeptRun, NAME_LENGTH, readEntry, type StoredRun, useRuns } from './store';

/** Weights beyond this are not kept: a hundred runs of the default lab take a tenth of it each. */
const LARGEST_WEIGHTS = 8 * 1024 * 1024;
/** Largest run file that is read. */
const LARGEST_FILE = 64 * 1024 * 1024;

const list = () => useRuns.getState().runs ?? [];
const find = (id: string) => list().find((r) => r.id === id);

const stored = ({ weightBytes: _, ...kept }: KeptRun): StoredRun => ({
  ...kept,
  baseline: useRuns.getState().baseline === kept.id,
});

/** Runs what touches storage; a refusal is one sentence. @returns false where it was refused */
async function guarded(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    tellError(cause.message);
    return false;
  }
}

/** Reads what earlier visits kept. A broken entry is left out, with one sentence for all of them. */
export async function loadRuns(): Promise<void> {
  let found: Awaited<ReturnType<typeof readRuns>> = { entries: [], weights: new Map() };
  await guarded(async () => {
    found = await readRuns();
  });
  const read = found.entries.flatMap((value) => readEntry(value) ?? []);
  const broken = found.entries.length - read.length;
  if (broken > 0) {
    say(
      broken === 1
        ? 'One kept run could not be read and is left out; all others are here.'
        : `${broken} kept runs could not be read and are left out; all others are here.`,
    );
  }
  // A run that ended while storage was being read is in the list already.
  const early = list();
  const runs = read
    .filter(({ id }) => !early.some((r) => r.id === id))
    .map(
      ({ baseline: _, ...kept }): KeptRun => ({ ...kept, weightBytes: found.weights.get(kept.id) ?? null }),
    )
    .sort((a, b) => b.run.finished.localeCompare(a.run.finished));
  useRuns.setState({
    runs: [...early, ...runs],
    baseline: useRuns.getState().baseline ?? read.find((r) => r.baseline)?.id ?? null,
  });
}

/** What a run goes by. */
export interface Identity {
  readonly name: string;
  readonly mark: number;
}

/**
 * Name and marker for a run: its pipeline's where that is in the list, else new ones.
 * @param taken by runs that are to come
 */
export function identify(pipeline: Pipeline, wanted: string, taken: readonly Identity[] = []): Identity {
  const key = pipelineKey(pipeline);
  const twin = list().find((r) => pipelineKey(r.run.pipeline) === key);
  if (twin) return { name: twin.name, mark: twin.mark };
  const others = [...list(), ...taken];
  const marks = new Set(others.map((r) => r.mark));
  let mark = 0;
  while (marks.has(mark)) mark++;
  const names = new Set(others.map((r) => r.name));
  const base = wanted.trim().slice(0, NAME_LENGTH - 5) || 'Run';
  let name = base;
  for (let n = 2; names.has(name); n++) name = `${base} (${n})`;
  return { name, mark };
}

/**
 * Puts a run at the head of the list and into storage; one with the same id is replaced and keeps what was set on it.
 * @param wanted name for a pipeline that is not in the list yet, or what the run goes by already
 */
export async function keepRun(
  id: string,
  content: RunContent,
  weights: Uint8Array | null,
  wanted: string | Identity,
): Promise<KeptRun> {
  const before = find(id);
  const { name, mark } = before ?? (typeof wanted === 'string' ? identify(content.pipeline, wanted) : wanted);
  const small = weights && weights.byteLength <= LARGEST_WEIGHTS ? weights : null;
  const run: RunFile = { format: 'seesaw-run', formatVersion: 1, ...content };
  const kept: KeptRun = {
    id,
    name,
    mark,
    ghost: before?.ghost ?? false,
    run,
    weightBytes: small?.byteLength ?? null,
  };
  useRuns.setState({ runs: [kept, ...list().filter((r) => r.id !== id)] });
  try {
    await writeRun(stored(kept), small);
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    // Without its weights it may still find room.
    const saved =
      small !== null &&
      (await writeRun(stored(kept), null).then(
        () => true,
        () => false,
      ));
    change(id, { weightBytes: null });
    tellError(saved ? `The weights of "${name}" are not kept. ${cause.message}` : cause.message);
  }
  return kept;
}

function change(id: string, to: Partial<Pick<KeptRun, 'name' | 'ghost' | 'mark' | 'weightBytes'>>): void {
  useRuns.setState({ runs: list().map((r) => (r.id === id ? { ...r, ...to } : r)) });
}

const rewrite = (id: string) =>
  guarded(async () => {
    const run = find(id);
    if (run) await writeRun(stored(run), null);
  });

/** Names a run. @returns why the name was refused, or null */
export function renameRun(id: string, name: string): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'A run needs a name.';
  if (trimmed.length > NAME_LENGTH) return `A name has at most ${NAME_LENGTH} characters.`;
  change(id, { name: trimmed });
  void rewrite(id);
  return null;
}

/** Shows or hides a run's curves behind the live ones. */
export function toggleGhost(id: string): void {
  change(id, { ghost: !find(id)?.ghost });
  void rewrite(id);
}

/** Pins the run that others are measured against; the pinned one is let go. */
export function pinRun(id: string): void {
  const before = useRuns.getState().baseline;
  useRuns.setState({ baseline: before === id ? null : id });
  void rewrite(id);
  if (before !== null && before !== id) void rewrite(before);
}

/** Takes a run out of the list; it can be taken back until the next one is deleted, or the page is left. */
export async function deleteRun(id: string): Promise<void> {
  const gone = find(id);
  if (!gone) return;
  // Its weights stay at hand for the way back.
  const weights = gone.weightBytes === null ? null : ((await readWeights(id).catch(() => undefined)) ?? null);
  undoable = { weights, pinned: useRuns.getState().baseline === id };
  useRuns.setState({
    runs: list().filter((r) => r.id !== id),
    deleted: gone,
    ...(undoable.pinned && { baseline: null }),
  });
  await guarded(() => deleteStored(id));
}

let undoable: { readonly weights: Uint8Array | null; readonly pinned: boolean } = {
  weights: null,
  pinned: false,
};

/** Brings the run deleted last back to its place. */
export async function undoDelete(): Promise<void> {
  const { deleted, baseline } = useRuns.getState();
  if (!deleted) return;
  const { weights, pinned } = undoable;
  const runs = [...list(), deleted].sort((a, b) => b.run.finished.localeCompare(a.run.finished));
  useRuns.setState({ runs, deleted: null, ...(pinned && baseline === null && { baseline: deleted.id }) });
  await guarded(() => writeRun(stored(deleted), weights));
}

const fileName = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'run';

/** The run as run.json, which `seesaw train --pipeline` trains again. */
export function exportRun(id: string): void {
  const kept = find(id);
  if (!kept) return;
  const { format: _f, formatVersion: _v, ...content } = kept.run;
  const text = runText({ ...content, name: kept.name });
  saveBlob(
    `${fileName(kept.name)}-seed-${kept.run.seed}.run.json`,
    new Blob([text], { type: 'application/json' }),
  );
}

/** The weights of a run as weights.safetensors. */
export async function exportWeights(id: string): Promise<void> {
  const kept = find(id);
  if (!kept) return;
  await guarded(async () => {
    const bytes = await readWeights(id);
    if (!bytes) {
      tellError(`The weights of "${kept.name}" are not kept in this browser: train it again.`);
      return;
    }
    saveBlob(
      `${fileName(kept.name)}-seed-${kept.run.seed}.safetensors`,
      new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }),
    );
  });
}

/** Reads run files into the list; each that cannot be read is told in one sentence. */
export async function importRuns(files: readonly File[]): Promise<void> {
  for (const file of files) {
    const refuse = (why: string) => tellError(`"${file.name}" cannot be used: ${why}`);
    if (file.size > LARGEST_FILE) {
      refuse('it is larger than 64 MB, which no run file is.');
      continue;
    }
    let value: unknown;
    try {
      value = JSON.parse((await file.text()).replace(/^\uFEFF/, ''));
    } catch {
      refuse('it is no JSON; choose the run.json of a run.');
      continue;
    }
    const parsed = parseRun(value);
    if (!parsed.ok) {
      refuse(parsed.message);
      continue;
    }
    const { format: _f, formatVersion: _v, name, ...content } = parsed.run;
    if (content.final === null && content.evaluations.length === 0) {
      refuse('the run has no evaluation, so there is nothing to compare.');
      continue;
    }
    const kept = await keepRun(
      crypto.randomUUID(),
      content,
      null,
      name ?? file.name.replace(/(\.run)?\.json$/, ''),
    );
    if (name !== undefined) renameRun(kept.id, name);
    say(`"${kept.name}" is in the list of runs.`);
  }
}
