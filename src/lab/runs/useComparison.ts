/** The kept runs beside one another, by the AUC that the page shows. */
import { useMemo } from 'react';
import { comparedRun, useRuns } from '../../state/runs/store';
import { useData, useUi } from '../../state/stores';
import { type Comparison, compareRuns } from '../../study/compare';

/** Null while there is no run. Without a pinned run, those on the data in use are compared. */
export function useComparison(): Comparison | null {
  const runs = useRuns((s) => s.runs);
  const baseline = useRuns((s) => s.baseline);
  const kind = useUi((s) => s.auc);
  const fingerprint = useData((s) => s.summary?.fingerprint);
  return useMemo(() => {
    if (!runs) return null;
    const here = runs.some((r) => r.run.data.fingerprint === fingerprint) ? fingerprint : undefined;
    return compareRuns(runs.map(comparedRun), baseline, kind, here);
  }, [runs, baseline, kind, fingerprint]);
}

/** `AUC`, or what is averaged over where the truth is known. */
export const aucName = (kind: 'expected' | 'label'): string =>
  kind === 'expected' ? 'expected AUC where the truth is known' : 'AUC on labels';
