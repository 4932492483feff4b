/** The run's seed: initial weights, batch order and dropout follow from it. */
import { useState } from 'react';
import { TextField } from '../../components/fields';
import { setTraining } from '../../state/edits';
import { tellError } from '../../state/notices';
import { usePipeline } from '../../state/stores';

export function SeedField() {
  const seed = usePipeline((s) => s.pipeline.training.seed);
  const [refused, setRefused] = useState(0);
  return (
    <span className="field seed">
      <span id="seed-label">seed</span>
      <TextField
        // A refused text gives way to the seed in force.
        key={refused}
        className="short"
        numeric
        value={String(seed)}
        labelledBy="seed-label"
        onCommit={(text) => {
          const refusal = /^\d+$/.test(text.trim())
            ? setTraining({ seed: Number(text) })
            : `The seed "${text}" is no whole number: use digits only, e.g. 7.`;
          if (refusal) {
            tellError(refusal);
            setRefused((n) => n + 1);
          }
        }}
      />
    </span>
  );
}
