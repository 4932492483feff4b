/** Exact weighted AUC with ties, its interval, and the reason where there is none. */

/** An AUC is a value with its interval, or the reason why there is none. */
export type Auc =
  | {
      readonly ok: true;
      readonly value: number;
      /** Standard error of the value (DeLong, weighted), for an interval of value ± 1.96·se. */
      readonly se: number;
      /** Number of positive rows behind it. */
      readonly positives: number;
      readonly rows: number;
    }
  | { readonly ok: false; readonly reason: string; readonly positives: number; readonly rows: number };
