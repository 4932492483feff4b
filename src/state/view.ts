/** What the page is for now (work, a lecture hall, one panel in a slide) and what the address says of it: `?lecture&hide=…`, `?embed=…`. */
import { EMBEDS, type Embed, HIDDEN_AT_FIRST, PARTS, type Part, useUi, type View } from './stores';

export interface Seen {
  readonly view: View;
  readonly hidden: readonly Part[];
  /** What could not be understood, in one sentence. */
  readonly refusal: string | null;
}

const isEmbed = (name: string): name is Embed => (EMBEDS as readonly string[]).includes(name);
const isPart = (name: string): name is Part => (PARTS as readonly string[]).includes(name);

/** Reads the query of an address. Never throws; what it does not know is said and left out. */
export function readView(search: string): Seen {
  const query = new URLSearchParams(search);
  const embed = query.get('embed');
  if (embed !== null) {
    // `?embed=1`, as other labs write it, is the panel that most people want.
    const panel = embed === '' || embed === '1' ? 'auc' : embed;
    if (isEmbed(panel)) return { view: { kind: 'embed', panel }, hidden: HIDDEN_AT_FIRST, refusal: null };
    return {
      view: { kind: 'lab' },
      hidden: HIDDEN_AT_FIRST,
      refusal: `The address asks for a panel "${panel.slice(0, 40)}" that there is not: write embed=${EMBEDS.join(', embed=')}.`,
    };
  }
  const list = query.get('hide');
  const names = list === null ? null : list.split(',').filter(Boolean);
  const unknown = names?.find((name) => !isPart(name));
  const hidden = names ? PARTS.filter((part) => names.includes(part)) : HIDDEN_AT_FIRST;
  return {
    view: { kind: query.has('lecture') ? 'lecture' : 'lab' },
    // A list that hides all there is leaves nothing to look at.
    hidden: hidden.length === PARTS.length ? HIDDEN_AT_FIRST : hidden,
    refusal:
      unknown === undefined
        ? null
        : `The address hides a part "${unknown.slice(0, 40)}" that there is not: write hide= with some of ${PARTS.join(', ')}.`,
  };
}

/** The query with which an address brings the view back; other settings in it stay. */
export function searchOf(view: View, hidden: readonly Part[], search: string): string {
  const query = new URLSearchParams(search);
  for (const key of ['lecture', 'hide', 'embed']) query.delete(key);
  if (view.kind === 'embed') query.set('embed', view.panel);
  if (view.kind === 'lecture') {
    query.set('lecture', '');
    if (String(hidden) !== String(HIDDEN_AT_FIRST)) query.set('hide', hidden.join(','));
  }
  const text = query
    .toString()
    .replace(/=(?=&|$)/g, '')
    .replaceAll('%2C', ',');
  return text && `?${text}`;
}

/** Takes over what the address asks for. @returns what is to be said of it, or null */
export function followView(search: string): string | null {
  const { view, hidden, refusal } = readView(search);
  useUi.setState({ view, hidden });
  return refusal;
}

/** Shows a view, and keeps the address in step so that a reload and a copied address bring it back. */
function show(view: View, hidden: readonly Part[]): void {
  useUi.setState({ view, hidden });
  const { pathname, search, hash } = window.location;
  window.history.replaceState(window.history.state, '', pathname + searchOf(view, hidden, search) + hash);
}

/** Lecture mode on or off. */
export function toggleLecture(): void {
  const { view, hidden } = useUi.getState();
  show({ kind: view.kind === 'lecture' ? 'lab' : 'lecture' }, hidden);
}

/** Shows or hides a part in lecture mode; the last one in sight stays. */
export function togglePart(part: Part): void {
  const { view, hidden } = useUi.getState();
  const next = PARTS.filter((p) => (p === part) !== hidden.includes(p));
  if (next.length < PARTS.length) show(view, next);
}
