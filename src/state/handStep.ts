/** The last step that was taken by hand: what flowed in it, read while its panel is open and never otherwise, and its pulse. */
import { create } from 'zustand';
import type { StepReading } from '../../workers/protocol';

export const useHandStep = create<{
  readonly open: boolean;
  /** Of the run on the page; null before the first step by hand. */
  readonly reading: StepReading | null;
  /** Another number with each step whose flow is being shown; 0 while none is. */
  readonly pulse: number;
}>(() => ({ open: false, reading: null, pulse: 0 }));
