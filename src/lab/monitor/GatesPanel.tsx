/** Gates and what else carries weights between blocks, as tables: how much of each expert goes into each task's vector, how spread each gate is. */
import { CATALOG, findSpec } from '../../blocks/catalog';
import { Empty } from '../../components/Empty';
import { ExportMenu } from '../../components/ExportMenu';
import { fraction, percent } from '../../components/format';
import { type BlockChoice, blocksOf } from '../../pipeline/schema';
import type { BlockSpec } from '../../pipeline/spec';
import { saveBlob } from '../../state/export';
import { usePipeline } from '../../state/stores';
import { IDLE, idleExperts, ownersOf, spreadOf } from '../builder/gates';
import { useLooks, useTasks } from '../use';
import { CompareBar } from './attention/CompareBar';
import { CutPanel, useCanCut } from './attention/CutPanel';
import { type Compared, useCompared } from './attention/compare';
import { ProbeTables, probesBeside, scaleOf, sheetsCsv, sheetsOf } from './attention/ProbeTables';
import { ReadingWords } from './attention/ReadingWords';
import { type Head, type Wired, WireTable } from './attention/WireTable';
import { wireName } from './attention/wireNames';
import { RecordedMark } from './Recorded';
import { FIRST_EVALUATION, useWaiting } from './useLook';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The Bottoms that have gates, in words. */
const GATED = new Intl.ListFormat('en', { type: 'disjunction' }).format(
  Object.values(CATALOG.bottom).flatMap((spec) => ('gates' in spec.probes ? [spec.title] : [])),
);

/** Whether the Bottom has gates at all. */
export const useHasGates = (): boolean =>
  usePipeline((s) => 'gates' in (findSpec('bottom', s.pipeline.bottom.block)?.probes ?? {}));

/** Probes that are drawn as gates; all others are tables. */
const GATES = ['gates', 'sharedGate', 'levelGates'];

/** One level's gates: who reads, what of each expert, and how spread that is. */
function GateTable({
  caption,
  shares,
  value,
  readers,
  experts,
  difference,
  scale,
  wired,
}: {
  caption: string;
  /** Shares as they are, a list a gate: entropy and dead experts are theirs, whatever is shown. */
  shares: readonly (readonly number[])[];
  value: (gate: number, expert: number) => number;
  readers: readonly Head[];
  experts: readonly string[];
  difference: boolean;
  scale: number;
  wired: Wired | null;
}) {
  const idle = idleExperts(shares);
  return (
    <WireTable
      caption={
        <>
          {caption}
          {idle.length > 0 && <b>: {idle.map((e) => experts[e]).join(', ')} dead</b>}
        </>
      }
      rows={readers}
      columns={experts.map((name, e) => ({ name, dead: idle.includes(e) }))}
      verb="uses"
      value={value}
      extra={{ head: 'entropy', value: (g) => fraction(spreadOf(shares[g]!), 2) }}
      {...{ difference, scale, wired }}
    />
  );
}

/** What a gate's level is called. */
function levelName(
  name: string,
  p: number,
  levels: number,
  lower: boolean,
  inputs: readonly string[],
): string {
  if (name === 'sharedGate') return `Level ${p + 1}, shared stream`;
  if (name === 'gates') return lower ? 'Top level' : `Level ${p + 1}`;
  const input = inputs.length > 1 ? `, ${inputs[Math.floor(p / levels)] ?? ''}` : '';
  return `Experts of level ${(p % levels) + 2} read level ${(p % levels) + 1}${input}`;
}

/** All gates of one probe, level by level. */
function Gates({ block, name, cuttable }: { block: string; name: string; cuttable: boolean }) {
  const bottom = usePipeline((s) => s.pipeline.bottom);
  const shown = useCompared(block, name);
  const tasks = useTasks();
  const looks = useLooks();
  if (!shown) return null;
  const [gates, E] = shown.shape.slice(-2) as [number, number];
  const of = { tasks, choice: bottom, schema: null };
  const sheets = sheetsOf(name, shown, of);
  const difference = shown.minus !== null;
  const scale = difference ? scaleOf(sheets, true) : 1;
  const owners = ownersOf(bottom, tasks.length);
  const experts = upTo(E).map((e) => {
    const owner = name !== 'levelGates' && owners.length === E ? owners[e] : undefined;
    if (owner === undefined) return `E${e + 1}`;
    const before = owners.slice(0, e).filter((o) => o === owner).length;
    return owner === null ? `S${before + 1}` : `${looks[owner]!.letter}${before + 1}`;
  });
  const lower = 'levelGates' in (findSpec('bottom', bottom.block)?.probes ?? {});
  const readers: Head[] =
    name === 'sharedGate'
      ? [{ name: 'shared' }]
      : name === 'levelGates'
        ? experts.map((expert) => ({ name: expert }))
        : gates === 1
          ? [{ name: 'all' }]
          : tasks.map((t, k) => ({ name: t.label, look: looks[k] }));
  const inputs = name === 'levelGates' && shown.shape[0]! > 1 ? tasks.map((t) => t.label) : [];
  return sheets.map((s, p) => (
    <GateTable
      key={s.key}
      caption={levelName(name, p, shown.shape.at(-3)!, lower, inputs)}
      shares={upTo(gates).map((g) => upTo(E).map((e) => s.parts(g, e).own))}
      value={s.value}
      readers={readers}
      experts={experts}
      difference={difference}
      scale={scale}
      wired={
        cuttable
          ? {
              block,
              probe: name,
              cells: (r, c) => {
                const cell = s.cell(r, c)!;
                return shown.values[cell] === 0 ? [] : [cell];
              },
              label: (r, c) => {
                const { wire, place } = wireName(name, shown.shape, s.cell(r, c)!, of);
                return place ? `${wire}, ${place}` : wire;
              },
            }
          : null
      }
    />
  ));
}

/** Whether a reading is of the pipeline that is there. */
const fits = (shown: Compared | null, tasks: number): shown is Compared =>
  shown !== null && shown.shape.length === 3 && (shown.shape[1] === tasks || shown.shape[1] === 1);

/** Of which rows and step gates are. */
function GatesWords({ of }: { of: Compared }) {
  return (
    <>
      <RecordedMark />
      {!of.minus && 'Each row adds up to 1. '}
      <ReadingWords of={of} />
    </>
  );
}

interface GatesShown {
  readonly cuttable: boolean;
  /** Nothing around them says of which rows and step they are. */
  readonly alone: boolean;
}

/** The gates of a Bottom, or of one side's. */
function GatesOf({ block, cuttable, alone }: { block: string } & GatesShown) {
  const shown = useCompared(block, 'gates');
  const bottom = usePipeline((s) => s.pipeline.bottom);
  const tasks = useTasks();
  const shared = useCompared(block, 'sharedGate');
  const level = useCompared(block, 'levelGates');
  if (!fits(shown, tasks.length)) return null;
  const csv = () =>
    GATES.map((name, i) => [name, [shown, shared, level][i]!] as const)
      .flatMap(([name, of]) =>
        of ? [sheetsCsv(sheetsOf(name, of, { tasks, choice: bottom, schema: null }), of)] : [],
      )
      .reduce((all, next) => all + next.slice(next.indexOf('\n') + 1));
  const spec = findSpec('bottom', bottom.block)!;
  const side = block.split('.')[1];
  return (
    <section
      className="gates-panel"
      aria-label={side ? `Gates of the ${side}’s side` : 'Gates'}
      style={{ '--experts': shown.shape.at(-1) } as React.CSSProperties}
    >
      {(alone || side) && (
        <p className="dim">
          {side && `The ${side}’s side. `}
          {alone && <GatesWords of={shown} />}
        </p>
      )}
      {GATES.filter((name) => name in spec.probes).map((name) => (
        <Gates key={name} {...{ block, name, cuttable }} />
      ))}
      <ExportMenu title="the gates" file={`gates-step-${shown.step}`} csv={csv} save={saveBlob} />
      <p className="dim">
        An expert is called dead where every gate of its level gives it less than {percent(IDLE)} on average.
        Entropy: 0, the gate reads one expert alone; 1, all that it reads weigh alike.
        {cuttable && ` ${spec.wires?.gates}`}
      </p>
    </section>
  );
}

/** Blocks whose readings stand for the Bottom: twin towers have one for each side. */
function useBottoms(): readonly string[] {
  const sides = usePipeline((s) => blocksOf(s.pipeline).some(({ spec }) => spec.sides));
  return sides ? ['bottom.user', 'bottom.item'] : ['bottom'];
}

/** The gates alone, as a slide shows them. */
export const GatesPanel = () => <AllGates cuttable={false} alone />;

function AllGates({ cuttable, alone }: GatesShown) {
  const gated = useHasGates();
  const bottoms = useBottoms();
  const tasks = useTasks();
  const read = fits(useCompared(bottoms[0]!, 'gates'), tasks.length);
  const waiting = useWaiting(FIRST_EVALUATION);
  if (!gated) {
    return (
      <Empty shows="Which task uses which expert, and what tasks pass on to each other.">
        The Bottom of this pipeline has no gates. {GATED} have; what ResFlow, SEQ and AITM pass on shows here
        too.
      </Empty>
    );
  }
  if (!read) return <Empty shows="Which task uses which expert, level by level.">{waiting}</Empty>;
  return (
    <>
      {bottoms.map((block) => (
        <GatesOf key={block} {...{ block, cuttable, alone }} />
      ))}
    </>
  );
}

/** Everything besides gates and attention that is to be shown, in the order in which data flows. */
function useLinks(): readonly { block: string; name: string; choice: BlockChoice; spec: BlockSpec }[] {
  const pipeline = usePipeline((s) => s.pipeline);
  const bottoms = useBottoms();
  return blocksOf(pipeline).flatMap(({ pillar, path, choice, spec }) => {
    if (pillar !== 'bottom' && pillar !== 'tower' && pillar !== 'top') return [];
    return (pillar === 'bottom' ? bottoms : [path]).flatMap((block) =>
      probesBeside(spec, [...GATES, 'attention']).map((name) => ({ block, name, choice, spec })),
    );
  });
}

/** Gates and links with the choice of rows, of the step, and of what is taken off. */
export function GatesTab() {
  const links = useLinks();
  const gated = useHasGates();
  const bottoms = useBottoms();
  const first = links[0];
  const ofGates = useCompared(bottoms[0]!, 'gates');
  const ofLinks = useCompared(first?.block ?? '', first?.name ?? '');
  const shown = ofGates ?? ofLinks;
  const cuttable = useCanCut();
  const waiting = useWaiting(FIRST_EVALUATION);
  return (
    <div className="attention-tab">
      {(gated || first) && shown && (
        <div className="attention-head">
          <p>
            <b>Row uses column{shown.minus ? ': difference' : ''}.</b>{' '}
            {ofGates && (
              <span className="dim">
                <GatesWords of={ofGates} />
              </span>
            )}
          </p>
          <CompareBar of={shown} />
        </div>
      )}
      <div className="wires">
        <div>
          {(gated || !first) && <AllGates cuttable={cuttable} alone={false} />}
          {first && !shown && !gated && <Empty shows="What tasks pass on to each other.">{waiting}</Empty>}
          {links.map((link) => (
            <ProbeTables key={`${link.block} ${link.name}`} {...link} cuttable={cuttable} />
          ))}
        </div>
        {shown && <CutPanel />}
      </div>
    </div>
  );
}
