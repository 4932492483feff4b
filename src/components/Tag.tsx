/** A task's letter on its hue: the same mark in lanes, curves and tables. */
import type { TaskLook } from './tasks';

export function Tag({ look }: { look: TaskLook }) {
  return (
    <span className={`tag ${look.hue}`} aria-hidden="true">
      {look.letter}
    </span>
  );
}

/** The same mark inside an SVG that is hidden from screen readers, centred on a point. */
export function SvgTag({ look, x, y, size = 18 }: { look: TaskLook; x: number; y: number; size?: number }) {
  return (
    <g className={look.hue}>
      <rect className="tag-box" x={x - size / 2} y={y - size / 2} width={size} height={size} rx="1.5" />
      <text className="tag-letter" x={x} y={y + size * 0.24} style={{ fontSize: size * 0.67 }}>
        {look.letter}
      </text>
    </g>
  );
}
