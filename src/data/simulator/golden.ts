/** Requests and the digests of what they make: the same on every machine and in every browser. */
import { DEFAULT_REQUEST, type SimulationRequest } from './request';

export interface Golden {
  readonly name: string;
  readonly request: SimulationRequest;
  readonly rows: number;
  /** Of the prepared data set, and of its complete pages. */
  readonly fingerprint: string;
  readonly pages: string;
}

/** The smallest sizes that the page allows. */
const SMALLEST = { impressions: 1_500_000, rows: 50_000 };

export const GOLDEN: readonly Golden[] = [
  {
    name: 'ES',
    request: { ...DEFAULT_REQUEST, ...SMALLEST },
    rows: 50283,
    fingerprint: 'aa78115a031f96d9',
    pages: 'fdfc6586afca27dc',
  },
  {
    name: 'all markets, shifted, with a cart',
    request: {
      ...DEFAULT_REQUEST,
      ...SMALLEST,
      country: 'ALL',
      countryShift: 0.7,
      nonlinearity: 0.8,
      relatedness: -1,
      addToCart: true,
      seed: 2,
    },
    rows: 49942,
    fingerprint: 'fe714145eacde58e',
    pages: '89637e72df3067ea',
  },
  {
    name: 'micro-videos with sequences',
    request: { ...DEFAULT_REQUEST, ...SMALLEST, world: 'micro-video', sequences: true, seed: 3 },
    rows: 49871,
    fingerprint: '1601a06124637e18',
    pages: '3ed78a58dab1385d',
  },
];
