/** Finds the symbols of a block inside its equations, so that each can be pointed at where it stands. */

/** A letter or command of TeX with what hangs on it. */
interface Atom {
  readonly start: number;
  readonly end: number;
  /** Without scripts, e.g. `W`, `\hat p`, `\mathrm{MLP}`. */
  readonly base: string;
  /** Tokens of the subscript and of the superscript, in which a prime counts; a transpose and a square change no name. */
  readonly sub: readonly string[];
  readonly sup: readonly string[];
}

/** Commands that make one symbol of the next: `\hat p` is not p. */
const ACCENTS = new Set(['\\hat', '\\bar', '\\tilde', '\\nabla']);
/** Commands whose group is a name. */
const NAMES = new Set(['\\mathrm', '\\text', '\\operatorname']);
/** Tokens of TeX: a command, white space, or one character. */
const TOKEN = /\\(?:[a-zA-Z]+|.)|\s+|./gsu;
const NOTHING = /^(?:\s+|\\[,;!: ]|[{}])$/;
const SAME_NAME = new Set(['\\top', '2']);

/** All atoms of a formula that stand on the line, not in a script of another. */
export function atomsOf(tex: string): Atom[] {
  const tokens = [...tex.matchAll(TOKEN)].map((m) => ({
    text: m[0],
    start: m.index,
    end: m.index + m[0].length,
  }));
  const textAt = (i: number) => tokens[i]?.text ?? '';
  /** Behind the argument that begins at a token: a group, or the token alone. */
  const behind = (i: number): number => {
    if (textAt(i) !== '{') return i + 1;
    let depth = 0;
    for (let j = i; j < tokens.length; j++) {
      depth += textAt(j) === '{' ? 1 : textAt(j) === '}' ? -1 : 0;
      if (depth === 0) return j + 1;
    }
    return tokens.length;
  };
  const past = (i: number): number => (/^\s+$/.test(textAt(i)) ? i + 1 : i);
  const atoms: Atom[] = [];
  for (let i = 0; i < tokens.length; ) {
    if (NOTHING.test(textAt(i))) {
      i++;
      continue;
    }
    const from = i;
    const argument = past(i + 1);
    const takes = NAMES.has(textAt(i)) || (ACCENTS.has(textAt(i)) && !/^[_^]?$/.test(textAt(argument)));
    i = takes ? behind(argument) : i + 1;
    const base = tex.slice(tokens[from]!.start, tokens[i - 1]!.end);
    const scripts: Record<'_' | '^', string[]> = { _: [], '^': [] };
    while (/^[_^']$/.test(textAt(i))) {
      const sign = textAt(i);
      if (sign === "'") {
        scripts['^'].push('\\prime');
        i++;
        continue;
      }
      const first = past(i + 1);
      i = behind(first);
      const inside = tokens.slice(first, i).map((t) => t.text);
      scripts[sign as '_' | '^'].push(...inside.filter((t) => !NOTHING.test(t) && !SAME_NAME.has(t)));
    }
    atoms.push({
      start: tokens[from]!.start,
      end: tokens[i - 1]!.end,
      base,
      sub: scripts._,
      sup: scripts['^'],
    });
  }
  return atoms;
}

/** The atoms that an entry of the list of symbols names: `W_1, W_2` are two; what is more than a symbol is none. */
function formsOf(entry: string): Atom[] {
  return entry
    .split(/,(?![^{]*\})/)
    .map(atomsOf)
    .flatMap((atoms) => (atoms.length === 1 ? atoms : []));
}

/** i, j and k run over the same: g_j is g_k of another task. */
const running = (index: string | undefined) => (index === 'i' || index === 'j' ? 'k' : index);

/** 2 where an atom is the very symbol, 1 where its scripts begin alike (`x^{l-1}_k` is x^l_k one level before), else 0. */
function likeness(atom: Atom, form: Atom): number {
  if (atom.base !== form.base) return 0;
  const same = (a: readonly string[], b: readonly string[]) => a.join(' ') === b.join(' ');
  if (same(atom.sub, form.sub) && same(atom.sup, form.sup)) return 2;
  const begins = (a: readonly string[], b: readonly string[]) => running(a[0]) === running(b[0]);
  return begins(atom.sub, form.sub) && begins(atom.sup, form.sup) ? 1 : 0;
}

/**
 * An equation in which each occurrence of a symbol carries that symbol's number in the list as `data-symbol`.
 * @param symbols entries of the list of symbols, in KaTeX
 */
export function marked(tex: string, symbols: readonly string[]): string {
  const forms = symbols.map(formsOf);
  let out = '';
  let at = 0;
  for (const atom of atomsOf(tex)) {
    let best = -1;
    let most = 0;
    forms.forEach((of, i) => {
      const like = Math.max(0, ...of.map((form) => likeness(atom, form)));
      if (like > most) [best, most] = [i, like];
    });
    if (best < 0) continue;
    out += `${tex.slice(at, atom.start)}\\htmlData{symbol=${best}}{${tex.slice(atom.start, atom.end)}}`;
    at = atom.end;
  }
  return out + tex.slice(at);
}
