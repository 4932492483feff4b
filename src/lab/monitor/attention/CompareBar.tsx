/** Which rows and which step a reading is of, and what is taken off it: another cohort, or a step that was pinned. */
import { useId } from 'react';
import { count } from '../../../components/format';
import { type Minus, useUi } from '../../../state/stores';
import { Scrubber } from '../Scrubber';
import { useLook } from '../useLook';
import type { Compared } from './compare';

const NOTHING = 'nothing';
const PINNED = 'step';
const optionOf = (minus: Minus | null) =>
  minus === null ? NOTHING : minus.kind === 'step' ? PINNED : `cohort ${minus.name}`;

export function CompareBar({ of }: { of: Pick<Compared, 'cohort' | 'cohorts' | 'step' | 'minus'> }) {
  useLook('cohorts');
  const minus = useUi((s) => s.minus);
  const id = useId();
  const names = of.cohorts.map((c) => c.name);
  const choose = (value: string) => {
    if (value === NOTHING) useUi.setState({ minus: null });
    else if (value.startsWith('cohort ')) {
      useUi.setState({ minus: { kind: 'cohort', name: value.slice('cohort '.length) } });
    }
  };
  const pinned = minus?.kind === 'step' ? minus.step : null;
  const unread = minus !== null && of.minus === null;
  return (
    <div className="compare-bar">
      <label className="choice">
        Cohort{' '}
        <select
          className="text"
          value={of.cohort}
          onChange={(e) => useUi.setState({ cohort: e.target.value })}
        >
          {of.cohorts.map(({ name, rows }) => (
            <option key={name} value={name}>
              {name} ({count(rows)} rows)
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        minus{' '}
        <select
          className="text"
          value={optionOf(minus)}
          aria-describedby={unread ? `${id}u` : undefined}
          onChange={(e) => choose(e.target.value)}
        >
          <option value={NOTHING}>nothing</option>
          {pinned !== null && <option value={PINNED}>step {count(pinned)}</option>}
          {(minus?.kind === 'cohort' && !names.includes(minus.name) ? [...names, minus.name] : names)
            .filter((name) => name !== of.cohort || optionOf(minus) === `cohort ${name}`)
            .map((name) => (
              <option key={name} value={`cohort ${name}`}>
                {name}
              </option>
            ))}
        </select>
      </label>
      <button
        type="button"
        className="btn"
        title="Takes this step’s numbers off those of every other step"
        onClick={() => useUi.setState({ minus: { kind: 'step', step: of.step } })}
      >
        Pin this step
      </button>
      <Scrubber />
      {unread && (
        <p className="dim" id={`${id}u`}>
          What is to be taken off was not read at this step: the values stand as they are.
        </p>
      )}
    </div>
  );
}
