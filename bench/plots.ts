/** Curves of the scaling as one SVG: time of a step against what grows, both on logarithmic axes, so that proportional growth is a slope of 1. */
import type { Curve } from './scaling';

const WIDTH = 360;
const HEIGHT = 240;
const LEFT = 52;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 34;

const text = (x: number, y: number, content: string, extra = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${extra}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

/** 1, 2, 5, 10, 20 … between two numbers. */
function ticks(from: number, to: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++)
    for (const step of [1, 2, 5]) found.push(step * 10 ** power);
  return found.filter((t) => t >= from * 0.999 && t <= to * 1.001);
}

const short = (x: number) => (x >= 1e6 ? `${x / 1e6}M` : x >= 1e4 ? `${x / 1e3}k` : `${x}`);

function panel({ title, points }: Curve, at: number, across: number): string {
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.ms);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = [Math.min(...ys) / 1.5, Math.max(...ys) * 1.5];
  const place = (v: number, a: number, b: number) => Math.log(v / a) / Math.log(b / a);
  const px = (x: number) => LEFT + place(x, x0, x1) * (WIDTH - LEFT - RIGHT);
  const py = (y: number) => HEIGHT - BOTTOM - place(y, y0, y1) * (HEIGHT - TOP - BOTTOM);
  const grid = ticks(y0, y1).map(
    (t) =>
      `<path class="grid" d="M${LEFT} ${py(t).toFixed(1)}H${WIDTH - RIGHT}"/>${text(LEFT - 6, py(t) + 4, short(t), 'text-anchor="end"')}`,
  );
  const labels = points.map(({ x }) => text(px(x), HEIGHT - BOTTOM + 16, short(x), 'text-anchor="middle"'));
  const line = points.map(({ x, ms }) => `${px(x).toFixed(1)},${py(ms).toFixed(1)}`).join(' ');
  const dots = points.map(
    ({ x, ms }) => `<circle cx="${px(x).toFixed(1)}" cy="${py(ms).toFixed(1)}" r="3"/>`,
  );
  return `<g transform="translate(${(at % across) * WIDTH} ${Math.floor(at / across) * HEIGHT})">
${text(LEFT, 20, title, 'class="title"')}
${grid.join('\n')}
${labels.join('\n')}
<polyline points="${line}"/>
${dots.join('\n')}
</g>`;
}

/** All curves side by side, two in a row. Colours follow the reader's light or dark page. */
export function scalingSvg(curves: readonly Curve[]): string {
  const rows = Math.ceil(curves.length / 2);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${rows * HEIGHT}" font-family="system-ui, sans-serif" font-size="11">
<title>Milliseconds of a training step against what grows</title>
<style>
text { fill: #444 } .title { font-weight: 600; fill: #111 } .grid { stroke: #ddd; fill: none }
polyline { stroke: #2563eb; stroke-width: 2; fill: none } circle { fill: #2563eb } .back { fill: #fff }
@media (prefers-color-scheme: dark) { text { fill: #bbb } .title { fill: #eee } .grid { stroke: #444 } .back { fill: #111 } polyline { stroke: #7aa2ff } circle { fill: #7aa2ff } }
</style>
<rect class="back" width="${2 * WIDTH}" height="${rows * HEIGHT}"/>
${curves.map((c, i) => panel(c, i, 2)).join('\n')}
</svg>
`;
}
