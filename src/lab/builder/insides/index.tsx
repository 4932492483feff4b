/** Which picture a card has inside: by what its block publishes, and for a few by the block itself. */
import type { ReactNode } from 'react';
import type { BlockSpec } from '../../../pipeline/spec';
import { GatesInside } from '../GatesInside';
import { AttentionInside, Layers } from '../miniatures';
import { LogitInside, ResFlowInside, SeqInside } from './Links';
import { Chain, Outputs } from './Outputs';
import { AitmInside, DagInside, StepsInside, TwinInside } from './Passing';
import type { InsideProps, LanePlace } from './props';
import { StitchInside } from './Stitch';

type Picture = (props: InsideProps) => ReactNode;

/** By probe: a new block that publishes one of these is drawn without a line here. */
const BY_PROBE: Readonly<Record<string, Picture>> = {
  gates: GatesInside,
  stitch: StitchInside,
  attention: AttentionInside,
  updateGates: SeqInside,
  residualShare: ResFlowInside,
  score: TwinInside,
  conditionalLogits: Chain,
  stepLogits: StepsInside,
  twinRates: Chain,
  aitmWeights: AitmInside,
  residualLogits: LogitInside,
};

/** Blocks whose inside is worth drawing although they publish nothing. */
const BY_BLOCK: Readonly<Record<string, Picture>> = { dbmtl: DagInside };

const PlainLayers: Picture = ({ layout, looks, place, choice }) => (
  <Layers layout={layout} looks={looks} place={place === 'top' ? 'towers' : place} choice={choice} />
);

/** The picture of a block in its card. */
export function pictureOf(spec: BlockSpec, place: LanePlace): Picture {
  const probe = Object.keys(spec.probes).find((name) => name in BY_PROBE);
  return (probe && BY_PROBE[probe]) || BY_BLOCK[spec.id] || (place === 'top' ? Outputs : PlainLayers);
}
