/** The first moments of a visit: what was remembered, what the link says, and the world to begin with. */
import type { BackendChoice } from '../../workers/protocol';
import { defaultPipeline } from '../pipeline/defaults';
import { LEAST_ENTRANTS } from '../pipeline/entrant';
import type { Pipeline } from '../pipeline/schema';
import { decodeLink, encodeLink } from '../pipeline/share';
import { simulate } from './data';
import { say, tellError } from './notices';
import { offerRace } from './race/checkpoint';
import { takeLineUp } from './race/lineUp';
import { useRace } from './race/store';
import { openWithRecording } from './recorded';
import { followAddress, isRoute } from './route';
import { loadRuns } from './runs/actions';
import { keepWhenHidden, offerResume } from './runs/resume';
import { connect } from './session';
import { offerShard } from './shards';
import { remember, restore, type Theme } from './storage';
import { useData, usePipeline, useRun, useUi, type View } from './stores';
import { followView, searchOf } from './view';

/** The pipeline that came with the link last. */
let linked: Pipeline | null = null;
/** Its hash, as long as the address may lead back to it. */
let linkedHash: string | null = null;
let unsubscribe: (() => void) | null = null;
let disconnect: (() => void) | null = null;
let stopKeeping: (() => void) | null = null;

const CHOICES: readonly string[] = ['auto', 'webgpu', 'webgpu-software', 'wasm', 'cpu'];

/** Sets the page up and loads the first data. */
export function boot(location: Pick<Location, 'hash' | 'search'> = window.location): void {
  unsubscribe?.();
  disconnect?.();
  stopKeeping?.();
  const { pipeline, theme, keys, toured, repairs } = restore();
  // A damaged link shows the default; what was remembered stays for the next visit.
  const damaged = !isRoute(location.hash) && decodeLink(location.hash)?.ok === false;
  usePipeline.setState({ pipeline: damaged ? defaultPipeline() : pipeline });
  setTheme(theme);
  useUi.setState({ keys, toured });
  for (const repair of repairs) say(repair);
  const refusal = followView(location.search);
  if (refusal) tellError(refusal);
  const backend = new URLSearchParams(location.search).get('backend');
  if (backend !== null && CHOICES.includes(backend)) useRun.setState({ choice: backend as BackendChoice });
  disconnect = connect();
  const offered = followAddress(location.hash);
  takeLink(location.hash);
  // What was restored or linked is where the visit begins: there is nothing before it to undo to.
  usePipeline.temporal.getState().clear();
  forgetLinkOnEdit();
  void simulate();
  void loadRuns();
  void offerResume();
  void offerRace();
  stopKeeping = keepWhenHidden();
  void openWithRecording();
  if (offered) void offerShard(offered);
}

/** Follows the address: a page, a shard to be offered, or a link to a pipeline. */
export function addressChanged(hash: string = window.location.hash): void {
  const offered = followAddress(hash);
  if (offered) void offerShard(offered);
  if (isRoute(hash)) return;
  if (hash === linkedHash) {
    // Back from the Data view: the link is in use already, and what was edited since outlives it.
    if (usePipeline.getState().pipeline !== linked) forgetLink();
    return;
  }
  if (takeLink(hash)) void simulate();
}

function forgetLink(): void {
  linkedHash = null;
  const { pathname, search } = window.location;
  window.history.replaceState(null, '', pathname + search);
}

/** The address keeps the link until the first edit: after that a reload must bring back the edit, not the link. */
function forgetLinkOnEdit(): void {
  unsubscribe = usePipeline.subscribe(({ pipeline }, before) => {
    if (pipeline === before.pipeline || pipeline === linked) return;
    const { hash } = window.location;
    if (!isRoute(hash) && decodeLink(hash)) forgetLink();
  });
}

/** Takes over what a link holds. A damaged one says so, and what is shown stays. */
export function takeLink(hash: string): boolean {
  const link = isRoute(hash) ? null : decodeLink(hash);
  if (!link) return false;
  if (!link.ok) {
    tellError(link.message);
    return false;
  }
  linked = link.pipeline;
  linkedHash = hash;
  usePipeline.setState({ pipeline: linked });
  if (link.data) useData.setState({ request: link.data.request });
  if (link.race) {
    takeLineUp(link.race.entrants, link.race.change);
    useUi.setState({ route: 'race' });
  }
  return true;
}

/** The address that brings back this pipeline, where it is simulated its world, and lecture mode with what it hides. */
export function shareLink(location: Pick<Location, 'origin' | 'pathname'> = window.location): string {
  return linkTo(useUi.getState().view, location);
}

/** The same for another view, e.g. the address of one panel for a slide. */
export function linkTo(
  view: View,
  location: Pick<Location, 'origin' | 'pathname'> = window.location,
): string {
  const { made } = useData.getState();
  const hash = encodeLink({
    pipeline: usePipeline.getState().pipeline,
    data: made ? { kind: 'simulated', request: made } : null,
  });
  return `${location.origin}${location.pathname}${searchOf(view, useUi.getState().hidden, '')}${hash}`;
}

/** The address that brings back the line-up of a race, and its world where that is simulated. */
export function raceLink(location: Pick<Location, 'origin' | 'pathname'> = window.location): string | null {
  const { lineUp, change } = useRace.getState();
  const first = lineUp[0];
  if (!first || lineUp.length < LEAST_ENTRANTS) return null;
  const { made } = useData.getState();
  const hash = encodeLink({
    pipeline: first.pipeline,
    data: made ? { kind: 'simulated', request: made } : null,
    race: { entrants: lineUp.map(({ name, pipeline, own }) => ({ name, pipeline, own })), change },
  });
  return `${location.origin}${location.pathname}${hash}`;
}

/** Light, dark, or as the system says. */
export function setTheme(theme: Theme): void {
  useUi.setState({ theme });
  remember('theme', theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
