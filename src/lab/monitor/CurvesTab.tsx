/** Loss and AUC by step, and the numbers behind them to take away. */
import { downloadCurves } from '../../state/export';
import { history } from '../../state/history';
import { useHistoryOf, useSpaces, useTasks } from '../use';
import { AucPanel } from './AucPanel';
import { LossPanel } from './LossPanel';
import { PageMetrics } from './PageMetrics';
import { Scrubber } from './Scrubber';

export function CurvesTab() {
  const tasks = useTasks();
  const spaces = useSpaces();
  const ghost = useHistoryOf((h) => h.ghost !== null);
  const empty = useHistoryOf((h) => (h.frames?.length ?? 0) === 0);
  return (
    <div className="curves-tab">
      <div className="curves-head">
        <p className="dim">
          Losses: faint as measured, strong an exponential moving average over all steps, debiased. AUC: as
          measured{ghost && '. Grey: earlier runs'}.
        </p>
        <Scrubber />
        <button type="button" className="btn" disabled={empty} onClick={() => downloadCurves(history, tasks)}>
          Download CSV
        </button>
      </div>
      <div className="panels many">
        {tasks.map((task, k) => (
          <LossPanel key={task.id} task={k} />
        ))}
        {spaces.map((space) => (
          <AucPanel key={space.id} space={space} />
        ))}
      </div>
      <PageMetrics />
    </div>
  );
}
