/** The blocks, by pillar, with a search: each can be dragged to its place, or put there by a button; what does not fit says why. */
import { useEffect, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { useDrag } from 'react-aria-components/useDrag';
import { CATALOG, findSpec } from '../../blocks/catalog';
import { Icon } from '../../components/icons';
import { useMedia } from '../../components/useSize';
import { explainFit } from '../../pipeline/compat';
import { blockAt } from '../../pipeline/slots';
import type { BlockSpec, Finding, Pillar } from '../../pipeline/spec';
import { placeBlock, removeInput } from '../../state/edits';
import { tellError } from '../../state/notices';
import { useData, usePipeline, useUi } from '../../state/stores';
import { dragType, PILLARS } from './places';
import { wordsFound } from './search';

interface Offer {
  readonly spec: BlockSpec;
  /** What would be said if it were dropped: refused where there is an error. */
  readonly said: readonly Finding[];
  readonly refused: boolean;
}

function Entry({
  offer: { spec, said, refused },
  held,
  at,
}: {
  offer: Offer;
  held: BlockSpec | undefined;
  /** Where the pipeline has it among its inputs, or 0; −1 where it has not. */
  at: number;
}) {
  const { dragProps, dragButtonProps, isDragging } = useDrag({
    hasDragButton: true,
    getItems: () => [{ [dragType(spec.pillar)]: spec.id, 'text/plain': spec.title }],
    getAllowedDropOperations: () => ['copy'],
    onDragStart: () => useUi.setState({ dragging: { pillar: spec.pillar, id: spec.id } }),
    onDragEnd: () => useUi.setState({ dragging: null }),
  });
  const current = at >= 0;
  const why = said[0]?.reason;
  const adds = held === undefined || spec.refines === true;
  return (
    <li aria-current={current || undefined}>
      <div {...dragProps} className={`entry ${isDragging ? 'grab' : ''} ${refused ? 'unfit' : ''}`}>
        <Button {...dragButtonProps} className="grip" aria-label={`Drag ${spec.title}`}>
          <Icon name="grip" />
        </Button>
        <span className="entry-name" title={spec.idea}>
          {spec.title}
        </span>
        {!current && why && !refused && (
          <span className="mark-why" title={why}>
            <span aria-hidden="true">!</span>
            <span className="sr">Fits, but: {why}</span>
          </span>
        )}
        {!current && (
          <button
            type="button"
            className="swap"
            aria-label={adds ? `Add ${spec.title}` : `Replace ${held.title} with ${spec.title}`}
            aria-disabled={refused || undefined}
            title={why ?? (adds ? 'Add' : `Replace ${held.title}`)}
            onClick={() => (refused ? tellError(why!) : placeBlock(spec.pillar, spec.id))}
          >
            <Icon name="swap" />
          </button>
        )}
        {current && spec.refines && (
          <button
            type="button"
            className="swap"
            aria-label={`Remove ${spec.title}`}
            title="Remove"
            onClick={() => removeInput(at)}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      {refused && !current && <p className="entry-why">{why}</p>}
    </li>
  );
}

const textsOf = (spec: BlockSpec, pillar: string) => [
  spec.title,
  spec.short,
  spec.id,
  spec.idea,
  spec.paper.title,
  spec.paper.authors,
  String(spec.year),
  pillar,
];

export function Palette() {
  const pipeline = usePipeline((s) => s.pipeline);
  const open = useUi((s) => s.openPillar);
  const wide = useMedia('(min-width: 1600px)');
  const [text, setText] = useState('');
  useEffect(() => () => useUi.setState({ dragging: null }), []);
  const found = PILLARS.map(({ pillar, title }) => ({
    pillar,
    title,
    specs: CATALOG[pillar].filter((spec: BlockSpec) => wordsFound(text, textsOf(spec, title))),
  })).filter(({ specs }) => specs.length > 0);
  const number = found.reduce((n, { specs }) => n + specs.length, 0);
  return (
    <aside className="palette" aria-label="Blocks">
      <label className="find">
        <span className="sr">Find a block by name, paper or idea</span>
        <input
          type="search"
          className="text"
          placeholder="Find a block"
          value={text}
          autoComplete="off"
          onChange={(e) => setText(e.target.value)}
        />
      </label>
      <p className="sr" role="status">
        {text === '' ? '' : `${number} blocks found.`}
      </p>
      {found.map(({ pillar, title, specs }) => {
        const held = findSpec(pillar, blockAt(pipeline, pillar)?.block ?? '');
        const shown = wide || text !== '' || open === pillar;
        return (
          <section className="pillar" key={pillar}>
            <h2>
              <button
                type="button"
                aria-expanded={shown}
                onClick={() => useUi.setState({ openPillar: pillar })}
              >
                {title} {!shown && <span>{held?.short}</span>}
                {wide && <span>{specs.length}</span>}
              </button>
            </h2>
            {shown && <List pillar={pillar} held={held} specs={specs} />}
          </section>
        );
      })}
      {number === 0 && <p className="entry-why">No block has “{text}” in its name, paper or idea.</p>}
    </aside>
  );
}

function List({
  pillar,
  held,
  specs,
}: {
  pillar: Pillar;
  held: BlockSpec | undefined;
  specs: readonly BlockSpec[];
}) {
  const pipeline = usePipeline((s) => s.pipeline);
  const summary = useData((s) => s.summary);
  const offers = useMemo(() => {
    const all = specs.map((spec): Offer => {
      const said = explainFit(pipeline, pillar, spec.id, 0, summary ?? undefined);
      return { spec, said, refused: said.some((f) => f.level === 'error') };
    });
    // What fits comes first; otherwise the order of the catalog stays, so that the hand finds it again.
    return [...all.filter((o) => !o.refused), ...all.filter((o) => o.refused)];
  }, [specs, pipeline, pillar, summary]);
  const ids = pillar === 'input' ? pipeline.input.map((choice) => choice.block) : [held?.id];
  return (
    <ul>
      {offers.map((offer) => (
        <Entry key={offer.spec.id} offer={offer} held={held} at={ids.indexOf(offer.spec.id)} />
      ))}
    </ul>
  );
}
