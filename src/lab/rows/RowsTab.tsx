/** One row or one whole page of the validation part, with all that the model makes of it at its weights of now. */
import { useEffect } from 'react';
import { Empty } from '../../components/Empty';
import { Segments } from '../../components/fields';
import { readable, refresh, useRowView } from '../../state/rowView';
import { useRun } from '../../state/stores';
import { useWaiting } from '../monitor/useLook';
import { useHistoryOf } from '../use';
import { PageView } from './PageView';
import { RowView } from './RowView';
import './rows.css';

/** Reads anew what is on the screen when the tab or the view opens, at a pause, and with each evaluation; never otherwise. */
function useFresh(): void {
  const view = useRowView((s) => s.view);
  const phase = useRun((s) => s.phase);
  const evaluated = useHistoryOf((h) => h.last?.step ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the phase and the evaluation are what ask anew
  useEffect(refresh, [phase, evaluated]);
  useEffect(() => {
    // Whoever opened the view may have asked for something already.
    if (!useRowView.getState()[view].busy) refresh();
  }, [view]);
}

export default function RowsTab() {
  useFresh();
  const view = useRowView((s) => s.view);
  const phase = useRun((s) => s.phase);
  const waiting = useWaiting();
  return (
    <div className="rows-tab">
      <div className="rows-bar">
        <Segments
          label="Look at"
          options={[
            { value: 'row', label: 'a row' },
            { value: 'page', label: 'a page' },
          ]}
          value={view}
          onChange={(to) => useRowView.setState({ view: to })}
        />
      </div>
      {!readable(phase) && (
        <Empty
          shows={
            view === 'row'
              ? 'What the model makes of one row: its inputs, its inside, its probabilities.'
              : 'One page as the shopper would get it, under each way to order it.'
          }
        >
          {waiting}
        </Empty>
      )}
      {readable(phase) && (view === 'row' ? <RowView /> : <PageView />)}
    </div>
  );
}
