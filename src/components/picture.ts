/** A part of the page as a picture: what lies on the screen, HTML tables and charts alike, drawn as one SVG with its colours in it. */

/** Properties that decide how an element of an SVG looks; they come from style sheets that the picture does not take along. */
const DRAWN = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'stroke-linejoin',
  'stroke-linecap',
  'paint-order',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
];
/** Pixels below the last thing drawn. */
const MARGIN = 8;
const NAMESPACE = 'http://www.w3.org/2000/svg';

const escaped = (text: string) =>
  text.replace(/[<>&"]/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[c]!);
const at = (n: number) => String(Math.round(n * 100) / 100);

/** What a screen reader alone reads, and what is hidden, is not in the picture; nor are controls. */
const unseen = (element: Element, style: CSSStyleDeclaration) =>
  style.display === 'none' ||
  style.visibility === 'hidden' ||
  element.classList.contains('sr') ||
  element.hasAttribute('data-no-picture');

const clear = (colour: string) => colour === 'transparent' || /^rgba\(.*,\s*0\)$/.test(colour);

/** An SVG element with its computed looks written into it, where they are not its parent's. */
function inlined(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    const parent = i === 0 ? null : getComputedStyle(element.parentElement!);
    const target = to[i]!;
    const own = DRAWN.filter((name) => {
      const value = style.getPropertyValue(name);
      return name === 'opacity' ? value !== '1' : value !== parent?.getPropertyValue(name);
    });
    // Attributes may name the page's tokens, which the picture does not have.
    for (const name of [...DRAWN, 'class']) target.removeAttribute(name);
    target.setAttribute('style', own.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
    if (own.length === 0) target.removeAttribute('style');
  });
  return copy;
}

/**
 * Draws an element as it lies on the screen.
 * @returns the text of a stand-alone SVG with the size of the element in CSS pixels
 */
export function pictureOf(root: Element): string {
  const frame = root.getBoundingClientRect();
  const width = Math.ceil(frame.width);
  const parts: string[] = [];
  // The picture ends where its content does, not where the panel has room left.
  let foot = 0;
  const box = (r: DOMRect) => {
    foot = Math.max(foot, r.bottom - frame.top);
    return { x: r.left - frame.left, y: r.top - frame.top };
  };
  const visit = (element: Element) => {
    const style = getComputedStyle(element);
    if (unseen(element, style)) return;
    const rect = element.getBoundingClientRect();
    const x = rect.left - frame.left;
    const y = rect.top - frame.top;
    if (element instanceof SVGSVGElement) {
      box(rect);
      const copy = inlined(element);
      copy.setAttribute('x', at(x));
      copy.setAttribute('y', at(y));
      copy.setAttribute('width', at(rect.width));
      copy.setAttribute('height', at(rect.height));
      parts.push(new XMLSerializer().serializeToString(copy));
      return;
    }
    if (element instanceof HTMLButtonElement || element instanceof HTMLInputElement) return;
    if (element !== root && !clear(style.backgroundColor)) {
      parts.push(
        `<rect x="${at(x)}" y="${at(y)}" width="${at(rect.width)}" height="${at(rect.height)}" fill="${style.backgroundColor}"/>`,
      );
    }
    const under = Number.parseFloat(style.borderBottomWidth);
    if (under > 0 && style.borderBottomStyle !== 'none' && !clear(style.borderBottomColor)) {
      const line = at(y + rect.height - under / 2);
      parts.push(
        `<path d="M${at(x)} ${line}H${at(x + rect.width)}" stroke="${style.borderBottomColor}" stroke-width="${at(under)}"/>`,
      );
    }
    for (const child of element.childNodes) {
      if (child instanceof Element) visit(child);
      else if (child.nodeType === Node.TEXT_NODE) writeText(child as Text, style);
    }
  };
  const writeText = (node: Text, style: CSSStyleDeclaration) => {
    for (const { text, rect } of linesOf(node)) {
      const { x, y } = box(rect);
      const size = Number.parseFloat(style.fontSize);
      const line = style.textDecorationLine;
      parts.push(
        `<text x="${at(x)}" y="${at(y + rect.height / 2 + size * 0.35)}" font-family="${escaped(style.fontFamily)}" font-size="${at(size)}" font-weight="${style.fontWeight}" fill="${style.color}"${line === 'none' ? '' : ` text-decoration="${line}"`}>${escaped(text)}</text>`,
      );
    }
  };
  visit(root);
  const height = Math.ceil(foot) + MARGIN;
  const paper = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim() || '#ffffff';
  return `<svg xmlns="${NAMESPACE}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="${paper}"/>${parts.join('')}</svg>\n`;
}

/** The lines in which a text is broken on the screen. */
function linesOf(node: Text): { text: string; rect: DOMRect }[] {
  const words = [...node.data.matchAll(/\S+/g)];
  const lines: { text: string; rect: DOMRect; from: number; to: number }[] = [];
  const range = document.createRange();
  for (const word of words) {
    const to = word.index + word[0].length;
    range.setStart(node, word.index);
    range.setEnd(node, to);
    const rect = range.getBoundingClientRect();
    if (rect.width === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.rect.top - rect.top) < rect.height / 2) {
      range.setStart(node, last.from);
      lines[lines.length - 1] = {
        ...last,
        to,
        text: node.data.slice(last.from, to).replace(/\s+/g, ' '),
        rect: range.getBoundingClientRect(),
      };
    } else lines.push({ text: word[0], rect, from: word.index, to });
  }
  return lines;
}

/** An SVG as PNG, at twice its size for print. @throws Error where the browser cannot draw it */
export async function pngOf(svg: string, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('This browser could not draw the picture: take the SVG instead.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
