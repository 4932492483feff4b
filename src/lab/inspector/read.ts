/** Reads what was typed as a number or as layer widths, or says in one sentence why it cannot be used. */

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string) => ({ ok: false, reason }) as const;

const limits = (min: number, max: number) => `from ${min} to ${max.toLocaleString('en-US')}`;

/** `64`, `0.01`, `1e-3`; a decimal comma and the typographic minus are understood. */
export function readNumber(
  text: string,
  { label, min, max, whole = false }: { label: string; min: number; max: number; whole?: boolean },
): Read<number> {
  const clean = text
    .trim()
    .replace('\u2212', '-')
    .replace(/^(-?\d*),(\d+)$/, '$1.$2');
  const value = Number(clean);
  if (clean === '' || !Number.isFinite(value)) {
    return refuse(
      `"${text.trim()}" is no number: ${label} takes ${whole ? 'whole numbers' : 'values'} ${limits(min, max)}.`,
    );
  }
  if (whole && !Number.isInteger(value))
    return refuse(`${label} must be a whole number ${limits(min, max)}.`);
  if (value < min || value > max) return refuse(`${label} must lie ${limits(min, max)}; ${clean} does not.`);
  return { ok: true, value };
}

/** `64, 32` or `64 32`. */
export function readWidths(
  text: string,
  { label, min, max, maxLayers }: { label: string; min: number; max: number; maxLayers: number },
): Read<number[]> {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  if (parts.length === 0) return refuse(`${label} needs at least one layer, e.g. 64, 32.`);
  if (parts.length > maxLayers)
    return refuse(`${label} takes at most ${maxLayers} layers; this has ${parts.length}.`);
  const widths: number[] = [];
  for (const part of parts) {
    const read = readNumber(part, { label: 'A layer width', min, max, whole: true });
    if (!read.ok) return read;
    widths.push(read.value);
  }
  return { ok: true, value: widths };
}
