/** Holds back what is set in fonts of its own, and what stands below it, until they are there: else all would be placed twice. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Nothing is held back for longer, whatever does not come. */
const PATIENCE_MS = 10_000;

/** Tells, when what it stands beside is in the page, that it is. */
function Arrival({ onArrive }: { onArrive: () => void }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it arrives
  useLayoutEffect(onArrive, []);
  return null;
}

/** @param children given a mark to put behind what wants the fonts, in the same `Suspense` if its code is fetched too */
export function FontsFirst({ children }: { children: (mark: ReactNode) => ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  // Where fonts cannot be watched they are not waited for.
  const [there, setThere] = useState(() => !('fonts' in document));
  const show = () => setThere(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: from the first on
  useEffect(() => {
    const timer = setTimeout(show, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const arrived = () => {
    if (there) return;
    // Fonts are asked for when what wants them is laid out.
    ref.current?.getBoundingClientRect();
    if (document.fonts.status === 'loaded') show();
    else void document.fonts.ready.then(show);
  };
  return (
    <div className="fonts-first" ref={ref} style={there ? undefined : { visibility: 'hidden' }}>
      {children(<Arrival onArrive={arrived} />)}
    </div>
  );
}
