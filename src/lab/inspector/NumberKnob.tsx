/** A number with limits as one labelled text field: for training settings and tasks. */
import { useState } from 'react';
import { Field, TextField } from '../../components/fields';
import { readNumber } from './read';

export function NumberKnob({
  label,
  help,
  value,
  min,
  max,
  whole = false,
  live = false,
  empty,
  onSet,
}: {
  label: string;
  help: string;
  value: number | null;
  min: number;
  max: number;
  whole?: boolean;
  live?: boolean;
  /** What an empty field means; without it an empty field is refused. */
  empty?: string;
  /** @returns why the value was refused, or null */
  onSet: (value: number | null) => string | null;
}) {
  const [refusal, setRefusal] = useState<string | null>(null);
  return (
    <Field label={label} help={help} live={live} refusal={refusal}>
      {(ids) => (
        <TextField
          numeric
          value={value === null ? '' : String(value)}
          {...(empty && { placeholder: empty })}
          labelledBy={ids.label}
          describedBy={ids.describedBy}
          invalid={refusal !== null}
          onCommit={(text) => {
            if (empty !== undefined && text.trim() === '') {
              setRefusal(onSet(null));
              return;
            }
            const read = readNumber(text, { label, min, max, whole });
            setRefusal(read.ok ? onSet(read.value) : read.reason);
          }}
        />
      )}
    </Field>
  );
}
