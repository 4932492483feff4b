/** Which page the address names: the lab, the Data view at `#/data`, runs compared at `#/runs`, a race at `#/race`, or `#/about`; share links (`#p=…`) belong to the lab. */
import { useUi } from './stores';

export type Route = 'lab' | 'data' | 'runs' | 'race' | 'about';

/** What a hash asks for. */
export interface Asked {
  readonly route: Route;
  /** Address of a shard to be offered, as in `#/data?shard=https://…`. */
  readonly shard: string | null;
}

/** Whether a hash names a page rather than a pipeline. */
export const isRoute = (hash: string): boolean => hash.startsWith('#/');

/** Reads a hash; what is no page of ours is the lab. Never throws. */
export function readRoute(hash: string): Asked {
  const [, path, query] = /^#\/([\w/-]*)(?:\?(.*))?$/s.exec(hash) ?? [];
  const page = path?.replace(/\/+$/, '');
  if (page === 'about' || page === 'runs' || page === 'race') return { route: page, shard: null };
  if (page !== 'data') return { route: 'lab', shard: null };
  // An address may be pasted behind `shard=` as it stands, with a query of its own: all that follows belongs to it.
  const raw = /(?:^|&)shard=(.*)$/s.exec(query ?? '')?.[1];
  return { route: 'data', shard: raw ? unescaped(raw) : null };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone "%" is no escape: the address is taken as it was written.
    return text;
  }
}

/** The hash that offers a shard to whoever opens it. */
export const shardHash = (url: string): string => `#/data?shard=${encodeURIComponent(url)}`;

/** Whether the lab lies one step back in the browser's history. */
let cameFromLab = false;

/** Opens a page; the browser's Back leads to the lab again. */
export function openPage(route: Exclude<Route, 'lab'>): void {
  const before = useUi.getState().route;
  if (before === route) return;
  if (before === 'lab') {
    cameFromLab = true;
    window.history.pushState(null, '', `#/${route}`);
  } else window.history.replaceState(null, '', `#/${route}`);
  useUi.setState({ route });
}

/** Opens the comparison of runs. */
export const openRuns = (): void => openPage('runs');

/** Opens the race. */
export const openRace = (): void => openPage('race');

/** Opens the Data view. */
export const openDataView = (): void => openPage('data');

/** Back to the lab, as the browser's Back would. */
export function closePage(): void {
  if (useUi.getState().route === 'lab') return;
  useUi.setState({ route: 'lab' });
  if (cameFromLab) {
    cameFromLab = false;
    window.history.back();
    return;
  }
  const { pathname, search } = window.location;
  window.history.replaceState(null, '', pathname + search);
}

/** Follows the address. @returns the shard that it offers, or null */
export function followAddress(hash: string): string | null {
  const { route, shard } = readRoute(hash);
  if (route === 'lab') cameFromLab = false;
  useUi.setState({ route });
  return shard;
}
