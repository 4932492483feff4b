/** Search in few texts: every word that is typed must begin a word of one of them. */

const plain = (text: string) => text.normalize('NFKD').replace(/[̀-ͯ]/g, '').toLowerCase();

/** Whether all words of the query are found; an empty query finds everything. Accents, case and hyphens do not matter. */
export function wordsFound(query: string, texts: readonly string[]): boolean {
  const words = plain(texts.join(' ')).split(/[^\p{L}\p{N}+]+/u);
  // "crossstitch" finds "Cross-stitch": from every word on, those that follow are tried without the gaps.
  const from = words.map((_, i) => words.slice(i, i + 3).join(''));
  return plain(query)
    .split(/[^\p{L}\p{N}+]+/u)
    .filter(Boolean)
    .every((word) => from.some((w) => w.startsWith(word)));
}
