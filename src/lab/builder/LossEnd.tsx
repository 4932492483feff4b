/** The end of the lanes: each task's live loss and its weight. The whole column selects tasks and balancer. */

import { findSpec } from '../../blocks/catalog';
import { fraction, loss, plain } from '../../components/format';
import { Tag } from '../../components/Tag';
import { FRAME_HEAD } from '../../state/history';
import { usePipeline, useUi } from '../../state/stores';
import { useLit } from '../parts';
import { useHistory, useLooks } from '../use';
import type { Layout } from './places';

export function LossEnd({ layout }: { layout: Layout }) {
  const { tasks, balancer } = usePipeline((s) => s.pipeline);
  const looks = useLooks();
  const { frames, balance } = useHistory('frames');
  const selected = useUi((s) => s.selected === 'loss');
  const [lossLit, weightLit] = [useLit('loss'), useLit('weight')];
  const { x, y, w, h } = layout.boxes.loss;
  // Loss, name and weight one below the other need 80 px from lane to lane.
  const dense = !layout.vertical && tasks.length > 1 && layout.lanes[1]! - layout.lanes[0]! < 80;
  const title = findSpec('balancer', balancer.block)?.short ?? balancer.block;
  return (
    <>
      <button
        type="button"
        className="card loss-card"
        style={{ left: x, top: y, width: w, height: h }}
        data-pillar="balancer"
        aria-pressed={selected}
        aria-label={`Loss: ${title}, weights and tasks`}
        onClick={() => useUi.setState({ selected: 'loss', openPillar: 'balancer' })}
      >
        <span>{title}</span>
      </button>
      {tasks.map((task, k) => {
        const value =
          frames && frames.length > 0 && frames.columns > FRAME_HEAD + k
            ? frames.smoothAt(frames.length - 1, FRAME_HEAD + k)
            : null;
        // What the balancer gave the task at the last step; λ where the weights are the user's.
        const weight = balance?.last(1 + k) ?? null;
        const lane = layout.lanes[k]!;
        const at = layout.vertical
          ? { left: lane - 60, top: y + 34, width: 120 }
          : { left: x + 8, top: lane - (dense ? 10 : 36), width: w - 8 };
        return (
          <div
            key={task.id}
            className={`loss-end ${dense ? 'dense' : ''} ${layout.vertical ? 'centred' : ''}`}
            style={at}
          >
            <Tag look={looks[k]!} />
            <b data-testid={`loss-${task.id}`} data-part="loss" className={lossLit ? 'lit' : undefined}>
              {value === null ? '–' : loss(value)}
            </b>
            {!dense && <span>{task.label}</span>}
            <small data-part="weight" className={weightLit ? 'lit' : undefined}>
              {weight === null ? `λ ${plain(task.lossWeight)}` : `w ${fraction(weight, 2)}`}
            </small>
          </div>
        );
      })}
    </>
  );
}
