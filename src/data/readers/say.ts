/** Words and numbers for the readers' messages: short, on one line, in plain English. */

export const count = (n: number): string => n.toLocaleString('en-US');

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** What a field holds, for a message: cut short and on one line. */
export function quote(field: string): string {
  const flat = field.slice(0, 60).replace(/\s+/g, ' ');
  return `"${flat.length > 24 ? `${flat.slice(0, 23)}…` : flat}"`;
}

/** "a", "a and b", "a, b and c"; the rest is counted after `most` names. */
export function list(names: readonly string[], most = 6): string {
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${count(names.length - most)} more`;
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
