/** What the wires that are cut are worth: AUC of every column as the model is and without them, on the same rows. */

import { count, fraction, signed } from '../../../components/format';
import { StepNow } from '../../../components/Steady';
import { Tag } from '../../../components/Tag';
import type { AucLost } from '../../../pipeline/run';
import { blocksOf } from '../../../pipeline/schema';
import { mendAll, sameCuts, toggleWires, useCuts } from '../../../state/cuts';
import { useData, usePipeline, useRun, useUi } from '../../../state/stores';
import { useHistory, useLooks, useSimulated, useSpaces } from '../../use';
import { useLook } from '../useLook';
import { cutGroups } from './wireNames';

/** Standard errors to either side of a 95 % interval. */
const Z = 1.96;

/** Whether wires can be cut now: something must be there to be judged. */
export const useCanCut = (): boolean =>
  useRun((s) => s.phase === 'training' || s.phase === 'paused' || s.phase === 'finished');

/** What a loss of AUC says, and no more than its interval lets it. */
export function verdictOf({ whole, cut, lost }: AucLost): string {
  if (!whole.ok) return whole.reason;
  if (!cut.ok) return cut.reason;
  if (!lost) return 'cannot be compared';
  if (Math.abs(lost.value) <= Z * lost.se || lost.value === 0) return 'within noise';
  // Beyond noise and yet nothing that the four digits show.
  if (Math.abs(lost.value) < 0.00005) return 'next to nothing';
  return lost.value > 0 ? 'loses' : 'gains';
}

const auc = (of: AucLost['whole']): string => (of.ok ? fraction(of.value) : '–');

/** The change of an AUC with its 95 % interval; four digits, since wires are often worth little. */
export const changeOf = ({ lost }: AucLost): string =>
  lost ? `${signed(-lost.value, 4)} ± ${fraction(Z * lost.se, 4)}` : '–';

/** What is cut, to be mended by a press. */
function Cuts() {
  const cuts = useCuts((s) => s.cuts);
  const { readings } = useHistory('readings');
  const pipeline = usePipeline((s) => s.pipeline);
  const schema = useData((s) => s.summary?.schema ?? null);
  const groups = cutGroups(
    cuts,
    (block, name) => readings.probe(block, name, null, [])?.shape ?? null,
    (block) => ({
      tasks: pipeline.tasks,
      choice: (blocksOf(pipeline).find(({ path }) => block.startsWith(path)) ?? { choice: pipeline.bottom })
        .choice,
      schema,
    }),
  );
  return (
    <p className="cut-list">
      {groups.map(({ key, block, probe, wire, cells, where }) => (
        <button
          key={key}
          type="button"
          className="btn"
          title={`Mend ${wire}`}
          onClick={() => toggleWires(block, probe, cells)}
        >
          <span className="sr">Mend </span>
          {wire}
          {where && <small> {where}</small>} <span aria-hidden="true">×</span>
        </button>
      ))}
      <button type="button" className="btn" onClick={mendAll}>
        Mend all
      </button>
    </p>
  );
}

/** @param children what else there is to choose about a cut */
export function CutPanel({ children }: { children?: React.ReactNode }) {
  const steps = usePipeline((s) => s.pipeline.training.steps);
  useLook('cuts');
  const able = useCanCut();
  const cuts = useCuts((s) => s.cuts);
  const { readings } = useHistory('readings');
  const scrub = useUi((s) => s.scrub);
  const which = useUi((s) => s.auc);
  const simulated = useSimulated();
  const spaces = useSpaces();
  const looks = useLooks();
  const reading =
    cuts.length === 0
      ? null
      : readings.latest((f) => (f.cuts && sameCuts(f.cuts.cuts, cuts) ? f.cuts : null), scrub);
  const expected = simulated && which === 'expected';
  return (
    <section className="cut-panel" aria-label="Cut wires" data-testid="cut-panel">
      <header>
        <h3>Cut the wire</h3>
        {children}
      </header>
      {!able ? (
        <p className="dim">
          Press Train first: then a press on a cell cuts its wire, and every AUC is judged without it.
        </p>
      ) : cuts.length === 0 ? (
        <p className="dim">
          A press on a cell cuts its wire for a look: validation rows are judged without it, beside the model
          as it is. Training goes on as it was.
        </p>
      ) : (
        <Cuts />
      )}
      <div aria-live="polite">
        {able && cuts.length > 0 && !reading && <p className="dim">Reading…</p>}
        {reading && (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone the table scrolls sideways, and must do so by keyboard too */}
            <section className="table-scroll" tabIndex={0} aria-label="What the cut costs">
              <table className="figures">
                <thead>
                  <tr>
                    <th scope="col">{expected ? 'expected AUC' : 'AUC'}</th>
                    <th scope="col">as it is</th>
                    <th scope="col">cut</th>
                    <th scope="col">change</th>
                    <th scope="col">verdict</th>
                  </tr>
                </thead>
                <tbody>
                  {spaces.map((space) => {
                    const found = reading.spaces.find((s) => s.space === space.id);
                    const of = found && (expected ? found.expectedAuc : found.auc);
                    if (!of) return null;
                    const verdict = verdictOf(of);
                    return (
                      <tr key={space.id}>
                        <th scope="row">
                          <Tag look={looks[space.task]!} />
                          {space.name}
                        </th>
                        <td>{auc(of.whole)}</td>
                        <td>{auc(of.cut)}</td>
                        <td>{changeOf(of)}</td>
                        <td className={verdict === 'loses' || verdict === 'gains' ? undefined : 'dim'}>
                          {verdict}
                        </td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </section>
            <p className="dim">
              The same {count(reading.rows)} validation rows; ± 95 % of drawing other rows. A model trained
              without the wire might do without it. <StepNow step={reading.step} of={steps} />
            </p>
          </>
        )}
      </div>
    </section>
  );
}
