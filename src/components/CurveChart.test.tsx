// @vitest-environment jsdom
/** A curve chart: its frame stands while the curve grows, its curve lies in the frame's plot, and keys and pointer read it. */
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import CurveChart, { type CurveChartProps } from './CurveChart';
import { roomOf } from './curves/plot';

afterEach(cleanup);

const grown = (n: number) => {
  const x = Array.from({ length: n }, (_, i) => i * 10);
  const y = x.map((step) => 0.5 + step / 1000);
  return { look: { hue: 't1', letter: 'C', dash: undefined }, x, raw: [...y], smooth: y };
};
const props: CurveChartProps = {
  title: 'CTR AUC',
  width: 300,
  height: 150,
  series: grown(3),
  ghosts: [],
  oracle: 0.78,
  xMax: 500,
  yMin: 0.5,
  yMax: 0.8,
  yTicks: [0.5, 0.6, 0.7, 0.8],
  mark: null,
  onRead: () => undefined,
};

/** Ends of the numbers of a path, in pixels. */
const points = (d: string) =>
  d
    .split(/[ML]/)
    .slice(1)
    .map((p) => p.trim().split(' ').map(Number));
const curve = (root: HTMLElement) => points(root.querySelector('.curve')!.getAttribute('d')!);

it('draws the frame once while the curve grows: no element of it is touched', () => {
  const { container, rerender } = render(<CurveChart {...props} />);
  expect(container.querySelectorAll('.recharts-cartesian-axis').length).toBe(2);
  expect(container.querySelector('.recharts-cartesian-grid')).not.toBeNull();
  expect(container.textContent).toContain('oracle .780');
  const observer = new MutationObserver(() => undefined);
  const surface = container.querySelector('.recharts-surface')!;
  observer.observe(surface, { subtree: true, childList: true, attributes: true, characterData: true });
  for (let n = 4; n < 30; n++) {
    // Ticks are made anew by each caller.
    rerender(<CurveChart {...props} series={grown(n)} yTicks={[...props.yTicks]} />);
  }
  expect(curve(container).length).toBe(29);
  const changed = observer.takeRecords().map(({ target }) => target as Element);
  observer.disconnect();
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.filter((target) => !(target.parentElement ?? target).closest('.moving'))).toEqual([]);
});

it('draws the curve in the plot of the frame', () => {
  const { container } = render(<CurveChart {...props} />);
  const grid = [...container.querySelectorAll('.recharts-cartesian-grid-horizontal line')].map((line) => ({
    y: Number(line.getAttribute('y1')),
    from: Number(line.getAttribute('x1')),
    to: Number(line.getAttribute('x2')),
  }));
  expect(grid.length).toBeGreaterThanOrEqual(4);
  const foot = Math.max(...grid.map((g) => g.y));
  const head = Math.min(...grid.map((g) => g.y));
  // The curve starts at step 0 and .5: the lower left corner.
  const [[x0, y0], , [x2, y2]] = curve(container) as [number[], number[], number[]];
  expect(x0).toBeCloseTo(grid[0]!.from, 0);
  expect(y0).toBeCloseTo(foot, 0);
  // Step 20 of 500, .52 of .5 to .8.
  expect(x2).toBeCloseTo(grid[0]!.from + (grid[0]!.to - grid[0]!.from) * 0.04, 0);
  expect(y2).toBeCloseTo(foot - ((foot - head) * 0.02) / 0.3, 0);
});

it('joins the neighbours of a point that holds no number', () => {
  const series = { ...grown(3), smooth: [0.5, Number.NaN, 0.52] };
  const { container } = render(<CurveChart {...props} series={series} />);
  expect(curve(container).length).toBe(2);
});

it('is read by arrow keys a point at a time, from live backwards, and let go by Escape', () => {
  const onRead = vi.fn();
  const mark = { step: 10, at: 10, value: 0.51, text: '.510' };
  const { rerender } = render(<CurveChart {...props} onRead={onRead} />);
  const range = screen.getByRole('slider', { name: 'CTR AUC: step that is read' });
  expect(range.getAttribute('aria-valuetext')).toBe('live');
  fireEvent.change(range, { target: { value: '1' } });
  expect(onRead).toHaveBeenLastCalledWith(10);
  rerender(<CurveChart {...props} onRead={onRead} mark={mark} />);
  expect(range.getAttribute('aria-valuetext')).toBe('step 10: .510');
  expect((range as HTMLInputElement).value).toBe('1');
  expect(document.querySelector('.chart-mark text')?.textContent).toBe('.510');
  fireEvent.keyDown(range, { key: 'Escape' });
  expect(onRead).toHaveBeenLastCalledWith(null);
});

it('is read by a pointer at the nearest point, and let go where it leaves', () => {
  const onRead = vi.fn();
  const { container } = render(<CurveChart {...props} onRead={onRead} />);
  const reader = container.querySelector('.chart-reader')!;
  // The reader begins at the figure's edge, the axis behind its own figures.
  const { left } = roomOf({ ...props, large: false });
  const width = Number.parseFloat((reader as HTMLElement).style.width) - left;
  // 13 of 500 steps: step 10 is nearer than 20.
  fireEvent(reader, new MouseEvent('pointermove', { bubbles: true, clientX: left + (width * 13) / 500 }));
  expect(onRead).toHaveBeenLastCalledWith(10);
  fireEvent(reader, new MouseEvent('pointermove', { bubbles: true, clientX: left + (width * 17) / 500 }));
  expect(onRead).toHaveBeenLastCalledWith(20);
  fireEvent(reader, new MouseEvent('pointerout', { bubbles: true }));
  expect(onRead).toHaveBeenLastCalledWith(null);
});

it('draws seeds of one pipeline as a mean between two standard deviations, and says how wide they are', () => {
  const mean = { id: 'a', label: 'A', dash: undefined, x: [0, 100, 200], y: [0.5, 0.6, 0.7] };
  const band = { low: [0.5, 0.58, 0.69], high: [0.5, 0.62, 0.71] };
  const { container, rerender } = render(<CurveChart {...props} ghosts={[mean]} />);
  const areas = () =>
    [...container.querySelectorAll('.moving path')].filter((p) => p.getAttribute('d')!.endsWith('Z'));
  expect(areas().length).toBe(0);
  rerender(<CurveChart {...props} ghosts={[{ ...mean, band }]} />);
  expect(areas().length).toBe(1);
  expect(container.querySelector('.chart-label')!.textContent).toBe('A .700\u202f±\u202f.010');
});

it('reads racers where no curve is its own: markers and figures stand at the step, and keys go along the longest', () => {
  const reads: (number | null)[] = [];
  const racer = (id: string, x: number[], y: number[]) => ({
    id,
    label: id,
    dash: undefined,
    racer: 0,
    x,
    y,
  });
  const race: CurveChartProps = {
    ...props,
    series: { ...props.series, x: [], raw: [], smooth: [] },
    ghosts: [racer('A', [0, 50, 100], [0.5, 0.6, 0.7]), racer('B', [0, 50], [0.5, 0.55])],
    onRead: (step) => reads.push(step),
  };
  const { container, rerender } = render(<CurveChart {...race} />);
  const labels = () => [...container.querySelectorAll('.moving .chart-label')].map((t) => t.textContent);
  expect(labels()).toEqual(['A .700', 'B .550']);
  const keys = screen.getByRole('slider', { name: 'CTR AUC: step that is read' });
  fireEvent.change(keys, { target: { value: '1' } });
  expect(reads).toEqual([50]);
  rerender(<CurveChart {...race} mark={{ step: 50, at: 50, value: null, text: 'A .600, B .550' }} />);
  expect(labels()).toEqual(['A .600', 'B .550', 'step 50']);
  expect(keys.getAttribute('aria-valuetext')).toBe('step 50: A .600, B .550');
});
