/** Words and figures that messages share. */

export const say = (n: number): string => Math.round(n).toLocaleString('en-US');

export const percent = (share: number): string =>
  `${(100 * share).toLocaleString('en-US', { maximumSignificantDigits: 2 })} %`;

/** "a, b and c", or the first four "and 296 more". */
export function some(names: readonly string[]): string {
  if (names.length === 1) return names[0]!;
  if (names.length <= 5) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, 4).join(', ')} and ${say(names.length - 4)} more`;
}
