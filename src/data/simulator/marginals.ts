/**
 * The AliExpress columns in figures: what a simulated row is drawn from.
 *
 * Summaries of a public 2,000-row sample of one country; no row is carried. Columns numerical_58, 59 and 60 are zero on
 * every row of it and are left out of the model's input.
 */

/** Cumulative probabilities of the seven knots of every quantile function. */
export const KNOTS = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;

/** Columns of a mask block are missing (exactly 0) together. */
export type MaskBlock = 'A' | 'B' | 'C' | 'D' | 'E';

export interface NumericalMarginal {
  /** Number in the name `numerical_<n>`. 1–23 are constant within a page, the others differ from item to item. */
  readonly n: number;
  /** Probability of a missing value, stored as 0. */
  readonly zero: number;
  readonly block: MaskBlock | null;
  /** Quantiles of the non-zero part at KNOTS. */
  readonly quantiles: readonly number[];
}

/** [n, share of zeros, mask block, quantiles of the non-zero part at 0, .05, .25, .5, .75, .95, 1]. */
const NUMERICAL_TABLE: readonly (readonly [number, number, MaskBlock | null, readonly number[]])[] = [
  [1, 0.473, null, [0.0227, 0.0462, 0.9333, 1, 1, 1, 1]],
  [2, 0.471, null, [0.0417, 0.0909, 0.75, 1, 1, 1, 1]],
  [3, 0.762, null, [0.0465, 0.0769, 0.1818, 0.6316, 1, 1, 1]],
  [4, 0.47, null, [0.0909, 0.1667, 0.3333, 0.6667, 1, 1, 1]],
  [5, 0.46, null, [0.0909, 0.1667, 0.5, 0.75, 1, 1, 1]],
  [6, 0.439, null, [0.0909, 0.1667, 0.2857, 0.6, 1, 1, 1]],
  [7, 0.509, null, [0.0455, 0.1667, 0.3333, 0.7, 1, 1, 1]],
  [8, 0.59, null, [0.0714, 0.1667, 0.25, 0.6364, 1, 1, 1]],
  [9, 0.094, 'A', [0.01, 0.0592, 0.1456, 0.2066, 0.2678, 0.4981, 0.732]],
  [10, 0.094, 'A', [0.0104, 0.0539, 0.1011, 0.1273, 0.1453, 0.2013, 0.3177]],
  [11, 0.094, 'A', [0.0105, 0.046, 0.0839, 0.1005, 0.1282, 0.1815, 0.2375]],
  [12, 0.094, 'A', [0.0158, 0.0478, 0.0757, 0.091, 0.1072, 0.1537, 0.6906]],
  [13, 0.094, 'A', [0.02, 0.0308, 0.069, 0.0843, 0.0946, 0.1168, 0.2749]],
  [14, 0.094, 'A', [0.0159, 0.0241, 0.0586, 0.0748, 0.0936, 0.1278, 0.3436]],
  [15, 0.094, 'A', [0.01, 0.0174, 0.0536, 0.0672, 0.0827, 0.1306, 0.2656]],
  [16, 0.094, 'A', [0.01, 0.0163, 0.0484, 0.0612, 0.0766, 0.1045, 0.3112]],
  [17, 0.094, 'A', [0.0116, 0.0133, 0.0395, 0.0542, 0.0689, 0.1108, 0.2907]],
  [18, 0.094, 'A', [0.01, 0.01, 0.0257, 0.0531, 0.0712, 0.1208, 0.2064]],
  [19, 0.155, null, [0.0767, 0.1886, 0.2894, 0.3884, 0.4348, 0.5481, 0.7454]],
  [20, 0.401, null, [0.1667, 0.189, 0.2949, 0.3989, 0.4838, 0.6202, 0.8944]],
  [21, 0.735, null, [0.1667, 0.25, 0.3535, 0.4264, 0.5, 0.5774, 0.7746]],
  [22, 0.164, null, [0.0004, 0.0653, 0.2565, 0.5, 0.8973, 1, 1]],
  [23, 0.536, null, [0.1433, 0.1796, 0.2381, 0.3118, 0.389, 0.683, 0.7546]],
  [24, 0.373, null, [0.0285, 0.0692, 0.1068, 0.1378, 0.168, 0.2162, 0.3634]],
  [25, 0.759, null, [0.0408, 0.072, 0.1189, 0.1682, 0.2403, 0.41, 1]],
  [26, 0.478, null, [0.0566, 0.1133, 0.1779, 0.2441, 0.3169, 0.4841, 0.9542]],
  [27, 0.222, null, [0.0061, 0.0426, 0.0912, 0.1534, 0.239, 0.4453, 1]],
  [28, 0.029, null, [0.25, 0.46, 0.56, 0.64, 0.7, 0.79, 0.91]],
  [29, 0.117, null, [0.05, 0.08, 0.19, 0.3, 0.41, 0.5, 0.99]],
  [30, 0.005, null, [0.0006, 0.0316, 0.1301, 0.3351, 0.6533, 0.9442, 1]],
  [31, 0.216, null, [0.2272, 0.3573, 0.5115, 0.6347, 0.7254, 0.8095, 0.9631]],
  [32, 0.344, null, [0.0006, 0.0021, 0.0057, 0.0111, 0.0236, 0.0705, 0.3313]],
  [33, 0.452, null, [0.0025, 0.0116, 0.036, 0.0909, 0.1618, 0.2941, 0.5511]],
  [34, 0.075, null, [0.2281, 0.4433, 0.5356, 0.5879, 0.625, 0.711, 0.8305]],
  [35, 0.006, null, [0.0211, 0.1237, 0.3494, 0.4971, 0.5868, 0.7066, 1]],
  [36, 0.009, null, [0.0117, 0.0325, 0.0395, 0.0456, 0.055, 0.0647, 0.9776]],
  [37, 0.339, null, [0.0212, 0.0228, 0.0228, 0.0228, 0.0229, 0.0231, 0.9983]],
  [38, 0.447, 'B', [0.0321, 0.1567, 0.2385, 0.3033, 0.3704, 0.4763, 0.8759]],
  [39, 0.447, 'B', [0.0258, 0.1514, 0.2575, 0.3957, 0.6186, 0.8977, 0.9991]],
  [40, 0.447, 'B', [0.1355, 0.3707, 0.4988, 0.6187, 0.7336, 0.9003, 0.9991]],
  [41, 0.596, null, [0.0139, 0.1225, 0.2491, 0.3822, 0.5471, 0.7269, 0.966]],
  [42, 0.884, null, [0.0011, 0.0029, 0.0046, 0.0067, 0.0123, 0.0473, 0.3]],
  [43, 0.669, null, [0.0004, 0.0015, 0.0044, 0.0102, 0.0235, 0.0565, 0.2175]],
  [44, 0.73, null, [0.5, 0.7128, 1, 1, 1, 1, 1]],
  [45, 0.876, null, [0.5, 0.7749, 1, 1, 1, 1, 1]],
  [46, 0.945, null, [0.05, 0.1, 0.2, 0.2, 0.2, 0.25, 0.3]],
  [47, 0.251, null, [0.0286, 0.1596, 0.286, 0.5164, 0.6424, 0.7877, 0.9946]],
  [48, 0.465, 'C', [0.0925, 0.1928, 0.2769, 0.3472, 0.4258, 0.53, 0.8847]],
  [49, 0.465, 'C', [0.001, 0.0278, 0.0541, 0.0892, 0.1476, 0.2929, 0.9396]],
  [50, 0.465, 'C', [0.028, 0.1587, 0.281, 0.4105, 0.5438, 0.7011, 0.9387]],
  [51, 0.29, null, [0, 0.0023, 0.0436, 0.2637, 0.7371, 0.9825, 1]],
  [52, 0, null, [0.0617, 0.188, 0.3266, 0.4263, 0.5, 0.6246, 0.8514]],
  [53, 0, null, [0.0026, 0.035, 0.1483, 0.3153, 0.5, 0.7319, 0.9866]],
  [54, 0.152, null, [0.01, 0.0402, 0.0761, 0.1226, 0.1953, 0.4785, 0.8212]],
  [55, 0.119, 'D', [0.093, 0.1295, 0.1805, 0.224, 0.2671, 0.3326, 0.5584]],
  [56, 0.119, 'D', [0.0573, 0.1283, 0.3403, 0.5086, 0.6546, 0.8793, 0.999]],
  [57, 0.119, 'D', [0.0097, 0.0257, 0.0676, 0.1095, 0.1549, 0.2294, 0.5371]],
  [61, 0.259, null, [0.0367, 0.0367, 0.1098, 0.3947, 0.8044, 0.9999, 1]],
  [62, 0.668, 'E', [0.0221, 0.0724, 0.2609, 0.3647, 0.4651, 0.596, 0.7297]],
  [63, 0.668, 'E', [0.0902, 0.228, 0.3043, 0.3906, 0.485, 0.6745, 0.8411]],
];

export const NUMERICAL: readonly NumericalMarginal[] = NUMERICAL_TABLE.map(([n, zero, block, quantiles]) => ({
  n,
  zero,
  block,
  quantiles,
}));

export const LAST_PAGE_NUMERICAL = 23;

/** Columns that carry the page scores u_0…u_5 (u_5 enters neither taste) and the item scores i_0…i_7. */
export const PAGE_SIGNALS = [10, 12, 14, 17, 19, 22] as const;
export const ITEM_SIGNALS = [28, 29, 30, 34, 35, 52, 53, 56] as const;

export interface CategoricalMarginal {
  /** Number in the name `categorical_<n>`. 10–14 differ from item to item, the others are constant within a page. */
  readonly n: number;
  /** Largest code of the whole data set + 1; the sample has not seen all of them. */
  readonly vocabulary: number;
  readonly probabilities: Readonly<Record<number, number>>;
}

/** [n, vocabulary, probability by code]. 4 and 5 tell the page's segment; 9, 10 and 11 feed the tastes. */
const CATEGORICAL_TABLE: readonly (readonly [number, number, Readonly<Record<number, number>>])[] = [
  [1, 10, { 7: 1 }],
  [2, 4, { 0: 0.9215, 1: 0.028, 2: 0.041, 3: 0.0095 }],
  [3, 7, { 0: 0.8105, 1: 0.057, 2: 0.008, 3: 0.025, 4: 0.083, 5: 0.0075, 6: 0.009 }],
  [4, 2, { 0: 0.7155, 1: 0.2845 }],
  [5, 21, { 7: 0.7155, 18: 0.2845 }],
  [6, 7, { 2: 0.02, 3: 0.0825, 4: 0.8975 }],
  [
    7,
    50,
    {
      0: 0.081,
      9: 0.009,
      22: 0.009,
      23: 0.006,
      25: 0.1585,
      26: 0.109,
      27: 0.018,
      28: 0.0355,
      29: 0.022,
      30: 0.0805,
      31: 0.076,
      33: 0.0505,
      34: 0.036,
      36: 0.0295,
      38: 0.0255,
      40: 0.053,
      42: 0.0095,
      43: 0.016,
      44: 0.019,
      45: 0.0105,
      46: 0.074,
      47: 0.034,
      49: 0.038,
    },
  ],
  [8, 8, { 0: 0.728, 1: 0.01, 2: 0.0205, 3: 0.025, 4: 0.05, 5: 0.0385, 6: 0.0905, 7: 0.0375 }],
  [9, 8, { 0: 0.457, 1: 0.086, 2: 0.1115, 3: 0.147, 4: 0.1145, 5: 0.0635, 6: 0.02, 7: 0.0005 }],
  [10, 2, { 0: 0.292, 1: 0.708 }],
  [11, 2, { 0: 0.722, 1: 0.278 }],
  [12, 2, { 0: 0.7765, 1: 0.2235 }],
  [13, 2, { 0: 0.885, 1: 0.115 }],
  [14, 2, { 0: 0.9065, 1: 0.0935 }],
  [15, 2, { 0: 0.4605, 1: 0.5395 }],
  [16, 2, { 0: 0.9955, 1: 0.0045 }],
];

export const CATEGORICAL: readonly CategoricalMarginal[] = CATEGORICAL_TABLE.map(
  ([n, vocabulary, probabilities]) => ({ n, vocabulary, probabilities }),
);

export const ITEM_CATEGORICALS: readonly number[] = [10, 11, 12, 13, 14];

/** The page segment S: probability, and the codes of categorical_5 for S = 0 and 1 (categorical_4 is S itself). */
export const SEGMENT = { probability: 0.284, sd: 0.451, codes: [7, 18] } as const;

/** Probabilities of the two item flags B0 = categorical_10 and B1 = categorical_11. */
export const FLAGS = [0.708, 0.278] as const;

/** Statistics of a market as published. */
export interface MarketStatistics {
  readonly impressions: number;
  readonly clicks: number;
  readonly purchases: number;
  /** Clicks per impression and purchases per click. */
  readonly ctr: number;
  readonly cvr: number;
}

const market = (
  impressions: number,
  clicks: number,
  purchases: number,
  ctr: number,
  cvr: number,
): MarketStatistics => ({ impressions, clicks, purchases, ctr, cvr });

/** The AliExpress data by country (Kutak 2025, Table 2), in the order of the codes of the column `country`. */
export const COUNTRIES = {
  RU: market(129_919_753, 3_618_492, 61_898, 0.0279, 0.0172),
  ES: market(31_669_427, 842_055, 19_096, 0.0266, 0.0227),
  FR: market(27_035_601, 542_753, 14_430, 0.0201, 0.0266),
  NL: market(17_717_195, 381_078, 13_815, 0.0216, 0.0363),
  US: market(27_392_613, 449_608, 10_830, 0.0165, 0.0241),
} as const;

export type Market = keyof typeof COUNTRIES;
export const MARKETS = ['RU', 'ES', 'FR', 'NL', 'US'] as const satisfies readonly Market[];

export const ITEMS_PER_PAGE = 20;

/** Samples and events of a micro-video platform (Liu et al. 2023, Table 2). */
export const MICRO_VIDEO = {
  samples: 376_197_451,
  watch: 218_732_912,
  click: 5_648_867,
  enter: 2_747_893,
  buy: 45_972,
} as const;
