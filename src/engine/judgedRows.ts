/** Which rows a run is judged on: all of the validation part at its end and at rest, a weighted sample of it while it goes on. */
import type { Dataset } from '../data/dataset';
import { validationSample } from '../metrics/sample';

export interface Judged {
  /** Where the rows lie. */
  readonly data: Dataset;
  readonly rows: Uint32Array;
  /** How many of how many rows were sampled; absent where all are judged. */
  readonly sample?: { readonly rows: number; readonly of: number };
}

export class JudgedRows {
  /** Null where a part is so small that all of it is judged; drawn when it is first asked for. */
  private sample: Dataset | null | undefined;

  /** @param columns label column of each task; @param size rows of a sample (metrics/sample.ts) */
  constructor(
    private readonly data: Dataset,
    private readonly columns: readonly number[],
    private readonly size: number,
  ) {}

  of(whole: boolean): Judged {
    if (!whole && this.sample === undefined) {
      this.sample = validationSample(this.data, this.columns, this.size);
    }
    const data = (!whole && this.sample) || this.data;
    const rows = Uint32Array.from({ length: data.rows - data.trainRows }, (_, i) => data.trainRows + i);
    if (data === this.data) return { data, rows };
    return { data, rows, sample: { rows: rows.length, of: this.data.rows - this.data.trainRows } };
  }
}
