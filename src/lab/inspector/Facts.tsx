/**
 * What a block costs: parameters, operations a row, and its share of a step's time, measured while it trains and counted before;
 * and how long its weights and their gradient are.
 */
import { compact, count, loss, percent } from '../../components/format';
import { Steady } from '../../components/Steady';
import type { TimeReading } from '../../pipeline/run';
import { usePipeline, useRun } from '../../state/stores';
import { useLook } from '../monitor/useLook';

const sum = ({ forward, backward, update }: TimeReading['blocks'][number]) => forward + backward + update;

/** A block's share of a step's milliseconds; null where the reading does not know it. */
export function shareOfTime({ batch, blocks }: TimeReading, path: string): number | null {
  const mine = blocks.find((b) => b.path === path);
  const all = blocks.reduce((ms, b) => ms + sum(b), batch);
  return mine && all > 0 ? sum(mine) / all : null;
}

/** What of the share is what, in words for a hint. */
function timeInWords(times: TimeReading, path: string): string {
  const { forward, backward, update } = times.blocks.find((b) => b.path === path)!;
  return `Mean of ${count(times.steps)} steps: forward ${loss(forward)} ms, backward ${loss(backward)} ms, its part of the optimiser ${loss(update)} ms. A step is all blocks and the gathering of its batch; frames and evaluations are no part of it.`;
}

const COUNTED =
  'Share of the model’s operations in a forward pass: counted, not timed. How long they take depends on backend and machine.';

const NORM = 'Euclidean length of';

/** Room of a norm. */
const ROOM = '0.00000';

export function Facts({ path }: { path: string }) {
  useLook('times');
  useLook('norms');
  const info = useRun((s) => s.description?.blocks.find((b) => b.path === path));
  const cost = useRun((s) => s.costs?.find((c) => c.path === path));
  const all = useRun((s) => s.costs?.reduce((n, c) => n + c.flops, 0) ?? 0);
  const times = useRun((s) => s.times);
  const norms = useRun((s) => s.norms);
  const norm = norms?.blocks.find((b) => b.path === path);
  const gpu = useRun((s) => s.backend?.name === 'webgpu');
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const timed = times && shareOfTime(times, path);
  const words = (step: number) => `Share of a step: measured at step ${count(step)}.`;
  const untimed = gpu
    ? 'Share by FLOP: a GPU’s blocks are not timed apart.'
    : 'Share by FLOP; it is measured while it trains.';
  return (
    <>
      <dl className="facts">
        <div>
          <dt>params</dt>
          <dd>{info ? compact(info.parameterCount) : '–'}</dd>
        </div>
        <div title="Floating-point operations of the forward pass for one row; a multiplication and an addition are two.">
          <dt>FLOP / row</dt>
          <dd>{cost ? compact(cost.flops) : '–'}</dd>
        </div>
        <div title={times && timed !== null ? timeInWords(times, path) : COUNTED}>
          <dt>{timed === null ? 'share, by FLOP' : 'share of a step'}</dt>
          <dd>{timed !== null ? percent(timed) : cost && all > 0 ? percent(cost.flops / all) : '–'}</dd>
        </div>
        <div title={`${NORM} all weights of the block${norms ? ` after step ${count(norms.step)}` : ''}.`}>
          <dt>‖weights‖</dt>
          <dd>
            <Steady room={ROOM}>{norm ? loss(norm.weights) : '–'}</Steady>
          </dd>
        </div>
        <div
          title={`${NORM} the gradient of the loss by them${norms ? `, on the batch after step ${count(norms.step)}` : ''}: as the balancer makes it, before clipping.`}
        >
          <dt>‖gradient‖</dt>
          <dd>
            <Steady room={ROOM}>{norm ? loss(norm.gradient) : '–'}</Steady>
          </dd>
        </div>
      </dl>
      <p className="facts-how dim">
        <Steady room={words(Math.max(steps, 10_000))}>
          {times && timed !== null ? words(times.step) : untimed}
        </Steady>
      </p>
    </>
  );
}
