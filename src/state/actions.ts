/** Everything that a key does, as one table: shortcuts, the help sheet and hints on buttons all read it. */
import { setTheme } from './boot';
import { redo, undo } from './edits';
import { raceOrPause, resetRace } from './race/actions';
import { stepRace } from './race/course';
import { openPage } from './route';
import { changeSpeed, reset, step, trainOrPause } from './session';
import { remember, THEMES } from './storage';
import { TABS, useUi } from './stores';
import { toggleLecture } from './view';

/** What of a key press matters. */
export type Key = Pick<KeyboardEvent, 'key' | 'shiftKey'>;

export interface Action {
  /** As it is printed, e.g. "Ctrl + Z". */
  readonly key: string;
  readonly what: string;
  /** Groups of the help sheet. */
  readonly group: 'Run' | 'Look' | 'Edit' | 'Help';
  /** Whether the event is this key; modifiers have been looked at already. */
  readonly is: (event: Key) => boolean;
  /** With Ctrl (or ⌘); such keys act even where single keys are switched off. */
  readonly ctrl?: boolean;
  /** Space and Enter belong to the control that has the focus. */
  readonly yields?: boolean;
  readonly run: (event: Key) => void;
}

const letter = (name: string) => (event: Key) => event.key.toLowerCase() === name;
const sign = (name: string) => (event: Key) => event.key === name;

function nextTheme(): void {
  const at = THEMES.indexOf(useUi.getState().theme);
  setTheme(THEMES[(at + 1) % THEMES.length]!);
}

/** Whether single keys act on the page: speech input and some screen readers send them by accident. */
export function setKeys(on: boolean): void {
  useUi.setState({ keys: on });
  remember('keys', on);
}

export const openHelp = (): void => useUi.setState({ dialog: 'help' });
export const openShare = (): void => useUi.setState({ dialog: 'share' });

/** Starts the tour; it shows the lab, and is not offered again. */
export function startTour(): void {
  useUi.setState({ dialog: 'tour' });
  declineTour();
}

export function declineTour(): void {
  useUi.setState({ toured: true });
  remember('toured', true);
}

/** On the page of the race its keys are the race's. */
const racing = () => useUi.getState().route === 'race';

export const ACTIONS: readonly Action[] = [
  {
    key: 'Space',
    what: 'train or pause, here or in a race, unless a control has the focus',
    group: 'Run',
    is: sign(' '),
    yields: true,
    run: () => void (racing() ? raceOrPause() : trainOrPause()),
  },
  {
    key: 'S',
    what: 'one step',
    group: 'Run',
    is: letter('s'),
    run: () => void (racing() ? stepRace() : step()),
  },
  {
    key: 'R',
    what: 'reset to step 0; in a race, stop it and go back to the line-up',
    group: 'Run',
    is: letter('r'),
    run: () => void (racing() ? resetRace() : reset()),
  },
  {
    key: ',',
    what: 'slower, down to one step a second',
    group: 'Run',
    is: sign(','),
    run: () => changeSpeed(1),
  },
  { key: '.', what: 'faster, up to full speed', group: 'Run', is: sign('.'), run: () => changeSpeed(-1) },
  { key: 'L', what: 'lecture mode on or off', group: 'Look', is: letter('l'), run: toggleLecture },
  { key: 'T', what: 'next theme: system, light, dark', group: 'Look', is: letter('t'), run: nextTheme },
  {
    key: `1 … ${TABS.length}`,
    what: 'a tab of the readings',
    group: 'Look',
    is: ({ key }) => /^\d$/.test(key) && TABS[Number(key) - 1] !== undefined,
    run: ({ key }) => useUi.setState({ tab: TABS[Number(key) - 1]! }),
  },
  { key: 'D', what: 'look into the data', group: 'Look', is: letter('d'), run: () => openPage('data') },
  {
    key: 'Ctrl + Z',
    what: 'undo a change of the pipeline',
    group: 'Edit',
    ctrl: true,
    is: (e) => letter('z')(e) && !e.shiftKey,
    run: undo,
  },
  {
    key: 'Ctrl + Shift + Z',
    what: 'redo, as does Ctrl + Y',
    group: 'Edit',
    ctrl: true,
    is: (e) => (letter('z')(e) && e.shiftKey) || letter('y')(e),
    run: redo,
  },
  { key: 'C', what: 'share: a link to this lab, copied', group: 'Help', is: letter('c'), run: openShare },
  { key: '?', what: 'this sheet', group: 'Help', is: sign('?'), run: openHelp },
];

/** The action that a key press stands for, or null. */
export const actionOf = (event: Key, ctrl: boolean): Action | null =>
  ACTIONS.find((a) => (a.ctrl ?? false) === ctrl && a.is(event)) ?? null;
