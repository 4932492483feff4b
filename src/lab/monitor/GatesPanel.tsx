/** Gates as a table: how much of each expert goes into each task's vector, level by level, with how spread each gate is. */
import { findSpec } from '../../blocks/catalog';
import { count, fraction } from '../../components/format';
import { Tag } from '../../components/Tag';
import { usePipeline, useUi } from '../../state/stores';
import { idleExperts, ownersOf, spreadOf } from '../builder/gates';
import { useLooks, useProbe, useTasks } from '../use';
import { RecordedMark } from './Recorded';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Whether the Bottom has gates at all. */
export const useHasGates = (): boolean =>
  usePipeline((s) => 'gates' in (findSpec('bottom', s.pipeline.bottom.block)?.probes ?? {}));

export function GatesPanel() {
  const bottom = usePipeline((s) => s.pipeline.bottom);
  const reading = useProbe('bottom', 'gates');
  const chosen = useUi((s) => s.cohort);
  const gated = useHasGates();
  const tasks = useTasks();
  const looks = useLooks();
  if (!gated) {
    return (
      <p className="empty">
        The Bottom of this pipeline has no gates. Place MMoE or PLE to see who uses which expert.
      </p>
    );
  }
  const cohort = reading?.cohorts.find((c) => c.name === chosen) ?? reading?.cohorts[0];
  const [levels = 0, gates = 0, experts = 0] = reading?.shape ?? [];
  // A reading of another pipeline's gates is gone with that pipeline.
  const fits = (gates === tasks.length || gates === 1) && cohort?.mean.length === levels * gates * experts;
  if (!reading || !cohort || !fits) {
    return <p className="empty">The first reading comes with the first evaluation: press Train.</p>;
  }
  const owners = ownersOf(bottom, tasks.length);
  const nameOf = (e: number) => {
    const owner = owners.length === experts ? owners[e] : undefined;
    if (owner === undefined) return `E${e + 1}`;
    const before = owners.slice(0, e).filter((o) => o === owner).length;
    return owner === null ? `S${before + 1}` : `${looks[owner]!.letter}${before + 1}`;
  };
  const share = (l: number, g: number, e: number) => cohort.mean[(l * gates + g) * experts + e]!;
  return (
    <div className="gates-panel">
      <p className="dim">
        <RecordedMark />
        Step {count(reading.step)}, mean over {count(cohort.rows)} validation rows; each row adds up to 1.
      </p>
      {upTo(levels).map((l) => {
        const rows = upTo(gates).map((g) => upTo(experts).map((e) => share(l, g, e)));
        const idle = idleExperts(rows);
        return (
          <table className="heat" key={l}>
            <caption>
              Level {l + 1}
              {idle.length > 0 && `: ${idle.map(nameOf).join(', ')} idle`}
            </caption>
            <thead>
              <tr>
                <td className="corner" />
                {upTo(experts).map((e) => (
                  <th key={e} scope="col">
                    {nameOf(e)}
                  </th>
                ))}
                <th scope="col">entropy</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, g) => (
                <tr key={tasks[g]!.id} className={gates === 1 ? 't0' : looks[g]!.hue}>
                  <th scope="row">
                    {gates === 1 ? 'all' : <Tag look={looks[g]!} />}
                    {gates > 1 && <span className="sr">{tasks[g]!.label} uses</span>}
                  </th>
                  {row.map((v, e) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: an expert is its place in the row
                    <td key={e} className="cell" style={{ '--v': v } as React.CSSProperties}>
                      {fraction(v, 2)}
                    </td>
                  ))}
                  <td>{fraction(spreadOf(row), 2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      })}
    </div>
  );
}
