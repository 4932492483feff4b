/** Size of an element as it changes, and what the screen is like. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

/** A ref to put on an element, and that element's inner size (0 × 0 until measured). */
export function useSize(): [
  ref: (element: HTMLElement | null) => void,
  size: { width: number; height: number },
] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return;
    const read = () =>
      setSize((old) => {
        const width = Math.floor(element.clientWidth);
        const height = Math.floor(element.clientHeight);
        return old.width === width && old.height === height ? old : { width, height };
      });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, size];
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
