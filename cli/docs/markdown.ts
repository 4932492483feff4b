/** Small pieces of Markdown as GitHub shows it. */

/** Cells may hold anything: what would end a cell is taken from them. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** A formula within a line. The backticks keep GitHub from reading `_` and `*` as emphasis. */
export const math = (tex: string) => `$\`${tex.replaceAll('|', '\\vert ')}\`$`;

export const mathBlock = (lines: readonly string[]) =>
  lines.map((tex) => `\`\`\`math\n${tex}\n\`\`\`\n`).join('\n');

export const code = (text: string) => `\`${text}\``;
