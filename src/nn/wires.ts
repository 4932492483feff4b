/** Wires: the weights by which a block reads, of which a pass may cut some to see what they were worth. */
import type { Tensor } from './tensor';
import { tf } from './tensor';

/** Which weights stay, row-major: 1, or 0 where the wire is cut; null where none of them is. */
export type Open = readonly number[] | null;

/** Wires of one block that are cut, each by its place in the block's probe of that name, row-major. */
export interface CutWires {
  readonly block: string;
  readonly name: string;
  readonly cells: readonly number[];
}

const keyOf = (block: string, name: string) => `${block}/${name}`;
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The wires that a pass cuts; it remembers which of them some block has. */
export class Cuts {
  private readonly cells: ReadonlyMap<string, CutWires>;
  private readonly met = new Set<string>();

  constructor(cuts: readonly CutWires[]) {
    this.cells = new Map(cuts.map((c) => [keyOf(c.block, c.name), c]));
  }

  /** What stays of a block's wires, [size of shape]. @throws Error where a wire is cut that the block does not have */
  of(block: string, name: string, shape: readonly number[]): Open {
    const cut = this.cells.get(keyOf(block, name));
    if (!cut) return null;
    this.met.add(keyOf(block, name));
    const open = new Array<number>(sizeOf(shape)).fill(1);
    for (const cell of cut.cells) {
      if (open[cell] === undefined) {
        throw new Error(
          `Wire ${cell} of ${keyOf(block, name)} does not exist; it has ${open.length}: cut one of them.`,
        );
      }
      open[cell] = 0;
    }
    return cut.cells.length > 0 ? open : null;
  }

  /** The first cut that no block has asked for, as `block/name`; null where each found its wires. */
  get unmet(): string | null {
    return [...this.cells.keys()].find((key) => !this.met.has(key)) ?? null;
  }
}

/** Part i along an axis of `open`, whose shape is given. */
export function openPart(open: Open, shape: readonly number[], i: number, axis = 0): Open {
  if (!open) return null;
  const inner = sizeOf(shape.slice(axis + 1));
  const stride = inner * shape[axis]!;
  const part = open.filter((_, at) => Math.floor((at % stride) / inner) === i);
  return part.includes(0) ? part : null;
}

/** Far below any score, yet finite: exp of it is exactly 0, and nothing becomes NaN. */
const CLOSED = -1e30;

/**
 * Runs a softmax mixture of which some weights are cut: those left over share the whole, and a reader with none reads nothing. It
 * needs no mask inside the kernels: the scores of cut wires are closed before them, and a reader without wires is blanked behind.
 * @param logits [N, G·E], gate g in columns g·E …; or rows of several in turn, where `open` is as many times as long
 * @param open [m·G·E] with N divisible by m
 * @param gates G
 * @param mix the mixture of the closed logits: mixed [N, G·D], gates [N, G, E]
 */
export function mixOpen(
  logits: Tensor,
  open: readonly number[],
  gates: number,
  mix: (logits: Tensor) => { readonly mixed: Tensor; readonly gates: Tensor },
): { readonly mixed: Tensor; readonly gates: Tensor } {
  const E = logits.shape[1]! / gates;
  const turns = open.length / (gates * E);
  /** f over rows of which `turns` belong together; each row then has `columns` numbers. */
  const inTurn = (x: Tensor, f: (wide: Tensor) => Tensor) =>
    tf.reshape(f(tf.reshape(x, [x.shape[0]! / turns, -1])), x.shape);
  const closed = tf.tensor1d(open.map((o) => (o ? 0 : CLOSED)));
  const found = mix(inTurn(logits, (wide) => tf.add(wide, closed)));
  const alive = aliveRows(open, E);
  if (alive.every(Boolean)) return found;
  const blank = (x: Tensor) => {
    const each = x.size / (x.shape[0]! / turns) / alive.length;
    return inTurn(x, (wide) => tf.mul(wide, tf.tensor1d(alive.flatMap((a) => Array<number>(each).fill(a)))));
  };
  return { mixed: blank(found.mixed), gates: blank(found.gates) };
}

/** For each stretch of `width` wires, 1 where at least one stays. */
export function aliveRows(open: readonly number[], width: number): number[] {
  return Array.from({ length: open.length / width }, (_, r) =>
    open.slice(r * width, (r + 1) * width).includes(1) ? 1 : 0,
  );
}
