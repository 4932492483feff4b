/** How much of a user's file to keep and how to part it: rows, click share, whole pages, split, vocabulary, broken rows. */
import { type ReactNode, useState } from 'react';
import { Field, Segments, Slider, Switch, TextField } from '../../../components/fields';
import { compact, count, percent } from '../../../components/format';
import { type Mapping, mappingSchema, type Preview } from '../../../data/mapping/mapping';
import type { Problem } from './edits';

type Change = (mapping: Mapping) => void;

/** A whole number as the mapping's schema takes it; what it refuses is said below the field and changes nothing. */
function Whole({
  label,
  help,
  value,
  make,
  onChange,
}: {
  label: string;
  help: string;
  value: number;
  /** The mapping with another number. */
  make: (value: number) => Mapping;
  onChange: Change;
}) {
  const [refusal, setRefusal] = useState<string | null>(null);
  return (
    <Field label={label} help={help} refusal={refusal}>
      {({ label: labelledBy, describedBy }) => (
        <TextField
          numeric
          className="short"
          value={String(value)}
          labelledBy={labelledBy}
          describedBy={describedBy}
          invalid={refusal !== null}
          onCommit={(text) => {
            const number = Number(text.replace(/[,\s\u202f]/g, ''));
            const parsed = mappingSchema.safeParse(make(text.trim() === '' ? Number.NaN : number));
            setRefusal(
              parsed.success
                ? null
                : `"${text}" is refused: ${parsed.error.issues[0]!.message.replace(/\.$/, '')}.`,
            );
            if (parsed.success) onChange(parsed.data);
          }}
        />
      )}
    </Field>
  );
}

function Part({ title, problem, children }: { title: string; problem: string | null; children: ReactNode }) {
  return (
    <section className="plan-part" aria-label={title}>
      <h3>{title}</h3>
      {children}
      {problem && (
        <p className="refusal" role="status">
          {problem}
        </p>
      )}
    </section>
  );
}

const SPLITS: readonly { readonly value: Mapping['split']['by']; readonly label: string }[] = [
  { value: 'group', label: 'group' },
  { value: 'time', label: 'time' },
  { value: 'file', label: 'file' },
  { value: 'row', label: 'row' },
];

const SPLIT_WORDS: Record<Mapping['split']['by'], string> = {
  group: 'Whole groups go to either part, by a hash of their id.',
  time: 'The latest groups validate.',
  file: 'The second file validates.',
  row: 'Each row by itself; only where no rows belong together.',
};

/** What becomes of the file's rows under this budget, in words. */
function outlook({ estimatedRows }: Preview, rows: number): string {
  const about = `The files have about ${compact(estimatedRows)} rows`;
  return estimatedRows <= rows
    ? `${about}: all of them fit.`
    : `${about}: ${count(rows)} are kept, rows with the deepest event first, and weights make up for the rest.`;
}

export function ReadingPlan({
  mapping,
  preview,
  problem,
  onChange,
}: {
  mapping: Mapping;
  preview: Preview;
  problem: Problem | null;
  onChange: Change;
}) {
  const { sampling, split } = mapping;
  const sample = (change: Partial<Mapping['sampling']>): Mapping => ({
    ...mapping,
    sampling: { ...sampling, ...change },
  });
  const said = (part: Problem['part']) => (problem?.part === part ? problem.message : null);
  const told = mapping.columns.some((c) => c.role === 'country');
  return (
    <>
      <Part title="Sample" problem={said('sampling')}>
        <p className="dim">{outlook(preview, sampling.rows)}</p>
        <Whole
          label="Rows to keep"
          help="At most this many rows; from 100 to 2 million."
          value={sampling.rows}
          make={(rows) => sample({ rows })}
          onChange={onChange}
        />
        <Field
          label="Clicks kept"
          help="Share kept of the rows whose event led to no deeper one, such as clicks without a purchase; rows with the deepest event all stay."
        >
          {({ label, describedBy }) => (
            <Slider
              value={sampling.clickShare}
              min={0.01}
              max={1}
              step={0.01}
              labelledBy={label}
              describedBy={describedBy}
              format={(v) => percent(v).replace(/\.0+(?=\D)/, '')}
              onCommit={(v) => onChange(sample({ clickShare: Number(v.toFixed(4)) }))}
            />
          )}
        </Field>
        <Field
          label="Whole pages"
          help="Keep or leave all rows of a group together instead of single rows; for metrics of pages."
        >
          {({ label, describedBy }) => (
            <Switch
              on={sampling.wholePages}
              labelledBy={label}
              describedBy={describedBy}
              onChange={(wholePages) => onChange(sample({ wholePages }))}
            />
          )}
        </Field>
        <Whole
          label="Sample seed"
          help="Another seed draws another sample of the same files."
          value={sampling.seed}
          make={(seed) => sample({ seed })}
          onChange={onChange}
        />
      </Part>
      <Part title="Split" problem={said('split')}>
        <Field label="Part by" help="What decides which rows validate.">
          {({ label, describedBy }) => (
            <Segments
              options={SPLITS}
              value={split.by}
              labelledBy={label}
              describedBy={describedBy}
              onChange={(by) => onChange({ ...mapping, split: { ...split, by } })}
            />
          )}
        </Field>
        <p className="dim">{SPLIT_WORDS[split.by]}</p>
        {split.by !== 'file' && (
          <Field label="To validate" help="Share of groups or rows in the validation part.">
            {({ label, describedBy }) => (
              <Slider
                value={split.share}
                min={0.05}
                max={0.5}
                step={0.05}
                labelledBy={label}
                describedBy={describedBy}
                format={(v) => percent(v).replace(/\.0+(?=\D)/, '')}
                onCommit={(v) => onChange({ ...mapping, split: { ...split, share: Number(v.toFixed(4)) } })}
              />
            )}
          </Field>
        )}
      </Part>
      <Part title="Values" problem={null}>
        {!told && (
          <Field label="Country" help="The market of all rows, where no column tells it; may stay empty.">
            {({ label, describedBy }) => (
              <TextField
                className="short"
                value={mapping.country ?? ''}
                labelledBy={label}
                describedBy={describedBy}
                onCommit={(text) => onChange({ ...mapping, country: text.trim().slice(0, 40) || null })}
              />
            )}
          </Field>
        )}
        <Whole
          label="Vocabulary"
          help="Most values of a categorical column; rarer ones share the value “other”."
          value={mapping.vocabularyCap}
          make={(vocabularyCap) => ({ ...mapping, vocabularyCap })}
          onChange={onChange}
        />
        <Field
          label="Broken rows"
          help="A row that cannot be read refuses the file, or is left out and counted."
        >
          {({ label, describedBy }) => (
            <Segments
              options={[
                { value: 'refuse', label: 'refuse' },
                { value: 'skip', label: 'leave out' },
              ]}
              value={mapping.brokenRows}
              labelledBy={label}
              describedBy={describedBy}
              onChange={(brokenRows) => onChange({ ...mapping, brokenRows })}
            />
          )}
        </Field>
      </Part>
    </>
  );
}
