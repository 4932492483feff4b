/** What wires are worth: the same trained weights judged twice on the same rows, once with some wires cut. */
import type { Dataset } from '../data/dataset';
import { evaluate, type Predictions } from '../metrics/evaluate';
import { pairedDifferences } from '../metrics/paired';
import type { CutWires } from '../nn';
import type { CutReading } from '../pipeline/run';
import type { OutputSpace } from '../pipeline/spaces';

/** Where a reading of cuts takes its rows and predictions from. */
export interface CutSource {
  readonly step: number;
  /** Its validation part is what is judged. */
  readonly data: Dataset;
  readonly spaces: readonly OutputSpace[];
  /** What a positive row of each task is called. */
  readonly nouns: readonly string[];
  /** Predictions for the validation part, with these wires cut. */
  readonly predict: (cuts: readonly CutWires[]) => Promise<Predictions>;
}

/**
 * AUC of every column as the model is, with the wires cut, and their difference row by row (DeLong, paired). Nothing is trained:
 * a model that had learned without the wire might have found another way.
 */
export async function readCuts(source: CutSource, cuts: readonly CutWires[]): Promise<CutReading> {
  const { step, data, spaces, nouns } = source;
  const whole = await source.predict([]);
  const cut = await source.predict(cuts);
  const [before, after] = [whole, cut].map((p) => evaluate(spaces, p, data, undefined, nouns));
  const lost = pairedDifferences(spaces, [whole, cut], data)[0]![1]!;
  return {
    step,
    cuts,
    rows: data.rows - data.trainRows,
    spaces: spaces.map(({ id }, i) => ({
      space: id,
      auc: { whole: before![i]!.auc, cut: after![i]!.auc, lost: lost[i]!.label },
      expectedAuc:
        before![i]!.expectedAuc && after![i]!.expectedAuc
          ? { whole: before![i]!.expectedAuc, cut: after![i]!.expectedAuc, lost: lost[i]!.expected }
          : null,
    })),
  };
}
