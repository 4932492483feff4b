/** The row and the page that are looked at: what is asked of the workers, what they answered, and how scores are fused. */
import { create } from 'zustand';
import { WorkerDied } from '../../workers/client';
import type {
  FusionReading,
  PagePick,
  PageReading,
  PagesReading,
  RowPick,
  RowReading,
} from '../../workers/protocol';
import { DEFAULT_FUSIONS, type Fusion, type FusionKind } from '../metrics/fusion';
import type { RowFilter } from '../pipeline/rowReading';
import { messageOf, theClient } from './session';
import { type Phase, useRun } from './stores';

/** Something that is read: the last answer stays while the next one is on its way, and where it is refused. */
export interface Asked<T> {
  readonly reading: T | null;
  readonly busy: boolean;
  readonly refusal: string | null;
}

const NOTHING: Asked<never> = { reading: null, busy: false, refusal: null };

interface RowViewStore {
  readonly view: 'row' | 'page';
  readonly filter: RowFilter;
  /** Seed of the random row or page, counted up with each press. */
  readonly seed: number;
  readonly row: Asked<RowReading>;
  readonly page: Asked<PageReading>;
  /** Task whose event a page must have to be stopped at, or null. */
  readonly pageEvent: number | null;
  /** How the page is ordered, and the order that places are compared with. */
  readonly kind: FusionKind;
  readonly reference: FusionKind;
  readonly fusions: Readonly<Record<FusionKind, Fusion>>;
  /** Cut-off of NDCG@k and WR@k. */
  readonly k: number;
  readonly judged: Asked<FusionReading>;
  /** Page metrics of every output, where they were asked for at a pause. */
  readonly pages: Asked<PagesReading>;
}

/** No event asked for. */
export const ANY_EVENT: RowFilter['event'] = { withEvent: null, without: null };

const READINGS = { row: NOTHING, page: NOTHING, judged: NOTHING, pages: NOTHING } as const;

export const useRowView = create<RowViewStore>(() => ({
  view: 'row',
  filter: { event: ANY_EVENT, country: null },
  seed: 1,
  pageEvent: null,
  kind: 'last',
  reference: 'first',
  fusions: DEFAULT_FUSIONS,
  k: 5,
  ...READINGS,
}));

type Kind = keyof typeof READINGS;
type Answer<K extends Kind> = NonNullable<RowViewStore[K]['reading']>;

/** The newest question of each kind: the answer to an older one is dropped. */
const newest: Record<Kind, number> = { row: 0, page: 0, judged: 0, pages: 0 };

async function ask<K extends Kind>(kind: K, read: () => Promise<Answer<K>>): Promise<Answer<K> | null> {
  const mine = ++newest[kind];
  const put = (change: Partial<Asked<Answer<K>>>) =>
    useRowView.setState((s) => ({ [kind]: { ...s[kind], ...change } }) as unknown as Partial<RowViewStore>);
  put({ busy: true });
  try {
    const reading = await read();
    if (mine !== newest[kind]) return null;
    put({ reading, busy: false, refusal: null });
    return reading;
  } catch (cause) {
    if (mine !== newest[kind]) return null;
    const refusal =
      cause instanceof WorkerDied
        ? 'The worker stopped: resume the run from its snapshot, then ask again.'
        : messageOf(cause);
    put({ busy: false, refusal });
    return null;
  }
}

/** Forgets all that was read: the model or the data are others. */
export function forgetReadings(): void {
  for (const kind of Object.keys(newest) as Kind[]) newest[kind]++;
  useRowView.setState(READINGS);
}

useRun.subscribe(({ phase }, before) => {
  if (phase !== before.phase && (phase === 'idle' || phase === 'preparing')) forgetReadings();
});

/** A run whose weights stand still. */
export const rests = (phase: Phase): boolean =>
  phase === 'paused' || phase === 'finished' || phase === 'failed';
/** A run of which something can be read. */
export const readable = (phase: Phase): boolean => phase === 'training' || rests(phase);

/** Looks for a row; the filter in force decides which ones count. */
export const askRow = (seek: RowPick['seek'], part: RowPick['part'] = 'validation') =>
  ask('row', () => {
    const { filter } = useRowView.getState();
    return theClient().trainer((api) => api.readRow({ part, filter, seek }));
  });

/** Another filter: its first row. */
export function filterRows(change: Partial<RowFilter>): void {
  useRowView.setState((s) => ({ filter: { ...s.filter, ...change } }));
  void askRow({ kind: 'first' });
}

/** A random row, another one with each press. */
export function randomRow(): void {
  const { seed } = useRowView.getState();
  useRowView.setState({ seed: (seed + 1) >>> 0 });
  void askRow({ kind: 'random', seed });
}

export const askPage = (pick: PagePick) =>
  ask('page', () => theClient().trainer((api) => api.readPage(pick)));

export function randomPage(): void {
  const { seed, pageEvent: event } = useRowView.getState();
  useRowView.setState({ seed: (seed + 1) >>> 0 });
  void askPage({ kind: 'random', seed, event });
}

/** The page before or after the one on the screen, of those that have the event asked for. */
export function turnPage(kind: 'next' | 'previous'): void {
  const { page, pageEvent: event } = useRowView.getState();
  void askPage({ kind, page: page.reading?.page ?? -1, event });
}

/** Only pages with this task's event from now on. */
export function filterPages(event: number | null): void {
  useRowView.setState({ pageEvent: event });
  void askPage({ kind: 'next', page: -1, event });
}

/** The page of the row on the screen: found in the log, or drawn again where a simulated world was thinned. */
export async function openPageOfRow(): Promise<void> {
  const row = useRowView.getState().row.reading;
  if (!row || row.group === null || row.page.kind === 'none') return;
  const { group } = row;
  useRowView.setState({ view: 'page' });
  if (row.part === 'redrawn') await askPage({ kind: 'last given' });
  else if (row.page.kind === 'here') await askPage({ kind: 'group', group });
  else {
    await ask('page', async () => {
      const data = await theClient().data((api) => api.page(group));
      return theClient().trainer((api) => api.readPage({ kind: 'given', data }));
    });
  }
}

/** A row of the page on the screen. */
export function openRowOfPage(item: number): void {
  const page = useRowView.getState().page.reading;
  const row = page?.rows[item];
  if (!page || row === undefined) return;
  useRowView.setState({ view: 'row' });
  void askRow({ kind: 'row', row }, page.part);
}

/** Reads anew what is on the screen, at the weights of now. */
export function refresh(): void {
  const { view, row, page } = useRowView.getState();
  if (!readable(useRun.getState().phase)) return;
  if (view === 'row') {
    const { reading } = row;
    void askRow(reading ? { kind: 'row', row: reading.row } : { kind: 'first' }, reading?.part);
    return;
  }
  const { reading } = page;
  if (reading?.part === 'redrawn') void askPage({ kind: 'last given' });
  else void askPage({ kind: 'page', page: reading?.page ?? 0 });
}

/** Judges the fusions given on all whole pages; the first is what the others are compared with. */
export const judge = (fusions: readonly Fusion[], k: number) =>
  ask('judged', () => theClient().trainer((api) => api.judgeFusions({ fusions: [...fusions], k })));

/** Page metrics of every output at the step of now. */
export const judgePages = () => ask('pages', () => theClient().trainer((api) => api.judgePages()));

/** Stops what takes long. */
export const stopReading = (): Promise<void> => theClient().trainer((api) => api.cancelReading());

/** α or β of a fusion. */
export function setFusion(kind: FusionKind, change: Partial<Pick<Fusion, 'alpha' | 'beta'>>): void {
  useRowView.setState((s) => ({
    fusions: { ...s.fusions, [kind]: { ...s.fusions[kind], ...change } },
  }));
}
