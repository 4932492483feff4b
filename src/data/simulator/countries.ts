/** How markets differ when the country shift κ is on: whose taste weighs which item score, and which pages are shown. */
import type { Market } from './marginals';

interface Shift {
  /** ξ of attraction and of intent over i_0…i_7. */
  readonly attraction: readonly number[];
  readonly intent: readonly number[];
  /** ζ over u_0…u_5. */
  readonly page: readonly number[];
}

/** Standard normal draws, made once: the markets of the simulated world are always the same five. */
export const SHIFTS: Readonly<Record<Market, Shift>> = {
  RU: {
    attraction: [-0.32, -0.49, 1.68, 1.97, 0.16, -1.26, 0.2, 0.04],
    intent: [-0.88, 1.53, 1.0, -1.41, 0.88, -1.43, -0.43, -0.89],
    page: [1.34, 0.87, -0.18, 0.06, -0.28, -0.25],
  },
  ES: {
    attraction: [0.93, -0.13, -1.1, 1.21, -1.52, -0.37, 0.09, -0.67],
    intent: [-0.31, 0.65, 0.1, 2.12, -0.17, -0.05, 1.18, 1.03],
    page: [0.21, -1.23, 1.75, -1.19, 0.71, -1.27],
  },
  FR: {
    attraction: [0.11, -1.63, 1.32, 0.08, -1.18, 1.16, 0.98, -1.45],
    intent: [1.11, -0.61, -0.98, 0.73, -0.74, -1.47, -0.6, -0.44],
    page: [0.13, -1.27, 0.12, -0.28, 1.01, 0.72],
  },
  NL: {
    attraction: [-1.02, -0.12, -1.42, -0.4, -0.05, 1.49, 1.49, 0.57],
    intent: [0.55, 0.3, 0.43, -0.28, -1.13, 1.71, 0.29, -2.13],
    page: [-0.32, -0.1, 0.53, 1.88, 1.34, 0.14],
  },
  US: {
    attraction: [0.01, -0.06, 0.25, 0.05, 1.18, 1.4, 0.01, -0.27],
    intent: [0.45, -1.06, 0.27, -1.0, 0.5, -0.35, 0.5, -0.47],
    page: [0.23, 0.72, 0.56, 0.37, -0.56, -1.14],
  },
};

/** How far the page scores of a market move at κ = 1, in units of ζ. */
export const PAGE_SHIFT = 0.5;
