/** A place while a block is being dragged: a dashed outline where it fits, and what the drop would do or why it cannot. */
import { useLayoutEffect, useRef } from 'react';
import { useDrop } from 'react-aria-components/useDrop';
import { findSpec } from '../../blocks/catalog';
import { explainFit } from '../../pipeline/compat';
import type { Pillar } from '../../pipeline/spec';
import { placeBlock } from '../../state/edits';
import { useData, usePipeline, useRun } from '../../state/stores';
import { type Box, dragType } from './places';

export function DropNote({
  pillar,
  box,
  held,
  dragged,
}: {
  pillar: Pillar;
  box: Box;
  /** Title of the block that is there now. */
  held: string;
  dragged: { readonly pillar: Pillar; readonly id: string };
}) {
  const ref = useRef<HTMLButtonElement>(null);
  const pipeline = usePipeline((s) => s.pipeline);
  const summary = useData((s) => s.summary);
  const idle = useRun((s) => s.phase === 'idle');
  const said = explainFit(pipeline, pillar, dragged.id, 0, summary ?? undefined);
  const fits = dragged.pillar === pillar && !said.some((f) => f.level === 'error');
  const title = findSpec(dragged.pillar, dragged.id)?.short ?? dragged.id;
  const { dropProps, isDropTarget } = useDrop({
    ref,
    isDisabled: !fits,
    getDropOperation: (types) => (types.has(dragType(pillar)) ? 'copy' : 'cancel'),
    onDrop: () => placeBlock(dragged.pillar, dragged.id),
  });
  // A drag by the keyboard ends with the focus on this note, which goes: the card below it takes the focus over.
  useLayoutEffect(() => {
    const note = ref.current;
    return () => {
      if (note !== document.activeElement) return;
      note?.parentElement?.querySelector<HTMLElement>(`.card[data-pillar="${pillar}"]`)?.focus();
    };
  }, [pillar]);
  const joins = findSpec(dragged.pillar, dragged.id)?.refines === true;
  const effect = `${joins ? 'joins' : 'replaces'} ${held}${idle ? '' : ', restarts run'}`;
  return (
    <button
      type="button"
      {...dropProps}
      ref={ref}
      tabIndex={fits ? 0 : -1}
      aria-label={fits ? `Drop ${title} here: ${effect}` : said[0]?.reason}
      aria-disabled={!fits || undefined}
      data-testid={`drop-${pillar}`}
      className={`drop ${fits ? 'fits' : ''} ${isDropTarget ? 'over' : ''}`}
      style={{ left: box.x - 4, top: box.y - 4, width: box.w + 8, height: box.h + 8 }}
    >
      <span className="drop-note">
        {fits ? (
          <>
            <b>Drop {title} here</b>
            <span>{effect}</span>
            {said[0] && <small>{said[0].reason}</small>}
          </>
        ) : (
          <span>{dragged.pillar === pillar ? said[0]?.reason : `${title} is no ${pillar}`}</span>
        )}
      </span>
    </button>
  );
}
