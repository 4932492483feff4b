/** The places of the pipeline on the screen: names, and where card, lane and edge lie for a given size. */
import type { Pillar } from '../../pipeline/spec';

export const PILLARS: readonly { readonly pillar: Pillar; readonly title: string }[] = [
  { pillar: 'input', title: 'Inputs' },
  { pillar: 'bottom', title: 'Bottoms' },
  { pillar: 'tower', title: 'Towers' },
  { pillar: 'top', title: 'Tops' },
  { pillar: 'balancer', title: 'Balancers' },
];

/** Type of a dragged block; it carries the pillar, since a drag does not show its content before the drop. */
export const dragType = (pillar: Pillar): string => `application/x-seesaw-${pillar}`;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Places along the flow. */
export type PlaceName = 'data' | 'input' | 'bottom' | 'towers' | 'top' | 'loss';

export interface Layout {
  readonly vertical: boolean;
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<PlaceName, Box>>;
  /** Position of each lane across the flow: y, or x where the flow runs down. */
  readonly lanes: readonly number[];
  /** Middle between the lanes, where the shared trunk runs. */
  readonly middle: number;
}

/** Narrower than this the flow runs down. */
export const VERTICAL_BELOW = 780;

/** Height of a card's title block. */
export const HEAD = 58;

/** Room of the words at a card's foot. */
const FOOT = 32;

/** Where everything lies. `height` counts only where the flow runs across: downwards the content sets it. */
export function layOut(width: number, height: number, tasks: number): Layout {
  return width < VERTICAL_BELOW ? down(width, tasks) : across(width, height, tasks);
}

function across(width: number, height: number, tasks: number): Layout {
  const wide = width >= 1000;
  const gap = wide ? 76 : 54;
  const first = wide ? 136 : 120;
  const loss = wide ? 104 : 92;
  const edge = 12;
  const room = width - 2 * edge - first - loss - 4 * gap;
  const [bottom, towers] = [room * 0.34, room * 0.38];
  const top = room - bottom - towers;
  const y = 28;
  const h = Math.max(220, height - y - 8);
  const dataHeight = Math.round(h * 0.46);
  let x = edge;
  const take = (w: number) => {
    const box = { x: Math.round(x), y, w: Math.round(w), h };
    x += w + gap;
    return box;
  };
  const start = take(first);
  const boxes = { bottom: take(bottom), towers: take(towers), top: take(top), loss: take(loss) };
  const from = y + HEAD;
  const span = h - HEAD - FOOT;
  // The outer lanes keep a third of the pitch to the rim, so that two lanes leave room for a map between them.
  const lanes = Array.from({ length: tasks }, (_, k) =>
    Math.round(from + ((k + 0.3) / (tasks - 0.4)) * span),
  );
  return {
    vertical: false,
    width,
    height: y + h + 8,
    boxes: {
      data: { ...start, h: dataHeight },
      input: { ...start, y: y + dataHeight, h: h - dataHeight },
      ...boxes,
    },
    lanes,
    middle: Math.round(from + span / 2),
  };
}

/** One card by itself, as large as a dialog lets it be: all places are the same box, without a title. */
export function layOutAlone(width: number, height: number, tasks: number): Layout {
  const box = { x: 0, y: -HEAD + 20, w: width, h: height + HEAD - 20 };
  const span = height - 20 - FOOT;
  const lanes = Array.from({ length: tasks }, (_, k) => Math.round(20 + ((k + 0.5) / tasks) * span));
  const boxes = { data: box, input: box, bottom: box, towers: box, top: box, loss: box };
  return { vertical: false, width, height, boxes, lanes, middle: Math.round(20 + span / 2) };
}

/** Room of an input block that refines those before it: its title. */
const REFINER = 34;

/** Where input block `index` of `count` lies: the first takes what the others leave. */
export function inputBox({ boxes: { input } }: Layout, index: number, count: number): Box {
  const small = Math.min(REFINER, Math.floor(input.h / (count + 1)));
  const first = input.h - (count - 1) * small;
  if (index === 0) return { ...input, h: first };
  return { ...input, y: input.y + first + (index - 1) * small, h: small };
}

function down(width: number, tasks: number): Layout {
  const x = 12;
  const w = width - 24;
  const gap = 36;
  let y = 12;
  const take = (h: number) => {
    const box = { x, y, w, h };
    y += h + gap;
    return box;
  };
  const start = take(136);
  const half = Math.floor(w / 2);
  const boxes = {
    data: { ...start, w: half },
    input: { ...start, x: x + half, w: w - half },
    bottom: take(150),
    towers: take(Math.max(190, HEAD + 40 * tasks + 60)),
    top: take(110),
    loss: take(96),
  };
  const lanes = Array.from({ length: tasks }, (_, k) => Math.round(x + ((k + 0.5) / tasks) * w));
  return { vertical: true, width, height: y - gap + 12, boxes, lanes, middle: Math.round(x + w / 2) };
}

/** A path along the flow: `a` runs with it, `c` across it. */
export type Pen = (a: number, c: number) => string;

export const penOf = (layout: Layout): Pen =>
  layout.vertical ? (a, c) => `${c} ${a}` : (a, c) => `${a} ${c}`;

/** Where a place begins and ends along the flow. */
export function span(layout: Layout, place: PlaceName): [number, number] {
  const { x, y, w, h } = layout.boxes[place];
  return layout.vertical ? [y, y + h] : [x, x + w];
}

/** A soft bend from one position across the flow to another. */
export function bend(pen: Pen, a0: number, c0: number, a1: number, c1: number): string {
  const half = (a0 + a1) / 2;
  return `M${pen(a0, c0)}C${pen(half, c0)} ${pen(half, c1)} ${pen(a1, c1)}`;
}
