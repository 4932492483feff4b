/** The blocks, by pillar: each can be dragged to its place, or put there by a button. */
import { useEffect } from 'react';
import { Button } from 'react-aria-components/Button';
import { useDrag } from 'react-aria-components/useDrag';
import { CATALOG, findSpec } from '../../blocks/catalog';
import { Icon } from '../../components/icons';
import { useMedia } from '../../components/useSize';
import { blockAt } from '../../pipeline/slots';
import type { BlockSpec, Pillar } from '../../pipeline/spec';
import { placeBlock } from '../../state/edits';
import { usePipeline, useUi } from '../../state/stores';
import { dragType, PILLARS } from './places';

function Entry({
  spec,
  held,
  current,
}: {
  spec: BlockSpec;
  held: BlockSpec | undefined;
  /** The pipeline has it. */
  current: boolean;
}) {
  const { dragProps, dragButtonProps, isDragging } = useDrag({
    hasDragButton: true,
    getItems: () => [{ [dragType(spec.pillar)]: spec.id, 'text/plain': spec.title }],
    getAllowedDropOperations: () => ['copy'],
    onDragStart: () => useUi.setState({ dragging: { pillar: spec.pillar, id: spec.id } }),
    onDragEnd: () => useUi.setState({ dragging: null }),
  });
  return (
    <li {...dragProps} className={`entry ${isDragging ? 'grab' : ''}`} aria-current={current || undefined}>
      <Button {...dragButtonProps} className="grip" aria-label={`Drag ${spec.title}`}>
        <Icon name="grip" />
      </Button>
      <span className="entry-name" title={spec.idea}>
        {spec.title}
      </span>
      {!current && (
        <button
          type="button"
          className="swap"
          aria-label={
            held && !spec.refines ? `Replace ${held.title} with ${spec.title}` : `Add ${spec.title}`
          }
          title={held && !spec.refines ? `Replace ${held.title}` : 'Add'}
          onClick={() => placeBlock(spec.pillar, spec.id)}
        >
          <Icon name="swap" />
        </button>
      )}
    </li>
  );
}

export function Palette() {
  const pipeline = usePipeline((s) => s.pipeline);
  const open = useUi((s) => s.openPillar);
  const wide = useMedia('(min-width: 1600px)');
  useEffect(() => () => useUi.setState({ dragging: null }), []);
  return (
    <aside className="palette" aria-label="Blocks">
      {PILLARS.map(({ pillar, title }) => {
        const held = findSpec(pillar, blockAt(pipeline, pillar)?.block ?? '');
        const shown = wide || open === pillar;
        return (
          <section className="pillar" key={pillar}>
            <h2>
              <button
                type="button"
                aria-expanded={shown}
                onClick={() => useUi.setState({ openPillar: pillar })}
              >
                {title} {!shown && <span>{held?.short}</span>}
                {wide && <span>{CATALOG[pillar].length}</span>}
              </button>
            </h2>
            {shown && <List pillar={pillar} held={held} />}
          </section>
        );
      })}
    </aside>
  );
}

function List({ pillar, held }: { pillar: Pillar; held: BlockSpec | undefined }) {
  const inputs = usePipeline((s) => s.pipeline.input);
  const ids = pillar === 'input' ? inputs.map((choice) => choice.block) : [held?.id];
  return (
    <ul>
      {CATALOG[pillar].map((spec: BlockSpec) => (
        <Entry key={spec.id} spec={spec} held={held} current={ids.includes(spec.id)} />
      ))}
    </ul>
  );
}
