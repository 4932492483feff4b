/** Hyper-parameters of the Tops that weigh rows by inverse propensities. */
import type { HyperParam } from '../../pipeline/spec';

/** The floor ε of a propensity, as a hyper-parameter. */
export const floor: HyperParam = {
  kind: 'choice',
  label: 'Floor ε',
  help: 'Smallest propensity that a row is divided by.',
  source: '10⁻⁶: GNOLR’s code; larger floors keep sparse funnels of three tasks calm',
  options: [
    { value: '0.000001', label: '10⁻⁶' },
    { value: '0.001', label: '0.001' },
    { value: '0.01', label: '0.01' },
  ],
  default: '0.000001',
};

/** The largest inverse propensity, as a hyper-parameter. */
export const cap = {
  kind: 'int',
  label: 'Cap',
  help: 'Largest weight of a row; 0 for none.',
  source: '15: PaddleRec; none: GNOLR’s code',
  min: 0,
  max: 10_000,
  suggested: [0, 15],
  default: 15,
} as const satisfies HyperParam;

/** The weight of the debiased loss, as a hyper-parameter. */
export const debiasWeight = (fallback: number, source: string): HyperParam => ({
  kind: 'real',
  label: 'Weight of the debiased loss',
  help: 'How much the loss on the conditional rate counts beside those on all impressions.',
  source,
  min: 0,
  max: 2,
  step: 0.01,
  default: fallback,
});
