/** The link to a line-up: shown, copied, and as a QR code where one holds it. */
import { lazy, Suspense, useMemo, useState } from 'react';
import { count } from '../../components/format';
import { raceLink } from '../../state/boot';
import { useRace } from '../../state/race/store';
import { useData } from '../../state/stores';

const QrCode = lazy(() => import('../bar/QrCode'));

/** Bytes that the largest QR code holds at the page's error correction (version 40, M). */
export const QR_BYTES = 2331;

export function RaceShare() {
  const lineUp = useRace((s) => s.lineUp);
  const change = useRace((s) => s.change);
  const made = useData((s) => s.made);
  const [open, setOpen] = useState(false);
  const [copied, setCopied] = useState<boolean | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the link is made of these
  const link = useMemo(() => (open ? raceLink() : null), [open, lineUp, change, made]);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return (
    <section className="race-share" aria-label="Share">
      <button
        type="button"
        className="btn"
        aria-expanded={open}
        disabled={lineUp.length < 2}
        onClick={() => {
          setOpen(!open);
          setCopied(null);
        }}
      >
        Link to this line-up
      </button>
      {link && (
        <>
          <div className="share-row">
            <input
              className="text"
              type="text"
              readOnly
              value={link}
              aria-label="Link to the line-up"
              onFocus={(e) => e.currentTarget.select()}
            />
            <button type="button" className="btn" onClick={() => void copy(link)}>
              Copy link
            </button>
          </div>
          <p role="status">
            {copied === true && 'Link copied.'}
            {copied === false &&
              'The browser did not let the page copy: select the link and copy it by hand.'}
          </p>
          {!made && <p className="dim">The data is not in it: your file stays on this machine.</p>}
          {link.length <= QR_BYTES ? (
            <div className="qr-frame">
              <Suspense>
                <QrCode text={link} label="The link to the line-up as a QR code" />
              </Suspense>
            </div>
          ) : (
            <p>
              With {count(link.length)} characters the link is too long for a QR code, which holds{' '}
              {count(QR_BYTES)}: copy it, or take an entrant out.
            </p>
          )}
        </>
      )}
    </section>
  );
}
