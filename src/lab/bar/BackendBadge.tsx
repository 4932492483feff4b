/** What computes and why, and the choice of another. */
import { PopButton } from '../../components/Overlay';
import type { BackendChoice } from '../../pipeline/run';
import { chooseBackend } from '../../state/session';
import { useRun } from '../../state/stores';

const CHOICES: readonly { readonly value: BackendChoice; readonly label: string; readonly about: string }[] =
  [
    { value: 'auto', label: 'auto', about: 'the fastest that computes correctly' },
    { value: 'webgpu', label: 'WebGPU', about: 'graphics hardware' },
    { value: 'wasm', label: 'WASM', about: 'one thread, the same numbers every time' },
    { value: 'cpu', label: 'CPU', about: 'plain JavaScript, slow' },
  ];

export function BackendBadge() {
  const backend = useRun((s) => s.backend);
  const choice = useRun((s) => s.choice);
  const phase = useRun((s) => s.phase);
  const shown = backend && phase !== 'preparing' ? backend.label : nameOf(choice);
  return (
    <PopButton
      className="chip backend"
      title="Backend"
      testId="backend"
      label={`Backend: ${shown}`}
      button={shown}
    >
      {() => (
        <fieldset className="choices">
          <legend>Backend</legend>
          <p className="dim">{backend?.reason ?? 'It is brought up when you press Train.'}</p>
          {CHOICES.map(({ value, label, about }) => (
            <label key={value}>
              <input
                type="radio"
                name="backend"
                checked={choice === value}
                onChange={() => void chooseBackend(value)}
              />
              {label} <span className="dim">{about}</span>
            </label>
          ))}
          {choice === 'webgpu-software' && <p>The address asks for a WebGPU adapter in software.</p>}
        </fieldset>
      )}
    </PopButton>
  );
}

const nameOf = (choice: BackendChoice) =>
  CHOICES.find((c) => c.value === choice)?.label ?? 'WebGPU · software';
