/** Who races: marker, cost, how far each is and how fast, and in words what went wrong with one. */
import { compact, count, fraction } from '../../components/format';
import { RunMark } from '../../components/RunMark';
import { stepTimes } from '../../state/race/course';
import { costKey } from '../../state/race/lineUp';
import { millisecondsOf, type Racer, useRace } from '../../state/race/store';

const WORDS: Readonly<Record<Racer['state'], string>> = {
  waiting: 'at the line',
  racing: 'racing',
  finished: 'finished',
  stopped: 'stopped',
  diverged: 'diverged',
  failed: 'failed',
};

function Row({ racer, index }: { racer: Racer; index: number }) {
  useRace((s) => s.tick);
  const cost = useRace((s) => s.costs.get(costKey(racer.pipeline)));
  const { steps } = racer.pipeline.training;
  const { step } = racer.history;
  const each = millisecondsOf(stepTimes(index));
  return (
    <>
      <tr data-testid="racer">
        <th scope="row">
          <span className="run-cell">
            <RunMark mark={racer.mark} />
            <span>
              {racer.name}
              {index === 0 && <small>the others are measured against it</small>}
            </span>
          </span>
        </th>
        <td className="race-progress">
          <progress max={steps} value={Math.min(step, steps)} aria-label={`Steps of ${racer.name}`} />
          <span className="num">
            {/* One text: what stands behind a figure is not pushed by it. */}
            {`${count(step)} of ${count(steps)}`}
          </span>
        </td>
        <td>{WORDS[racer.state]}</td>
        <td className="num">{cost && cost.parameters > 0 ? compact(cost.parameters) : '–'}</td>
        <td className="num">{cost?.flops != null ? compact(cost.flops) : '–'}</td>
        <td className="num">{each === null ? '–' : `${fraction(each, each < 10 ? 1 : 0)} ms`}</td>
      </tr>
      {racer.message && (
        <tr>
          {/* A sentence has the whole width: a column of figures would break it into words. */}
          <td className="race-fault" colSpan={6}>
            <p className="refusal">
              {racer.name}: {racer.message}
            </p>
          </td>
        </tr>
      )}
    </>
  );
}

export function Racers() {
  const racers = useRace((s) => s.racers);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a narrow screen it scrolls sideways, and must do so by keyboard too
    <section className="table-scroll" tabIndex={0} aria-label="Who races">
      <table className="figures racers">
        <thead>
          <tr>
            <th scope="col">Entrant</th>
            <th scope="col">Step</th>
            <th scope="col">State</th>
            <th scope="col">Parameters</th>
            <th scope="col" title="Floating-point operations of the forward pass for one row">
              FLOP / row
            </th>
            <th
              scope="col"
              title="Milliseconds a step of its own turns, the median. They take turns in one worker, so the figures compare; on another machine they are others."
            >
              Step time
            </th>
          </tr>
        </thead>
        <tbody>
          {racers.map((racer, i) => (
            <Row key={racer.id} racer={racer} index={i} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
