/** Actions on data: simulate a world, open a file. What fails leaves the data and the run as they were. */

import { WorkerDied } from '../../workers/client';
import type { DatasetSummary, Progress, SimulationRequest } from '../../workers/protocol';
import { tellError } from './notices';
import { describe, endForNewData, messageOf, theClient } from './session';
import { useData } from './stores';

let asked = 0;

/** Makes a simulated world and takes it into use. */
export function simulate(change: Partial<SimulationRequest> = {}): Promise<void> {
  const request = { ...useData.getState().request, ...change };
  useData.setState({ request });
  const client = theClient();
  return take('the simulated world', request, (report) =>
    client.data((api) => api.simulate(request, client.callback(report))),
  );
}

/** Reads a file on this machine; nothing is uploaded. */
export function openFile(file: File): Promise<void> {
  const client = theClient();
  return take(file.name, null, (report) =>
    client.data((api) => api.open([file], null, client.callback(report))),
  );
}

async function take(
  what: string,
  request: SimulationRequest | null,
  make: (report: (progress: Progress) => void) => Promise<DatasetSummary>,
): Promise<void> {
  const mine = ++asked;
  const stillWanted = () => mine === asked;
  useData.setState({ loading: { what, share: 0 } });
  try {
    const summary = await make(({ share }) => {
      if (stillWanted() && useData.getState().loading) useData.setState({ loading: { what, share } });
    });
    if (!stillWanted()) return;
    await endForNewData();
    await theClient().handOver();
    if (!stillWanted()) return;
    useData.setState({ summary, made: request, loading: null });
    await describe();
  } catch (cause) {
    // An older wish that a newer one overtook is no news.
    if (!stillWanted()) return;
    useData.setState({ loading: null });
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
  }
}
