/** Back through the steps that were recorded, and live at the end. The arrows go a step of the list, Page Up and Down a tenth, Home to the first and End back to live: a range input brings them along. */
import { indexAt } from './curves/plot';
import { count } from './format';

interface Props {
  /** What is read, for those who do not see it. */
  readonly label: string;
  /** Steps that can be gone to, ascending. */
  readonly steps: readonly number[];
  /** The step that is shown; null is live. */
  readonly at: number | null;
  /** Last step of the run: its figures keep the room of the step's. */
  readonly last: number;
  /** Beside the step while it is not live, by its place in the list. */
  readonly beside: (place: number) => string;
  readonly onScrub: (step: number | null) => void;
  readonly title?: string;
  readonly className?: string;
}

export function StepScrubber({ label, steps, at, last, beside, onScrub, title, className = '' }: Props) {
  // It stands there from the first: coming later, it would push what stands beside it.
  const newest = Math.max(0, steps.length - 1);
  const place = at === null ? newest : Math.max(0, indexAt(steps, at));
  const step = count(steps[place] ?? 0);
  return (
    <label className={`scrub ${className}`} title={title}>
      <span>
        step{' '}
        <b className="figure-grows" style={{ minWidth: `${count(last).length}ch` }}>
          {step}
        </b>{' '}
        <small>{at === null ? 'live' : beside(place)}</small>
      </span>
      <input
        type="range"
        min={0}
        max={newest}
        step={1}
        value={place}
        disabled={newest === 0}
        aria-label={label}
        aria-valuetext={at === null ? `live, step ${step}` : `step ${step}, ${beside(place)}`}
        style={{ '--share': newest === 0 ? 1 : place / newest } as React.CSSProperties}
        onChange={(e) => {
          const to = Number(e.target.value);
          onScrub(to === newest ? null : steps[to]!);
        }}
      />
    </label>
  );
}
