/** The controls of the inspector: segments, number and text fields that refuse in a sentence, slider, switch. */
import { type ReactNode, useEffect, useId, useState } from 'react';

/** Tries a value; the sentence that says why it was refused, or null. */
export type Try<T> = (value: T) => string | null;

/** One labelled control with its help and, where a value was refused, why. */
export function Field({
  label,
  help,
  refusal,
  live = false,
  onReset,
  children,
}: {
  label: string;
  /** Gives the default back; left out where it holds. */
  onReset?: () => void;
  help?: string | undefined;
  refusal?: string | null;
  /** The control acts on a run under way. */
  live?: boolean;
  children: (ids: { label: string; describedBy: string | undefined }) => ReactNode;
}) {
  const id = useId();
  const described = [help && `${id}h`, refusal && `${id}r`].filter(Boolean).join(' ') || undefined;
  return (
    <div className="knob">
      <span className="knob-label" id={`${id}l`} title={help}>
        {label}
        {live && <small> live</small>}
      </span>
      {onReset && (
        <button
          type="button"
          className="knob-reset"
          aria-label={`${label} back to its default`}
          title="Back to the default"
          onClick={onReset}
        >
          ↺
        </button>
      )}
      <div className="knob-control">{children({ label: `${id}l`, describedBy: described })}</div>
      {help && (
        <span id={`${id}h`} hidden>
          {help}
        </span>
      )}
      {refusal && (
        <p className="refusal" role="alert" id={`${id}r`}>
          {refusal}
        </p>
      )}
    </div>
  );
}

/** A choice among few, all in sight. */
export function Segments<T extends string>({
  options,
  value,
  onChange,
  labelledBy,
  describedBy,
  label,
}: {
  options: readonly { readonly value: T; readonly label: string }[];
  value: T | null;
  onChange: (value: T) => void;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
  label?: string;
}) {
  const name = useId();
  return (
    <div
      className="seg"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-label={label}
      aria-describedby={describedBy}
    >
      {options.map((option) => (
        <label key={option.value} className={option.value === value ? 'on' : ''}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}

/** A text field that is applied on Enter or when left; Escape takes the edit back. */
export function TextField({
  value,
  onCommit,
  labelledBy,
  describedBy,
  label,
  numeric = false,
  className = '',
  placeholder,
  invalid = false,
}: {
  value: string;
  onCommit: (text: string) => void;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
  label?: string | undefined;
  numeric?: boolean;
  className?: string;
  placeholder?: string;
  invalid?: boolean;
}) {
  const [text, setText] = useState(value);
  // What is applied elsewhere (undo, a preset) shows here too.
  useEffect(() => setText(value), [value]);
  const commit = () => {
    if (text !== value) onCommit(text);
  };
  return (
    <input
      type="text"
      className={`text ${className}`}
      inputMode={numeric ? 'decimal' : 'text'}
      value={text}
      placeholder={placeholder}
      aria-labelledby={labelledBy}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      autoComplete="off"
      spellCheck={false}
      onChange={(e) => setText(e.target.value)}
      onBlur={commit}
      onKeyDown={(e) => {
        if (e.key === 'Enter') commit();
        if (e.key === 'Escape') setText(value);
      }}
    />
  );
}

/** A number that may stand anywhere in a range, with its figure beside it; applied when let go. */
export function Slider({
  value,
  min,
  max,
  step,
  onCommit,
  labelledBy,
  label,
  describedBy,
  format,
}: {
  value: number;
  min: number;
  max: number;
  step: number;
  onCommit: (value: number) => void;
  labelledBy?: string | undefined;
  /** Its name, where the text beside it may lie out of sight. */
  label?: string | undefined;
  describedBy?: string | undefined;
  format: (value: number) => string;
}) {
  const [shown, setShown] = useState(value);
  useEffect(() => setShown(value), [value]);
  const commit = () => {
    if (shown !== value) onCommit(shown);
  };
  return (
    <span className="slider">
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={shown}
        aria-labelledby={labelledBy}
        aria-label={label}
        aria-describedby={describedBy}
        aria-valuetext={format(shown)}
        style={{ '--share': (shown - min) / (max - min) } as React.CSSProperties}
        onChange={(e) => setShown(Number(e.target.value))}
        onPointerUp={commit}
        onKeyUp={commit}
        onBlur={commit}
      />
      <span className="num">{format(shown)}</span>
    </span>
  );
}

/** On or off. */
export function Switch({
  on,
  onChange,
  labelledBy,
  describedBy,
  label,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
  label?: string;
}) {
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={on}
      aria-labelledby={labelledBy}
      aria-label={label}
      aria-describedby={describedBy}
      onClick={() => onChange(!on)}
    >
      <i aria-hidden="true" />
      <span aria-hidden="true">{on ? 'on' : 'off'}</span>
    </button>
  );
}
