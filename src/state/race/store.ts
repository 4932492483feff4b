/** The race on the page: its line-up, how far it is, and what each entrant has told. */
import { create } from 'zustand';
import type { Entrant } from '../../pipeline/entrant';
import type { Training } from '../../pipeline/schema';
import type { History } from '../history';

/** `preparing`: the worker brings all to the line; `ended`: everybody came to an end, or the race was stopped. */
export type RacePhase = 'setup' | 'preparing' | 'running' | 'paused' | 'ended';

/** A place in the line-up. */
export interface LineUpEntry extends Entrant {
  readonly id: string;
}

/** What an entrant costs; null while it is being counted. */
export interface EntrantCost {
  readonly parameters: number;
  /** Floating-point operations of the forward pass for one row. */
  readonly flops: number | null;
}

/** An entrant of the race that is shown. */
export interface Racer {
  /** Id of its entry in the list of kept runs. */
  readonly id: string;
  readonly name: string;
  readonly mark: number;
  readonly pipeline: Entrant['pipeline'];
  readonly state: 'waiting' | 'racing' | 'finished' | 'stopped' | 'diverged' | 'failed';
  /** Why it failed. */
  readonly message: string | null;
  /** Its curves, in typed arrays outside React; drawn again with `tick`. */
  readonly history: History;
}

export interface ResumableRace {
  readonly names: readonly string[];
  /** Where the last of them stands. */
  readonly step: number;
  readonly steps: number;
}

interface RaceStore {
  readonly phase: RacePhase;
  readonly lineUp: readonly LineUpEntry[];
  /** Where all entrants' settings are not the first one's. */
  readonly change: Partial<Pick<Training, 'steps' | 'batch' | 'seed'>>;
  /** Whether the differences that are shown have been taken note of. */
  readonly confirmed: boolean;
  /** By pipeline, as JSON. */
  readonly costs: ReadonlyMap<string, EntrantCost>;
  readonly id: string;
  readonly racers: readonly Racer[];
  /** Fingerprint of the data that it runs on. */
  readonly fingerprint: string;
  /** Why the race as a whole ended early, in one sentence. */
  readonly failure: string | null;
  /** Whether those that finished have been compared row by row. */
  readonly judged: boolean;
  /** Counts redraws of what moves: at most five a second. */
  readonly tick: number;
  /** Step at which its curves are read; null is live. */
  readonly read: number | null;
  /** A race that a reload cut off and that can go on. */
  readonly resumable: ResumableRace | null;
}

export const useRace = create<RaceStore>(() => ({
  phase: 'setup',
  lineUp: [],
  change: {},
  confirmed: false,
  costs: new Map(),
  id: '',
  racers: [],
  fingerprint: '',
  failure: null,
  judged: false,
  tick: 0,
  read: null,
  resumable: null,
}));

const UNDER_WAY: readonly RacePhase[] = ['preparing', 'running', 'paused'];

/** Whether the trainer belongs to a race now. */
export const raceUnderWay = (): boolean => UNDER_WAY.includes(useRace.getState().phase);

export const useRaceUnderWay = (): boolean => useRace((s) => UNDER_WAY.includes(s.phase));

/** Milliseconds a step of each racer's own turns: the median over its frames, the first of which still warms up. */
export function millisecondsOf(frames: readonly number[]): number | null {
  const warm = (frames.length > 1 ? frames.slice(1) : frames).toSorted((a, b) => a - b);
  return warm.length === 0 ? null : warm[Math.floor(warm.length / 2)]!;
}
