/** The Data tab: make or open data, what is in use, what to know before training, and what is kept. */
import { openDataView } from '../../state/route';
import { useData } from '../../state/stores';
import { Checks } from './Checks';
import { Events, Facts, Notes, Oracle, SourceHead } from './InUse';
import { LoadingLine } from './LoadingLine';
import { OwnData } from './OwnData';
import { Shards } from './Shards';
import { WorldDials } from './WorldDials';

export function DataTab() {
  const summary = useData((s) => s.summary);
  const loading = useData((s) => s.loading);
  return (
    <div className="data-tab">
      <LoadingLine />
      <div className="panels">
        <section className="panel">
          {summary ? (
            <>
              <SourceHead summary={summary} />
              <div className="buttons">
                <button type="button" className="btn" onClick={openDataView}>
                  Look into the data
                </button>
              </div>
              <Events summary={summary} />
              <Facts summary={summary} />
            </>
          ) : (
            <p className="empty">
              {loading
                ? 'The simulated world is being drawn; everything else waits for it.'
                : 'There is no data yet: simulate a world or open a file.'}
            </p>
          )}
        </section>
        <section className="panel">
          <WorldDials />
        </section>
        <section className="panel">
          <OwnData />
          <Shards />
        </section>
        {summary && (
          <section className="panel">
            <h3>Checks</h3>
            <Checks checks={summary.checks} most={8} />
            <Notes notes={summary.notes} />
            <Oracle summary={summary} />
          </section>
        )}
      </div>
    </div>
  );
}
