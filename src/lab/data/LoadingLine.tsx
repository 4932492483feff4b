/** How far the making or reading of data is: share, speed, time left, rows, and the way to stop it. */
import { count } from '../../components/format';
import { stopLoading } from '../../state/data';
import { type Loading, useData } from '../../state/stores';

/** `12 s`, `4 min`, `1 h 10 min`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s}\u202fs`;
  const minutes = Math.round(s / 60);
  if (minutes < 90) return `${minutes}\u202fmin`;
  return `${Math.floor(minutes / 60)}\u202fh ${minutes % 60}\u202fmin`;
}

/** The figures of progress, those that are known. */
export function figuresOf({ share, bytesPerSecond, secondsLeft, rows }: Loading): string {
  const known = [
    `${Math.floor(share * 100)}\u202f%`,
    rows !== undefined && `${count(rows)} rows`,
    bytesPerSecond !== undefined &&
      `${(bytesPerSecond / 1e6).toFixed(bytesPerSecond < 1e7 ? 1 : 0)}\u202fMB/s`,
    secondsLeft !== undefined && Number.isFinite(secondsLeft) && `${duration(secondsLeft)} left`,
  ];
  return known.filter(Boolean).join(' · ');
}

/** The place is kept while nothing is under way, so that nothing moves when something is. */
export function LoadingLine() {
  const loading = useData((s) => s.loading);
  return (
    <div className="loading-line">
      <p className="sr" role="status">
        {loading ? `Working on ${loading.what}.` : ''}
      </p>
      {loading && (
        <>
          <p>
            <b>{loading.what}</b> <span className="loading-figures">{figuresOf(loading)}</span>
          </p>
          <div
            className="bar-track"
            role="progressbar"
            aria-label={`Loading ${loading.what}`}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(loading.share * 100)}
          >
            <i style={{ width: `${loading.share * 100}%` }} />
          </div>
          <button type="button" className="btn" disabled={loading.stopping} onClick={stopLoading}>
            {loading.stopping ? 'Stopping' : 'Cancel'}
          </button>
        </>
      )}
    </div>
  );
}
