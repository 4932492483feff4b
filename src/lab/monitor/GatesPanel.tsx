/** Gates as a table: how much of each expert goes into each task's vector, level by level, with how spread each gate is. */
import type { ProbeReading } from '../../../workers/protocol';
import { CATALOG, findSpec } from '../../blocks/catalog';
import { count, fraction, percent } from '../../components/format';
import { Tag } from '../../components/Tag';
import type { TaskLook } from '../../components/tasks';
import { usePipeline, useUi } from '../../state/stores';
import { IDLE, idleExperts, ownersOf, spreadOf } from '../builder/gates';
import { useLooks, useProbe, useTasks } from '../use';
import { CohortChoice } from './CohortChoice';
import { RecordedMark } from './Recorded';
import { Scrubber } from './Scrubber';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The Bottoms that have gates, in words. */
const GATED = new Intl.ListFormat('en', { type: 'disjunction' }).format(
  Object.values(CATALOG.bottom).flatMap((spec) => ('gates' in spec.probes ? [spec.title] : [])),
);

/** Whether the Bottom has gates at all. */
export const useHasGates = (): boolean =>
  usePipeline((s) => 'gates' in (findSpec('bottom', s.pipeline.bottom.block)?.probes ?? {}));

/** How much of each expert goes into each vector, [levels, gates, experts] of one cohort. */
interface Shares {
  readonly levels: number;
  readonly gates: number;
  readonly experts: number;
  readonly mean: ArrayLike<number>;
}

/** A reading's cohort as shares; null where it belongs to a pipeline that is gone. */
function sharesOf(reading: ProbeReading | null, chosen: string): Shares | null {
  const cohort = reading?.cohorts.find((c) => c.name === chosen) ?? reading?.cohorts[0];
  const [levels = 0, gates = 0, experts = 0] = reading?.shape ?? [];
  return cohort && cohort.mean.length === levels * gates * experts && cohort.mean.length > 0
    ? { levels, gates, experts, mean: cohort.mean }
    : null;
}

const rowsOf = ({ gates, experts, mean }: Shares, level: number): number[][] =>
  upTo(gates).map((g) => upTo(experts).map((e) => mean[(level * gates + g) * experts + e]!));

/** What a gate mixes for: a task, or a stream or an expert by name. */
interface Reader {
  readonly name: string;
  readonly look?: TaskLook | undefined;
}

/** One level's gates: who reads, what of each expert, and how spread that is. */
function GateTable({
  caption,
  rows,
  readers,
  nameOf,
}: {
  caption: string;
  rows: readonly (readonly number[])[];
  readers: readonly Reader[];
  nameOf: (expert: number) => string;
}) {
  const idle = idleExperts(rows);
  return (
    <table className="heat">
      <caption>
        {caption}
        {idle.length > 0 && <b>: {idle.map(nameOf).join(', ')} dead</b>}
      </caption>
      <thead>
        <tr>
          <td className="corner" />
          {upTo(rows[0]?.length ?? 0).map((e) => (
            <th key={e} scope="col" className={idle.includes(e) ? 'dead' : undefined}>
              {nameOf(e)}
            </th>
          ))}
          <th scope="col">entropy</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, g) => {
          const { name, look } = readers[g]!;
          return (
            <tr key={name} className={look?.hue ?? 't0'}>
              <th scope="row">
                {look ? <Tag look={look} /> : name}
                {look && <span className="sr">{name} uses</span>}
              </th>
              {row.map((v, e) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: an expert is its place in the row
                <td key={e} className="cell" style={{ '--v': v } as React.CSSProperties}>
                  {fraction(v, 2)}
                </td>
              ))}
              <td>{fraction(spreadOf(row), 2)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Between the levels: what the shared stream of PLE reads, and what each expert of ML-MMoE reads of the level below. */
function Between({ nameOf }: { nameOf: (expert: number) => string }) {
  const chosen = useUi((s) => s.cohort);
  const tasks = useTasks();
  const shared = sharesOf(useProbe('bottom', 'sharedGate'), chosen);
  const reading = useProbe('bottom', 'levelGates');
  const [inputs = 0, levels = 0, gates = 0, experts = 0] = reading?.shape ?? [];
  const below = sharesOf(reading && { ...reading, shape: [inputs * levels, gates, experts] }, chosen);
  return (
    <>
      {shared &&
        upTo(shared.levels).map((l) => (
          <GateTable
            key={l}
            caption={`Level ${l + 1}, shared stream`}
            rows={rowsOf(shared, l)}
            readers={[{ name: 'shared' }]}
            nameOf={nameOf}
          />
        ))}
      {below &&
        upTo(below.levels).map((l) => (
          <GateTable
            key={l}
            caption={
              `Experts of level ${(l % levels) + 2} read level ${(l % levels) + 1}` +
              (inputs > 1 ? `, ${tasks[Math.floor(l / levels)]?.label ?? ''}` : '')
            }
            rows={rowsOf(below, l)}
            readers={upTo(gates).map((e) => ({ name: `E${e + 1}` }))}
            nameOf={(e) => `E${e + 1}`}
          />
        ))}
    </>
  );
}

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
        The Bottom of this pipeline has no gates. Place {GATED} to see who uses which expert.
      </p>
    );
  }
  const shares = sharesOf(reading, chosen);
  if (!reading || !shares || (shares.gates !== tasks.length && shares.gates !== 1)) {
    return <p className="empty">The first reading comes with the first evaluation: press Train.</p>;
  }
  const cohort = reading.cohorts.find((c) => c.name === chosen) ?? reading.cohorts[0]!;
  const owners = ownersOf(bottom, tasks.length);
  const nameOf = (e: number) => {
    const owner = owners.length === shares.experts ? owners[e] : undefined;
    if (owner === undefined) return `E${e + 1}`;
    const before = owners.slice(0, e).filter((o) => o === owner).length;
    return owner === null ? `S${before + 1}` : `${looks[owner]!.letter}${before + 1}`;
  };
  // The one table of a Bottom whose levels lie below it is the top one.
  const lower = 'levelGates' in (findSpec('bottom', bottom.block)?.probes ?? {});
  return (
    <div className="gates-panel">
      <p className="dim">
        <RecordedMark />
        Step {count(reading.step)}, mean over {count(cohort.rows)} validation rows; each row adds up to 1.
      </p>
      {upTo(shares.levels).map((l) => (
        <GateTable
          key={l}
          caption={lower ? 'Top level' : `Level ${l + 1}`}
          rows={rowsOf(shares, l)}
          readers={
            shares.gates === 1 ? [{ name: 'all' }] : tasks.map((t, k) => ({ name: t.label, look: looks[k] }))
          }
          nameOf={nameOf}
        />
      ))}
      <Between nameOf={nameOf} />
      <p className="dim">
        An expert is called dead where every gate of its level gives it less than {percent(IDLE)} on average.
        Entropy: 0, the gate reads one expert alone; 1, all that it reads weigh alike.
      </p>
    </div>
  );
}

/** Gates with the choice of rows and of the step. */
export function GatesTab() {
  const reading = useProbe('bottom', 'gates');
  const gated = useHasGates();
  return (
    <div className="attention-tab">
      {gated && reading && (
        <div className="attention-head">
          <p>
            <b>Row uses column.</b>
          </p>
          <CohortChoice cohorts={reading.cohorts} />
          <Scrubber />
        </div>
      )}
      <GatesPanel />
    </div>
  );
}
