/** Loss and AUC by step, and the numbers behind them to take away. */
import { downloadCurves } from '../../state/export';
import { history } from '../../state/history';
import { useHistory, useSpaces, useTasks } from '../use';
import { AucPanel } from './AucPanel';
import { LossPanel } from './LossPanel';
import { PageMetrics } from './PageMetrics';

export function CurvesTab() {
  const tasks = useTasks();
  const spaces = useSpaces();
  const { frames, ghost } = useHistory();
  return (
    <div className="curves-tab">
      <div className="curves-head">
        <p className="dim">
          Losses: faint as measured, strong an exponential moving average over all steps, debiased. AUC: as
          measured{ghost && '. Grey: earlier runs'}.
        </p>
        <button
          type="button"
          className="btn"
          disabled={!frames || frames.length === 0}
          onClick={() => downloadCurves(history, tasks)}
        >
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
