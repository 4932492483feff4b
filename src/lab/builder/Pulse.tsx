/** How a step flows, drawn: a pulse a lane, forward from the data to the losses, then back with the gradients. */
import type { CSSProperties } from 'react';
import { blocksOf } from '../../pipeline/schema';
import { useHandStep } from '../../state/handStep';
import { usePipeline, useRun } from '../../state/stores';
import { useHistoryOf, useLooks } from '../use';
import { type Layout, span } from './places';
import './pulse.css';

/** Milliseconds of a step by hand. */
const BY_HAND = 1200;
/** Least milliseconds of a pulse: the page hears of steps no more often, so that of quicker ones each pulse stands for several. */
const LEAST = 200;

/** Where a pulse turns: the way begins behind the input, runs on the trunk, bends to its lane and ends at the loss. */
interface Way {
  /** Positions along the flow. */
  readonly along: readonly [number, number, number, number];
  /** Positions across it: on the trunk, and on the lane. */
  readonly trunk: number;
  readonly lane: number;
}

/** Room between pulses that share the trunk. */
const APART = 10;

/**
 * @param together whether tasks share the Bottom's inside, so that lanes part behind it
 * @returns by task, its pulse's way
 */
export function waysOf(layout: Layout, together: boolean): Way[] {
  const [, start] = span(layout, layout.vertical ? 'data' : 'input');
  const [bottomStart, bottomEnd] = span(layout, 'bottom');
  const [lossStart] = span(layout, 'loss');
  const [bend, lane] = together ? [bottomEnd - 22, bottomEnd - 2] : [bottomStart, bottomStart + 32];
  const K = layout.lanes.length;
  return layout.lanes.map((at, k) => ({
    along: [start, bend, lane, lossStart - 8],
    trunk: layout.middle + (k - (K - 1) / 2) * Math.min(APART, 40 / K),
    lane: at,
  }));
}

/** The turning points as the style that the animation reads. */
function pointsOf({ along, trunk, lane }: Way, vertical: boolean): CSSProperties {
  const style: Record<string, string> = {};
  along.forEach((a, i) => {
    const c = i < 2 ? trunk : lane;
    const [x, y] = vertical ? [c, a] : [a, c];
    style[`--p${i}`] = `${x}px, ${y}px`;
  });
  return style as CSSProperties;
}

export default function Pulse({ layout }: { layout: Layout }) {
  const looks = useLooks();
  const slow = useRun((s) => (s.phase === 'training' ? s.speed : null));
  const step = useHistoryOf((h) => h.step);
  const byHand = useHandStep((s) => s.pulse);
  const together = usePipeline(({ pipeline }) => {
    const { spec } = blocksOf(pipeline).find(({ path }) => path === 'bottom')!;
    return spec.id === 'shared-bottom' || 'gates' in spec.probes;
  });
  const beat = slow === null ? BY_HAND : Math.max(LEAST, 1000 / slow);
  const turn = layout.vertical ? 90 : 0;
  return (
    <div
      // Each step begins a new pulse; one that is late is not made up for.
      key={slow === null ? `by hand ${byHand}` : step}
      className="pulse"
      style={{ '--beat': `${beat}ms` } as CSSProperties}
      onAnimationEnd={({ animationName }) => {
        if (animationName === 'pulse-back' && slow === null) useHandStep.setState({ pulse: 0 });
      }}
    >
      {waysOf(layout, together).flatMap((way, k) =>
        ['there', 'back'].map((direction) => (
          <svg
            aria-hidden="true"
            key={`${direction}${looks[k]!.letter}`}
            className={`${direction} ${looks[k]!.hue}`}
            style={pointsOf(way, layout.vertical)}
            viewBox="-9 -9 18 18"
          >
            <path d="M-6-7L8 0L-6 7z" transform={`rotate(${direction === 'there' ? turn : turn + 180})`} />
          </svg>
        )),
      )}
    </div>
  );
}
