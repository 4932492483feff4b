/** The simulated world's dials: the most used in sight, the rest one click away, each with its way back to the default. */
import { useId, useState } from 'react';
import { Segments, Slider, Switch, TextField } from '../../components/fields';
import { count } from '../../components/format';
import { Glyph } from '../../components/icons';
import { DEFAULT_REQUEST, type SimulationRequest } from '../../data/simulator/request';
import { setWorld } from '../../state/data';
import { useData } from '../../state/stores';
import { applies, DIALS, type Dial, isDefault } from './dials';

type Change = Partial<SimulationRequest>;

function Control({
  dial,
  request,
  ids,
  onChange,
  onRefuse,
}: {
  dial: Dial;
  request: SimulationRequest;
  ids: { labelledBy: string; describedBy: string };
  onChange: (change: Change) => void;
  onRefuse: (reason: string) => void;
}) {
  const value = request[dial.key];
  switch (dial.kind) {
    case 'choice':
      return (
        <Segments
          options={dial.options}
          value={String(value)}
          onChange={(chosen) => onChange({ [dial.key]: chosen } as Change)}
          {...ids}
        />
      );
    case 'slide':
      return (
        <Slider
          value={Number(value)}
          min={dial.min}
          max={dial.max}
          step={dial.step}
          format={dial.format}
          // Sums of steps such as 0.05 carry a tail of digits that would end up in links.
          onCommit={(v) => onChange({ [dial.key]: Number(v.toFixed(4)) })}
          label={dial.label}
          describedBy={ids.describedBy}
        />
      );
    case 'switch':
      return <Switch on={value === true} onChange={(on) => onChange({ [dial.key]: on })} {...ids} />;
    case 'number':
      return (
        <TextField
          className="short"
          numeric
          value={String(value)}
          onCommit={(text) => {
            const whole = /^\d{1,12}$/.test(text.trim()) ? Number(text) : Number.NaN;
            if (whole >= dial.min && whole <= dial.max) onChange({ [dial.key]: whole });
            else onRefuse(`"${text}" is no whole number from ${count(dial.min)} to ${count(dial.max)}.`);
          }}
          // A name of its own: a label that is scrolled out of sight does not count as one.
          label={dial.label}
          describedBy={ids.describedBy}
        />
      );
  }
}

function DialRow({ dial }: { dial: Dial }) {
  const request = useData((s) => s.request);
  const [refusal, setRefusal] = useState<string | null>(null);
  const id = useId();
  const atDefault = isDefault(dial, request);
  const change = (to: Change) => setRefusal(setWorld(to));
  return (
    <div className={`dial of-${dial.kind}`}>
      <span className="knob-label" id={`${id}l`}>
        {dial.label}
      </span>
      <div className="knob-control">
        <Control
          dial={dial}
          request={request}
          ids={{ labelledBy: `${id}l`, describedBy: refusal ? `${id}h ${id}r` : `${id}h` }}
          onChange={change}
          onRefuse={setRefusal}
        />
      </div>
      <button
        type="button"
        className="btn bare dial-reset"
        aria-label={`${dial.label}: back to the default`}
        title="Back to the default"
        hidden={atDefault}
        onClick={() => change({ [dial.key]: DEFAULT_REQUEST[dial.key] })}
      >
        <Glyph name="reset" />
      </button>
      <p className="dial-help" id={`${id}h`}>
        {dial.help}
      </p>
      {refusal && (
        <p className="refusal" role="alert" id={`${id}r`}>
          {refusal}
        </p>
      )}
    </div>
  );
}

export function WorldDials() {
  const request = useData((s) => s.request);
  const made = useData((s) => s.made);
  const summary = useData((s) => s.summary);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [first, ...more] = DIALS;
  const changed = more.flatMap((g) => g.dials).filter((d) => applies(d, request) && !isDefault(d, request));
  const anyChanged = JSON.stringify(request) !== JSON.stringify(DEFAULT_REQUEST);
  return (
    <section className="world" aria-label="Simulated world">
      <header className="part-head">
        <h3>Simulated world</h3>
        <button
          type="button"
          className="link"
          disabled={!anyChanged}
          onClick={() => setRefusal(setWorld(DEFAULT_REQUEST))}
        >
          All defaults
        </button>
      </header>
      <p className="dim">Drawn after published logs; no real person is in it.</p>
      {!made && summary && (
        <button type="button" className="btn" onClick={() => setRefusal(setWorld({}))}>
          Use the simulated world
        </button>
      )}
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      <div className="dials">
        {first!.dials
          .filter((d) => applies(d, request))
          .map((dial) => (
            <DialRow key={dial.key} dial={dial} />
          ))}
      </div>
      <details className="more-dials">
        <summary>More dials{changed.length > 0 && <small> {changed.length} changed</small>}</summary>
        {more.map(({ title, dials }) => (
          <section key={title} aria-label={title}>
            <h4>{title}</h4>
            <div className="dials">
              {dials
                .filter((d) => applies(d, request))
                .map((dial) => (
                  <DialRow key={dial.key} dial={dial} />
                ))}
            </div>
          </section>
        ))}
      </details>
    </section>
  );
}
