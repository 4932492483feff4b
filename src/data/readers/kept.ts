/** What is in hand when the last row has been read: the rows kept, and what they were chosen from. */
import type { Plan } from '../mapping/plan';
import type { Vocabulary } from '../sampling/vocabulary';
import type { Collector } from './collect';

export interface Finish {
  readonly plan: Plan;
  readonly columns: readonly string[];
  readonly collector: Collector;
  readonly title: string;
  /** Names of the files, for `detail`. */
  readonly files: string;
  /** True where the same group id in two files means two groups: AliExpress numbers its pages file by file. */
  readonly groupsByFile: boolean;
  /** Slots whose row found no partner in the joined file, or null where nothing was joined. */
  readonly unjoined: ReadonlySet<number> | null;
  /** Sentences of earlier steps. */
  readonly notes: readonly string[];
}

export interface Kept {
  readonly finish: Finish;
  /** [rows] slots of the rows, in the order of the table. */
  readonly slots: Uint32Array;
  readonly strata: readonly string[];
  /** Rows kept by stratum. */
  readonly left: readonly number[];
  readonly rows: number;
  readonly validation: Uint8Array;
  readonly labels: Uint8Array;
  readonly numerical: Float32Array;
  /** By categorical column. */
  readonly missing: readonly number[];
  readonly vocabularies: readonly Vocabulary[];
  readonly lists: readonly Vocabulary[];
  readonly groups: Uint32Array | null;
  /** Training rows left out because their group is in the test file. */
  readonly shared: number;
}
