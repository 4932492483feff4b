/** Kept runs in the dock: the list, the seesaw plane, and the way to the full comparison. */
import { openRace, openRuns } from '../../state/route';
import { RunList, RunTools } from './RunList';
import { SeesawPlane } from './SeesawPlane';
import { useComparison } from './useComparison';
import './runs.css';

export default function RunsTab() {
  const comparison = useComparison();
  return (
    <div className="runs-tab">
      <section className="runs-left" aria-label="Kept runs">
        <div className="runs-head">
          <h2>Runs</h2>
          <span className="grow" />
          <RunTools />
          <button type="button" className="btn" onClick={openRace}>
            Race
          </button>
          <button type="button" className="btn" onClick={openRuns}>
            Compare in full
          </button>
        </div>
        <RunList />
      </section>
      <SeesawPlane comparison={comparison} />
    </div>
  );
}
