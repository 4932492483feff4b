/** What flowed forward and back in a step by hand, told in stages, figures and sentences; fetched when it is first opened. */
import { count, fraction, loss, plain } from '../../components/format';
import { Tag } from '../../components/Tag';
import type { StepReading } from '../../pipeline/run';
import { blocksOf } from '../../pipeline/schema';
import { useHandStep } from '../../state/handStep';
import { useData, usePipeline } from '../../state/stores';
import type { Naming } from '../builder/insides/tables';
import { useLooks, useTasks } from '../use';
import { batchInWords, movedInWords, pullsInWords, shiftsOf, stepInWords } from './stepWords';

/** Three figures that count, also of what is small. */
const short = (value: number) => plain(Number(value.toPrecision(3))).replace(/^0\./, '.');

/** A step's stages, in words: what the pulse on the lanes shows to who wants motion. */
function Stages() {
  const pipeline = usePipeline((s) => s.pipeline);
  const blocks = blocksOf(pipeline);
  const titles = blocks.filter(({ path }) => path !== 'balancer').map(({ spec }) => spec.title);
  const balancer = blocks.find(({ path }) => path === 'balancer')!.spec.title;
  return (
    <ol className="step-stages" aria-label="Stages of a step">
      <li>
        <b>Forward</b> {['Data', ...titles].join(' → ')}
      </li>
      <li>
        <b>Losses</b> {pipeline.tasks.map((t) => t.label).join(', ')}
      </li>
      <li>
        <b>Back</b> gradients: {titles.toReversed().join(' → ')}
      </li>
      <li>
        <b>Update</b> {balancer}, then all weights move
      </li>
    </ol>
  );
}

/** What the names in each block's probes rest on. */
function useNaming(): (block: string) => Naming {
  const pipeline = usePipeline((s) => s.pipeline);
  const schema = useData((s) => s.summary?.schema ?? null);
  const blocks = blocksOf(pipeline);
  return (block) => {
    const found = blocks.find(({ path }) => block === path || block.startsWith(`${path}.`));
    return { tasks: pipeline.tasks, choice: found?.choice ?? pipeline.bottom, schema };
  };
}

function Figures({ reading }: { reading: StepReading }) {
  const labels = useTasks().map((t) => t.label);
  const looks = useLooks();
  const naming = useNaming();
  const shifts = shiftsOf(reading, naming);
  return (
    <>
      <p>
        {batchInWords(reading, labels)}. Learning rate {short(reading.rate)}.
      </p>
      <table className="figures">
        <caption>Forward and back, on these rows</caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Loss</th>
            <th scope="col">after it</th>
            <th scope="col">Weight</th>
            <th scope="col" title="Length of its gradient on the weights that other tasks reach too">
              Gradient, shared
            </th>
            <th scope="col" title="Length of its gradient on the weights that it alone reaches">
              its own
            </th>
          </tr>
        </thead>
        <tbody>
          {labels.map((label, k) => (
            <tr key={label}>
              <th scope="row">
                {looks[k] && <Tag look={looks[k]} />} {label}
              </th>
              <td className="num">{loss(reading.losses[k]!)}</td>
              <td className="num">{loss(reading.lossesAfter[k]!)}</td>
              <td className="num">{short(reading.weights[k]!)}</td>
              <td className="num">{short(reading.sharedNorms[k]!)}</td>
              <td className="num">{short(reading.ownNorms[k]!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {pullsInWords(reading, labels).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <dl className="step-moved">
        <dt>Weights moved by</dt>
        {reading.blocks.map((block) => (
          <dd key={block.path}>
            {block.title} <b>{movedInWords(block)}</b>
          </dd>
        ))}
      </dl>
      {shifts.length > 0 && (
        <dl className="step-moved">
          <dt>Changed most, mean over validation rows</dt>
          {shifts.map(({ what, before, after }) => (
            <dd key={what}>
              {what}{' '}
              <b>
                {fraction(before, 4)} → {fraction(after, 4)}
              </b>
            </dd>
          ))}
        </dl>
      )}
      <p className="dim">One batch: with few events in it, most of a gradient is chance.</p>
    </>
  );
}

/** The panel "This step". */
export default function StepSheet({ onClose }: { onClose: () => void }) {
  const reading = useHandStep((s) => s.reading);
  const labels = useTasks().map((t) => t.label);
  return (
    <section
      className="step-panel"
      aria-label="This step"
      onKeyDown={(e) => {
        if (e.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2>{reading ? `Step ${count(reading.step)}` : 'This step'}</h2>
        <button type="button" className="btn bare" onClick={onClose}>
          Close
        </button>
      </header>
      <p className="sr" role="status">
        {reading && stepInWords(reading, labels)}
      </p>
      <Stages />
      {reading ? (
        <Figures reading={reading} />
      ) : (
        <p>
          Press Step: each step by hand is then told here, its losses forward and its gradients back. A run
          that goes on is not read.
        </p>
      )}
    </section>
  );
}
