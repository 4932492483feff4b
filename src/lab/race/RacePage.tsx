/** The race: two to four pipelines on one batch stream, side by side, and what came of it. */
import { count } from '../../components/format';
import { newRace } from '../../state/race/actions';
import { pauseRace, resumeRace, stepRace, stopRace } from '../../state/race/course';
import { useRace, useRaceUnderWay } from '../../state/race/store';
import { closePage } from '../../state/route';
import { useData } from '../../state/stores';
import { AucChoice } from '../AucChoice';
import { LineUp } from './LineUp';
import { Outcome } from './Outcome';
import { RaceCharts } from './RaceCharts';
import { Racers } from './Racers';
import './race.css';
import '../runs/runs.css';

const WORDS = {
  setup: '',
  preparing: 'Bringing all to the line…',
  running: 'Racing',
  paused: 'Paused',
  ended: 'Ended',
} as const;

function Controls() {
  const phase = useRace((s) => s.phase);
  const seed = useRace((s) => s.racers[0]?.pipeline.training.seed ?? 0);
  const underWay = useRaceUnderWay();
  if (phase === 'setup') return null;
  return (
    <div className="race-controls">
      {(phase === 'running' || phase === 'preparing') && (
        // There from the first, so that what stands beside it is not pushed when the race begins.
        <button
          type="button"
          className="btn primary"
          disabled={phase === 'preparing'}
          onClick={() => void pauseRace()}
        >
          Pause
        </button>
      )}
      {phase === 'paused' && (
        <button type="button" className="btn primary" onClick={() => void resumeRace()}>
          Resume
        </button>
      )}
      {(phase === 'preparing' || phase === 'running' || phase === 'paused') && (
        <button
          type="button"
          className="btn"
          disabled={phase === 'preparing'}
          title="One step for each of them, then a rest (S)"
          onClick={() => void stepRace()}
        >
          Step all
        </button>
      )}
      {underWay && (
        <button type="button" className="btn" onClick={() => void stopRace()}>
          Stop
        </button>
      )}
      {phase === 'ended' && (
        <>
          <button type="button" className="btn" onClick={() => newRace()}>
            Change the line-up
          </button>
          <button type="button" className="btn" onClick={() => newRace(seed + 1)}>
            Again with seed {count(seed + 1)}
          </button>
        </>
      )}
      <b data-testid="race-state" role="status">
        {WORDS[phase]}
      </b>
    </div>
  );
}

export default function RacePage() {
  const phase = useRace((s) => s.phase);
  const failure = useRace((s) => s.failure);
  const title = useData((s) => s.summary?.source.title);
  return (
    <main className="race-page">
      <div className="runs-head">
        <h2>Race{title ? ` on ${title}` : ''}</h2>
        <span className="grow" />
        {phase !== 'setup' && <AucChoice />}
        <button type="button" className="btn" onClick={closePage}>
          Back to the lab
        </button>
      </div>
      {phase === 'setup' ? (
        <LineUp />
      ) : (
        <>
          <Controls />
          {failure && <p role="alert">{failure}</p>}
          <Racers />
          <RaceCharts />
          {phase === 'ended' && <Outcome />}
        </>
      )}
    </main>
  );
}
