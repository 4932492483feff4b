/** Samples kept in this browser: saved, opened, taken away as a ZIP, deleted after a second press; and the room they take. */
import { useEffect, useRef, useState } from 'react';
import type { StoredShard } from '../../../workers/protocol';
import { count } from '../../components/format';
import {
  deleteShard,
  downloadShard,
  openShard,
  refreshShards,
  saveShard,
  useShards,
} from '../../state/shards';
import { useData } from '../../state/stores';

/** `21.0 MB`, `1.20 GB`, as disks are labelled. */
export function bytes(n: number): string {
  const [unit, size] =
    n >= 1e9 ? ['GB', 1e9] : n >= 1e6 ? ['MB', 1e6] : n >= 1e3 ? ['kB', 1e3] : ['bytes', 1];
  const value = n / size;
  const digits = size === 1 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}\u202f${unit}`;
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const dateOf = (iso: string) => {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? 'undated' : day.format(time);
};

function ShardRow({ shard }: { shard: StoredShard }) {
  const busy = useShards((s) => s.busy !== null);
  const loading = useData((s) => s.loading !== null);
  const [sure, setSure] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const remove = useRef<HTMLButtonElement>(null);
  // The question takes the focus to its harmless answer, and gives it back.
  useEffect(() => {
    if (sure) keep.current?.focus();
  }, [sure]);
  return (
    <li className="shard">
      <div className="shard-words">
        <b>{shard.title}</b>
        <span>{shard.detail}</span>
        <span className="shard-figures">
          {count(shard.rows)} rows · {bytes(shard.bytes)} · {dateOf(shard.created)}
        </span>
      </div>
      {sure ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's frame to two buttons
        <div className="buttons" role="group" aria-label={`Delete ${shard.title}?`}>
          <button
            type="button"
            className="btn"
            disabled={busy}
            onClick={() => {
              setSure(false);
              void deleteShard(shard);
            }}
          >
            Delete for good
          </button>
          <button
            type="button"
            className="btn"
            ref={keep}
            onClick={() => {
              setSure(false);
              queueMicrotask(() => remove.current?.focus());
            }}
          >
            Keep
          </button>
        </div>
      ) : (
        <div className="buttons">
          <button
            type="button"
            className="btn"
            aria-label={`Open ${shard.title}`}
            disabled={busy || loading}
            onClick={() => void openShard(shard)}
          >
            Open
          </button>
          <button
            type="button"
            className="btn bare"
            ref={remove}
            aria-label={`Delete ${shard.title}`}
            disabled={busy}
            onClick={() => setSure(true)}
          >
            Delete
          </button>
        </div>
      )}
    </li>
  );
}

function Room() {
  const room = useShards((s) => s.room);
  if (!room) return null;
  const { used, quota } = room;
  if (used === null || quota === null || quota <= 0) {
    return <p className="dim">This browser does not say how much room there is.</p>;
  }
  return (
    <div className="room">
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw their own meter in hues that mean tasks here */}
      <div
        className="bar-track"
        role="meter"
        aria-label="Room used in this browser"
        aria-valuemin={0}
        aria-valuemax={quota}
        aria-valuenow={Math.min(used, quota)}
        aria-valuetext={`${bytes(used)} of ${bytes(quota)}`}
      >
        <i style={{ width: `${Math.min(100, (used / quota) * 100)}%` }} />
      </div>
      <p className="dim">
        {bytes(used)} of {bytes(quota)} used
      </p>
    </div>
  );
}

export function Shards() {
  const shards = useShards((s) => s.shards);
  const busy = useShards((s) => s.busy);
  const refusal = useShards((s) => s.refusal);
  const summary = useData((s) => s.summary);
  const loading = useData((s) => s.loading !== null);
  useEffect(() => void refreshShards(), []);
  const idle = busy === null && !loading && summary !== null;
  return (
    <section className="shards" aria-label="Kept in this browser">
      <header className="part-head">
        <h3>Kept in this browser</h3>
      </header>
      <div className="buttons">
        <button type="button" className="btn" disabled={!idle} onClick={() => void saveShard()}>
          Save the data in use
        </button>
        <button type="button" className="btn" disabled={!idle} onClick={() => void downloadShard()}>
          Download ZIP
        </button>
      </div>
      <p className="busy" role="status">
        {busy ?? ''}
      </p>
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {shards !== null && shards.length === 0 && <p className="dim">Nothing is kept yet.</p>}
      {shards !== null && shards.length > 0 && (
        <ul>
          {shards.map((shard) => (
            <ShardRow key={shard.id} shard={shard} />
          ))}
        </ul>
      )}
      <Room />
    </section>
  );
}
