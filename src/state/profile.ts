/** What the Data view shows of the data in use: asked of the worker once a data set, and forgotten with it. */
import { create } from 'zustand';
import { WorkerDied } from '../../workers/client';
import type { Profile } from '../../workers/protocol';
import { DEPENDENT_ABOVE } from '../data/profile/profile';
import { messageOf, theClient } from './session';
import { useData } from './stores';

interface ProfileStore {
  /** Of which data set. */
  readonly fingerprint: string | null;
  readonly profile: Profile | null;
  readonly refusal: string | null;
  /** Divergence above which a column counts as dependent on the market; outlives the data set. */
  readonly dependentAbove: number;
}

export const useProfile = create<ProfileStore>(() => ({
  fingerprint: null,
  profile: null,
  refusal: null,
  dependentAbove: DEPENDENT_ABOVE,
}));

/** Asks for the profile of the data in use, unless it is there or on its way. */
export async function loadProfile(again = false): Promise<void> {
  const fingerprint = useData.getState().summary?.fingerprint ?? null;
  if (fingerprint === null || (!again && useProfile.getState().fingerprint === fingerprint)) return;
  useProfile.setState({ fingerprint, profile: null, refusal: null });
  const stillWanted = () => useProfile.getState().fingerprint === fingerprint;
  try {
    const profile = await theClient().data((api) => api.profile());
    if (stillWanted()) useProfile.setState({ profile });
  } catch (cause) {
    const refusal =
      cause instanceof WorkerDied
        ? 'The worker that reads data stopped: open the data again.'
        : messageOf(cause);
    if (stillWanted()) useProfile.setState({ refusal });
  }
}
