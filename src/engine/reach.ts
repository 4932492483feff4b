/**
 * What one step works on: all parameters, or, with touched-rows Adam, of each table only the rows that its batch reads.
 *
 * Touched-rows Adam is Adam on the numbers that a batch can reach; a row that it does not read keeps weight and moments as they are
 * ("lazy" or "sparse" Adam elsewhere). Dense Adam goes on decaying the moments of such rows, and moving their weights, at every step.
 * A step then costs what the batch costs, whatever the vocabulary.
 */
import {
  type Layout,
  type OptimizerState,
  type Parameter,
  putPart,
  type ReachedPart,
  RowFinder,
  rowsInPlace,
  type Tensor,
  takePart,
  tf,
} from '../nn';
import type { Batch } from './batches';

/** The vectors that a step sees and updates. */
export interface Reach {
  readonly vectors: OptimizerState;
  /** The model's parameters in their order, where they lie in the vectors. */
  readonly parameters: readonly Parameter[];
  /** For the pass: see `PassOptions.places`. */
  readonly places: ReadonlyMap<number, Tensor>;
  /** What the whole state is after the update. @param next the updated vectors; they are taken over */
  finish(next: OptimizerState): OptimizerState;
}

/** A step on everything. */
export function reachAll(layout: Layout, state: OptimizerState): Reach {
  return { vectors: state, parameters: layout.parameters, places: new Map(), finish: (next) => next };
}

const vectorsOf = ({ parameters, moment1, moment2 }: OptimizerState) => [parameters, moment1, moment2];
const stateOf = ([parameters, moment1, moment2]: readonly Tensor[]): OptimizerState => ({
  parameters: parameters!,
  moment1: moment1!,
  moment2: moment2!,
});

/**
 * Steps on what batches reach. On wasm the rows are changed in place, and what they were is kept until the next `forget`, so
 * that `takeBack` can undo it: that costs as much as the batch, too. Elsewhere a dense update keeps the rows that were not read.
 */
export class TouchedRows {
  private readonly finder: RowFinder;
  /** What steps have overwritten since the last `forget`, in their order. */
  private overwritten: { readonly part: ReachedPart; readonly before: OptimizerState }[] = [];
  /** Whether the whole state is changed in place: then whoever wants to keep it needs a copy of its numbers. */
  readonly inPlace = rowsInPlace();

  constructor(private readonly layout: Layout) {
    this.finder = new RowFinder(layout);
  }

  reach(state: OptimizerState, batch: Batch): Reach {
    const part = this.finder.find(batch.codes, batch.codes.length / batch.rows);
    return this.inPlace ? this.reachInPlace(state, part, batch.rows) : this.reachMasked(state, part);
  }

  private reachInPlace(state: OptimizerState, part: ReachedPart, rows: number): Reach {
    const before = stateOf(takePart(vectorsOf(state), part.stretches, part.size));
    const places = new Map(
      [...part.places].map(([index, of]) => [index, tf.tensor2d(of, [rows, of.length / rows], 'int32')]),
    );
    return {
      vectors: before,
      parameters: part.parameters,
      places,
      finish: (next) => {
        putPart(vectorsOf(next), vectorsOf(state), part.stretches);
        tf.dispose([...vectorsOf(next), ...places.values()]);
        this.overwritten.push({ part, before });
        return stateOf(vectorsOf(state).map((t) => tf.clone(t)));
      },
    };
  }

  private reachMasked(state: OptimizerState, part: ReachedPart): Reach {
    const { layout } = this;
    return {
      ...reachAll(layout, state),
      finish: (next) => {
        const mask = touchedNumbers(layout.size, part);
        const after = tf.tidy(() => {
          const touched = tf.tensor1d(mask, 'bool');
          const old = vectorsOf(state);
          return vectorsOf(next).map((t, i) => tf.where(touched, t, old[i]!));
        });
        tf.dispose(vectorsOf(next));
        return stateOf(after);
      },
    };
  }

  /** What the state is now need not be undone any more. */
  forget(): void {
    for (const { before } of this.overwritten) tf.dispose(vectorsOf(before));
    this.overwritten = [];
  }

  /** Undoes, in place, all steps since the last `forget`. @param state after those steps, or any other hold on its memory */
  takeBack(state: OptimizerState): void {
    for (const { part, before } of this.overwritten.toReversed()) {
      putPart(vectorsOf(before), vectorsOf(state), part.stretches);
    }
    this.forget();
  }
}

/** [P] 1 where the batch reaches the number. */
function touchedNumbers(size: number, { stretches }: ReachedPart): Uint8Array {
  const mask = new Uint8Array(size);
  for (const { offset, size, rows, width } of stretches) {
    if (!rows) mask.fill(1, offset, offset + size);
    else for (const row of rows) mask.fill(1, offset + row * width!, offset + (row + 1) * width!);
  }
  return mask;
}
