/** Where the data comes from: the simulated world with its dial, or a file of one's own. */
import { useRef, useState } from 'react';
import { Field, Slider, TextField } from '../../components/fields';
import { fraction } from '../../components/format';
import { openFile, simulate } from '../../state/data';
import { useData } from '../../state/stores';

const dial = (r: number) =>
  r === 0 ? '0' : `${r < 0 ? '\u2212' : '+'}${fraction(Math.abs(r), 2).replace(/^\./, '0.')}`;

export function DataPanel() {
  const request = useData((s) => s.request);
  const made = useData((s) => s.made);
  const loading = useData((s) => s.loading);
  const summary = useData((s) => s.summary);
  const input = useRef<HTMLInputElement>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  return (
    <div className="data-panel">
      <h3>Simulated world</h3>
      <p className="dim">
        Drawn after the AliExpress click and purchase logs of Spain. Nothing in it is a real person’s.
      </p>
      <Field
        label="Relatedness r"
        help="How alike the tastes behind click and purchase are: 1 the same, 0 unrelated, −1 what attracts clicks repels purchases."
      >
        {({ label, describedBy }) => (
          <Slider
            value={request.relatedness}
            min={-1}
            max={1}
            step={0.05}
            labelledBy={label}
            describedBy={describedBy}
            format={dial}
            onCommit={(relatedness) => void simulate({ relatedness })}
          />
        )}
      </Field>
      <Field label="World seed" help="Another seed draws another world of the same kind." refusal={refusal}>
        {({ label, describedBy }) => (
          <TextField
            className="short"
            numeric
            value={String(request.seed)}
            labelledBy={label}
            describedBy={describedBy}
            invalid={refusal !== null}
            onCommit={(text) => {
              const ok = /^\d{1,9}$/.test(text.trim());
              setRefusal(ok ? null : `The seed "${text}" is no whole number below a billion.`);
              if (ok) void simulate({ seed: Number(text) });
            }}
          />
        )}
      </Field>
      {!made && summary && (
        <button type="button" className="btn" onClick={() => void simulate()}>
          Use the simulated world
        </button>
      )}
      <h3>Your own data</h3>
      <p className="dim">
        A CSV in the AliExpress layout. It is read here and never uploaded. You can also drop it on the page.
      </p>
      <button type="button" className="btn" onClick={() => input.current?.click()}>
        Open file…
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label="CSV file"
        onChange={(e) => {
          const file = e.target.files?.[0];
          // The same file may be chosen again after it was mended.
          e.target.value = '';
          if (file) void openFile(file);
        }}
      />
      <p className="loading" role="status">
        {loading ? `Loading ${loading.what}: ${Math.round(loading.share * 100)} %` : ''}
      </p>
    </div>
  );
}
