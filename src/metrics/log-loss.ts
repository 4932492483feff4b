/** Log-loss from log-probabilities, so that no probability is ever clipped. */

type Logs = Float32Array | Float64Array;

/**
 * Weighted mean of −(y·log p + (1−y)·log(1−p)) in nats over rows with mask ≠ 0; null where no row counts.
 * `logP`, `log1mP`, `labels`, `weights`, `mask` [N]. Infinite where an impossible event happened, NaN where a log is NaN.
 */
export function logLoss(
  logP: Logs,
  log1mP: Logs,
  labels: Uint8Array,
  weights?: Float32Array,
  mask?: Uint8Array,
): number | null {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const w = weights ? weights[i]! : 1;
    if (!(w > 0) || (mask && mask[i] === 0)) continue;
    sum -= w * (labels[i]! > 0 ? logP[i]! : log1mP[i]!);
    total += w;
  }
  return total > 0 ? sum / total : null;
}
