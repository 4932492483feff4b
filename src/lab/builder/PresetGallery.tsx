/** The gallery of presets: by lesson and paper, with a search, and what each would change before it is taken. */
import { useId, useMemo, useRef, useState } from 'react';
import { changesOf } from '../../pipeline/changes';
import { pipelineName } from '../../pipeline/name';
import { PRESET_GROUPS, type Preset } from '../../pipeline/presets';
import { loadPreset, worldOf } from '../../state/edits';
import { usePipeline } from '../../state/stores';
import { wordsFound } from './search';

/** Most changes that the preview lists. */
const MOST = 9;

export default function PresetGallery({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('');
  const [shown, setShown] = useState<Preset | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const preview = useId();
  const groups = useMemo(
    () =>
      PRESET_GROUPS.map(({ title, presets }) => ({
        title,
        presets: presets.filter((p) =>
          wordsFound(text, [title, p.title, p.about, p.id, pipelineName(p.pipeline)]),
        ),
      })).filter(({ presets }) => presets.length > 0),
    [text],
  );
  const found = groups.reduce((n, { presets }) => n + presets.length, 0);
  const move = (by: number) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
  };
  const take = (preset: Preset) => {
    loadPreset(preset.id);
    onDone();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows move the focus among the buttons inside, which act by themselves
    <div
      className="gallery"
      onKeyDown={(e) => {
        if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
        e.preventDefault();
        move(e.key === 'ArrowDown' ? 1 : -1);
      }}
    >
      <label className="find">
        <span className="sr">Find a preset</span>
        <input
          type="search"
          className="text"
          placeholder="Find by model, block, paper or idea"
          value={text}
          autoComplete="off"
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            const all = groups.flatMap(({ presets }) => presets);
            const typed = text.trim().toLowerCase();
            const first = all.find((p) => p.title.toLowerCase() === typed || p.id === typed) ?? all[0];
            if (e.key === 'Enter' && typed !== '' && first) take(first);
          }}
        />
      </label>
      <p className="sr" role="status">
        {text === '' ? '' : `${found} presets found.`}
      </p>
      <div className="gallery-list" ref={list}>
        {groups.map(({ title, presets }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <ul className="presets">
              {presets.map((preset) => (
                <li key={preset.id}>
                  <button
                    type="button"
                    aria-describedby={shown === preset ? preview : undefined}
                    onFocus={() => setShown(preset)}
                    onPointerEnter={() => setShown(preset)}
                    onClick={() => take(preset)}
                  >
                    <b>{preset.title}</b>
                    <span>{preset.about}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {found === 0 && (
          <p className="empty">No preset has “{text}” in its name, blocks or idea: try a shorter word.</p>
        )}
      </div>
      <Preview id={preview} preset={shown} />
    </div>
  );
}

function Preview({ id, preset }: { id: string; preset: Preset | null }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const changes = useMemo(() => (preset ? changesOf(pipeline, preset.pipeline) : []), [pipeline, preset]);
  if (!preset) {
    return (
      <aside className="gallery-preview dim" id={id} aria-label="What it changes">
        <p>
          Point at a preset to see what it changes; arrows go up and down, Enter takes it, Ctrl + Z undoes it.
        </p>
      </aside>
    );
  }
  return (
    <aside className="gallery-preview" id={id} aria-label="What it changes">
      <h3>{preset.title} changes</h3>
      {changes.length === 0 ? (
        <p>Nothing: this is the pipeline that you have.</p>
      ) : (
        <dl>
          {changes.slice(0, MOST).map(({ what, from, to }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                <s>{from}</s> <span aria-hidden="true">→</span>
                <span className="sr"> becomes </span> <b>{to}</b>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {changes.length > MOST && <p className="dim">and {changes.length - MOST} more</p>}
      {preset.world && <p className="dim">Simulated world: {worldOf(preset.world)}.</p>}
    </aside>
  );
}
