/** Whose numbers are shown, at the end of a line: rows and step, and what is taken off them. */
import { Steady } from '../../../components/Steady';
import { usePipeline } from '../../../state/stores';
import { type Compared, comparedWords } from './compare';

export function ReadingWords({ of }: { of: Compared }) {
  const steps = usePipeline((s) => s.pipeline.training.steps);
  // The room is that of the run's last step.
  const room = comparedWords({ ...of, step: Math.max(of.step, steps) });
  return <Steady room={`${room}.`}>{`${comparedWords(of)}.`}</Steady>;
}
