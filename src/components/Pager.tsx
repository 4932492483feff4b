/** A long list in pages: where one is, and the way to the pages before and after. */
import { count } from './format';

/** The part of a list that a page shows; a page beyond the end is the last one. */
export function pageOf<T>(items: readonly T[], page: number, size: number) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const at = Math.min(Math.max(0, page), pages - 1);
  return { at, pages, from: at * size, shown: items.slice(at * size, (at + 1) * size) };
}

/** Stays in place, disabled, where there is one page only, so that nothing jumps when a search narrows the list. */
export function Pager({
  what,
  label,
  total,
  page,
  size,
  onChange,
}: {
  /** What the list holds, e.g. "columns". */
  what: string;
  /** Name of the landmark, unlike that of any other on the page. */
  label: string;
  total: number;
  page: number;
  size: number;
  onChange: (page: number) => void;
}) {
  const pages = Math.max(1, Math.ceil(total / size));
  const at = Math.min(page, pages - 1);
  return (
    <nav className="pager" aria-label={label}>
      <button type="button" className="btn" disabled={at === 0} onClick={() => onChange(at - 1)}>
        Previous
      </button>
      <span role="status">
        {total === 0
          ? `no ${what}`
          : `${count(at * size + 1)}–${count(Math.min(total, (at + 1) * size))} of ${count(total)} ${what}`}
      </span>
      <button type="button" className="btn" disabled={at >= pages - 1} onClick={() => onChange(at + 1)}>
        Next
      </button>
    </nav>
  );
}
