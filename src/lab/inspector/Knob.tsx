/** One hyper-parameter of a block: the papers' values first, any other within the limits, and a sentence for what is beyond. */
import { Field, Segments, Slider, Switch, TextField } from '../../components/fields';
import { fraction } from '../../components/format';
import type { HyperParam, ParamValue } from '../../pipeline/spec';
import { readNumber, readWidths } from './read';

interface KnobProps {
  readonly param: HyperParam;
  readonly value: ParamValue;
  readonly refusal: string | null;
  readonly onChange: (value: ParamValue) => void;
  /** What was typed cannot be read as a value. */
  readonly onRefuse: (reason: string) => void;
}

interface Ids {
  readonly label: string;
  readonly describedBy: string | undefined;
}

export function Knob(props: KnobProps) {
  const { param, value, refusal, onChange } = props;
  const moved = JSON.stringify(value) !== JSON.stringify(param.default);
  return (
    <Field
      label={param.label}
      help={`${param.help} ${rangeOf(param)} Source: ${param.source}.`}
      refusal={refusal}
      {...(moved && { onReset: () => onChange(param.default) })}
    >
      {(ids) => <Control {...props} ids={ids} />}
    </Field>
  );
}

/** What the lab accepts, and what it starts with. */
function rangeOf(param: HyperParam): string {
  switch (param.kind) {
    case 'int':
    case 'real':
      return `From ${param.min} to ${param.max}; default ${param.default}.`;
    case 'widths':
      return `Up to ${param.maxLayers} layers of ${param.min} to ${param.max} units; default ${param.default.join(', ')}.`;
    case 'choice':
      return `Default ${param.options.find((o) => o.value === param.default)?.label ?? param.default}.`;
    case 'flag':
      return `Default ${param.default ? 'on' : 'off'}.`;
  }
}

function Control({ ids, ...props }: KnobProps & { ids: Ids }) {
  const { param, value, onChange, onRefuse } = props;
  switch (param.kind) {
    case 'int':
      return <WholeNumber {...props} param={param} ids={ids} />;
    case 'real':
      return (
        <Slider
          value={Number(value)}
          min={param.min}
          max={param.max}
          step={param.step}
          labelledBy={ids.label}
          describedBy={ids.describedBy}
          format={(v) => fraction(v, 2)}
          // Steps of .05 add up to .15000000000000002.
          onCommit={(v) => onChange(Number(v.toFixed(6)))}
        />
      );
    case 'choice':
      return (
        <Segments
          options={param.options}
          value={String(value)}
          labelledBy={ids.label}
          describedBy={ids.describedBy}
          onChange={onChange}
        />
      );
    case 'flag':
      return (
        <Switch
          on={value === true}
          labelledBy={ids.label}
          describedBy={ids.describedBy}
          onChange={onChange}
        />
      );
    case 'widths': {
      const text = (value as readonly number[]).join(', ');
      const options = param.suggested.map((w) => w.join(', '));
      return (
        <span className="widths">
          <TextField
            value={text}
            labelledBy={ids.label}
            describedBy={ids.describedBy}
            invalid={props.refusal !== null}
            onCommit={(typed) => {
              const read = readWidths(typed, param);
              if (read.ok) onChange(read.value);
              else onRefuse(read.reason);
            }}
          />
          <select
            className="text papers"
            aria-label={`${param.label}, values of the papers`}
            value={options.includes(text) ? text : ''}
            onChange={(e) => {
              if (e.target.value) onChange(e.target.value.split(', ').map(Number));
            }}
          >
            <option value="" disabled>
              papers…
            </option>
            {options.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </span>
      );
    }
  }
}

function WholeNumber({
  param,
  value,
  refusal,
  onChange,
  onRefuse,
  ids,
}: KnobProps & { param: Extract<HyperParam, { kind: 'int' }>; ids: Ids }) {
  const suggested = param.suggested.includes(Number(value));
  return (
    <span className="whole">
      <Segments
        options={param.suggested.map((n) => ({ value: String(n), label: String(n) }))}
        value={suggested ? String(value) : null}
        labelledBy={ids.label}
        describedBy={ids.describedBy}
        onChange={(v) => onChange(Number(v))}
      />
      <TextField
        className={`other ${suggested ? '' : 'set'}`}
        numeric
        value={suggested ? '' : String(value)}
        placeholder="other"
        label={`${param.label}, other value`}
        describedBy={ids.describedBy}
        invalid={refusal !== null}
        onCommit={(text) => {
          if (text.trim() === '') return;
          const read = readNumber(text, { ...param, whole: true });
          if (read.ok) onChange(read.value);
          else onRefuse(read.reason);
        }}
      />
    </span>
  );
}
