/** A run's marker, by shape alone, since hue means task: the same in list, table, plane and at the ends of ghost curves. */

/** Shapes centred on 0, about 10 wide; filled ones are drawn solid. */
const SHAPES: readonly { readonly d: string; readonly filled: boolean; readonly name: string }[] = [
  { d: 'M-6 0H6M0-6V6', filled: false, name: 'plus' },
  { d: 'M-5-5H5V5H-5Z', filled: false, name: 'square' },
  { d: 'M0-6L6 5H-6Z', filled: true, name: 'filled triangle' },
  { d: 'M0-7L7 0L0 7L-7 0Z', filled: false, name: 'diamond' },
  { d: 'M5.500 0A5.500 5.500 0 1 1-5.500 0A5.500 5.500 0 1 1 5.500 0Z', filled: true, name: 'filled circle' },
  { d: 'M-5-5L5 5M5-5L-5 5', filled: false, name: 'cross' },
  { d: 'M0-6L6 5H-6Z', filled: false, name: 'triangle' },
  { d: 'M0-7L7 0L0 7L-7 0Z', filled: true, name: 'filled diamond' },
  { d: 'M5.500 0A5.500 5.500 0 1 1-5.500 0A5.500 5.500 0 1 1 5.500 0Z', filled: false, name: 'circle' },
  { d: 'M-5-5H5V5H-5Z', filled: true, name: 'filled square' },
  { d: 'M0 6L6-5H-6Z', filled: false, name: 'triangle on its tip' },
  { d: 'M0 6L6-5H-6Z', filled: true, name: 'filled triangle on its tip' },
];
/** Dashes of ghost curves, one for each of the first markers; the letter tells further ones apart. */
const DASHES = [undefined, '2 3', '6 3', '8 3 2 3', '1 4', '12 3'] as const;

/** A, B, … Z, AA, AB …: tells runs apart where shapes repeat. */
export function letterOf(mark: number): string {
  const letter = String.fromCharCode(65 + (mark % 26));
  return mark < 26 ? letter : letterOf(Math.floor(mark / 26) - 1) + letter;
}

export const dashOf = (mark: number): string | undefined => DASHES[mark % DASHES.length];

/** Inside an SVG. */
export function SvgRunMark({ mark, x, y }: { mark: number; x: number; y: number }) {
  const { d, filled } = SHAPES[mark % SHAPES.length]!;
  return (
    <path
      d={d}
      transform={`translate(${x} ${y})`}
      fill={filled ? 'var(--ink)' : 'var(--paper)'}
      stroke="var(--ink)"
      strokeWidth={1.6}
    />
  );
}

/** In a line of text, with its letter. */
export function RunMark({ mark }: { mark: number }) {
  return (
    <span className="run-mark" aria-hidden="true">
      <svg viewBox="-9 -9 18 18" aria-hidden="true">
        <SvgRunMark mark={mark} x={0} y={0} />
      </svg>
      {letterOf(mark)}
    </span>
  );
}
