/** The share link: shown, copied, and what it holds said in words. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { Sheet } from '../../components/Overlay';
import { shareLink } from '../../state/boot';
import { useData, useUi } from '../../state/stores';

const QrCode = lazy(() => import('./QrCode'));

export function ShareSheet() {
  const open = useUi((s) => s.dialog === 'share');
  const made = useData((s) => s.made);
  const link = useMemo(() => (open ? shareLink() : ''), [open]);
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = useCallback(async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  }, [link]);
  // Pressing Share is the wish to have the link: it is copied at once where the browser lets us.
  useEffect(() => {
    setCopied(null);
    if (link) void copy();
  }, [link, copy]);
  return (
    <Sheet title="Share this lab" open={open} onClose={() => useUi.setState({ dialog: null })}>
      <p>
        {made
          ? 'The link holds the pipeline, its training settings and the simulated world.'
          : 'The link holds the pipeline and its training settings. Your file stays on this machine.'}
      </p>
      <div className="share-row">
        <input
          className="text"
          type="text"
          readOnly
          value={link}
          aria-label="Link"
          onFocus={(e) => e.currentTarget.select()}
        />
        <button type="button" className="btn" onClick={() => void copy()}>
          Copy link
        </button>
      </div>
      <p role="status" className="confirm">
        {copied === true && 'Link copied.'}
        {copied === false && 'The browser did not let the page copy: select the link and copy it by hand.'}
      </p>
      <div className="qr-frame">
        {link && (
          <Suspense>
            <QrCode text={link} label="The link as a QR code" />
          </Suspense>
        )}
      </div>
    </Sheet>
  );
}
