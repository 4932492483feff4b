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
    rows: 50320,
    fingerprint: '0cdf415051f949d9',
    pages: '1ee86014d236a57a',
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
    rows: 49951,
    fingerprint: '3b24d5a44a5c759d',
    pages: '5cc6326f1b24d08a',
  },
  {
    name: 'micro-videos with sequences',
    request: { ...DEFAULT_REQUEST, ...SMALLEST, world: 'micro-video', sequences: true, seed: 3 },
    rows: 49980,
    fingerprint: '1e17f324aee1d09e',
    pages: '801ad6d182f751ea',
  },
];
