/** Which rows of the tables a batch reads, and the model's layout with those rows alone. */
import type { Stretch } from './kernels/rows';
import type { Layout, Parameter } from './parameters';

/** What a batch reaches of a model: all parameters, but of each table the rows that it reads. */
export interface ReachedPart {
  /** The layout's parameters, at their places in the part; a table has the shape [rows read, d]. */
  readonly parameters: readonly Parameter[];
  /** Numbers of the part. */
  readonly size: number;
  /** How the part lies in the whole vector. */
  readonly stretches: readonly Stretch[];
  /** By index of a table, which of its rows in the part stands at each place of the batch: [B·J]; −1 for a code outside the table. */
  readonly places: ReadonlyMap<number, Int32Array>;
}

/** Finds what batches reach. Its cost grows with the batch alone; its memory is four bytes a row of the tables. */
export class RowFinder {
  /** By table, where each row stood in the list of the last batch that read it; checked against the list, so never cleared. */
  private readonly known = new Map<number, Int32Array>();

  constructor(private readonly layout: Layout) {
    for (const { index, reads, shape } of layout.parameters) {
      if (reads) this.known.set(index, new Int32Array(shape[0]!));
    }
  }

  /**
   * @param codes [B·C] row-major
   * @param columns C
   */
  find(codes: Int32Array, columns: number): ReachedPart {
    const parameters: Parameter[] = [];
    const stretches: Stretch[] = [];
    const places = new Map<number, Int32Array>();
    let at = 0;
    for (const p of this.layout.parameters) {
      let part = { ...p, offset: at };
      let stretch: Stretch = { offset: p.offset, partOffset: at, size: p.size };
      if (p.reads) {
        const width = p.shape[1]!;
        const found = this.rowsOf(p, codes, columns);
        const size = found.rows.length * width;
        places.set(p.index, found.places);
        part = { ...part, shape: [found.rows.length, width], size };
        stretch = { ...stretch, size, rows: found.rows, width };
      }
      parameters.push(part);
      stretches.push(stretch);
      at += part.size;
    }
    return { parameters, size: at, stretches: joined(stretches), places };
  }

  /** Rows in the order in which they first appear in the batch. */
  private rowsOf({ index, reads, shape }: Parameter, codes: Int32Array, columns: number) {
    const V = shape[0]!;
    const known = this.known.get(index)!;
    const J = reads!.offsets.length;
    const B = columns === 0 ? 0 : codes.length / columns;
    const places = new Int32Array(B * J);
    const rows = new Int32Array(Math.max(1, B * J));
    let n = 0;
    for (let i = 0; i < B; i++) {
      for (let j = 0; j < J; j++) {
        const row = codes[i * columns + reads!.columns[j]!]! + reads!.offsets[j]!;
        let place = -1;
        if (row >= 0 && row < V) {
          place = known[row]!;
          if (place >= n || rows[place] !== row) {
            place = n++;
            rows[place] = row;
            known[row] = place;
          }
        }
        places[i * J + j] = place;
      }
    }
    // A tensor of no rows cannot be: without a code that names one, the first row stands in and has no gradient.
    return { rows: rows.slice(0, Math.max(1, n)), places };
  }
}

/** Neighbours that are taken as they are become one stretch. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = [];
  for (const stretch of stretches) {
    const last = out.at(-1);
    if (last && !last.rows && !stretch.rows)
      out[out.length - 1] = { ...last, size: last.size + stretch.size };
    else out.push(stretch);
  }
  return out;
}
