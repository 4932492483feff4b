/** One's own data: files from this machine, or a shard by its address. */
import { useRef, useState } from 'react';
import { changeRoles, openFiles, openFolder } from '../../state/data';
import { offerShard, useShards } from '../../state/shards';
import { useData } from '../../state/stores';

const ACCEPT = '.csv,.tsv,.txt,.gz,.zip,.parquet,text/csv';

export function OpenFiles() {
  const input = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const opened = useData((s) => s.opened);
  return (
    <>
      <div className="buttons">
        <button type="button" className="btn" onClick={() => input.current?.click()}>
          Open files…
        </button>
        <button type="button" className="btn" onClick={() => folder.current?.click()}>
          Open a shard’s folder…
        </button>
        {opened && (
          <button type="button" className="btn" onClick={changeRoles}>
            Change roles…
          </button>
        )}
      </div>
      <input
        ref={input}
        type="file"
        accept={ACCEPT}
        multiple
        hidden
        aria-label="Data files"
        onChange={(e) => {
          const files = [...(e.target.files ?? [])];
          // The same file may be chosen again after it was mended.
          e.target.value = '';
          void openFiles(files);
        }}
      />
      <input
        ref={folder}
        type="file"
        // The prefix is all that any browser knows; each of them has it.
        {...{ webkitdirectory: '' }}
        hidden
        aria-label="Folder of a shard"
        onChange={(e) => {
          const files = [...(e.target.files ?? [])];
          e.target.value = '';
          void openFolder(files);
        }}
      />
    </>
  );
}

/** A field for the address of a shard; what it would bring is shown before anything is fetched. */
export function ShardAddress() {
  const [url, setUrl] = useState('');
  const asking = useShards((s) => s.asking);
  return (
    <form
      className="shard-address"
      onSubmit={(e) => {
        e.preventDefault();
        if (url.trim()) void offerShard(url.trim());
      }}
    >
      <input
        className="text"
        type="text"
        inputMode="url"
        value={url}
        placeholder="https://… of a shard"
        aria-label="Address of a shard"
        autoComplete="off"
        spellCheck={false}
        onChange={(e) => setUrl(e.target.value)}
      />
      <button type="submit" className="btn" disabled={url.trim() === '' || asking !== null}>
        {asking === null ? 'Look' : 'Looking'}
      </button>
    </form>
  );
}

export function OwnData() {
  return (
    <section className="own-data" aria-label="Your own data">
      <header className="part-head">
        <h3>Your own data</h3>
      </header>
      <p className="dim">
        CSV, TSV, Parquet, also as gzip or ZIP; two files that belong together, too; or the folder of a shard.
        Read here, never uploaded. You can also drop them on the page.
      </p>
      <OpenFiles />
      <ShardAddress />
    </section>
  );
}
