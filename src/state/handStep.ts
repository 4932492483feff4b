/** What flowed in the last step that was taken by hand; read while its panel is open, and never otherwise. */
import { create } from 'zustand';
import type { StepReading } from '../../workers/protocol';

export const useHandStep = create<{
  readonly open: boolean;
  /** Of the run on the page; null before the first step by hand. */
  readonly reading: StepReading | null;
}>(() => ({ open: false, reading: null }));
