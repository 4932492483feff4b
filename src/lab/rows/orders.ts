/** The orders in which a page can be shown: one for each fusion that its events allow. */
import {
  type Fusion,
  type FusionKind,
  type FusionPair,
  fusionsOf,
  logScores,
  placesOf,
} from '../../metrics/fusion';

/** One order of a page's n items. */
export interface Order {
  readonly fusion: Fusion;
  /** [n] ln score. */
  readonly scores: Float64Array;
  /** [n] place from 1. */
  readonly places: readonly number[];
}

/** @param logP [n·K] ln p of each task's event on an impression */
export const ordersOf = (
  fusions: Readonly<Record<FusionKind, Fusion>>,
  pair: FusionPair,
  logP: Float32Array,
  tasks: number,
): Order[] =>
  fusionsOf(pair).map((kind) => {
    const scores = logScores(fusions[kind], pair, logP, tasks);
    return { fusion: fusions[kind], scores, places: placesOf(scores) };
  });
