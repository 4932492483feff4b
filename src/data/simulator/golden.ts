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
    rows: 50021,
    fingerprint: '6f6d0b037785cc37',
    pages: '42930194d77c7fc3',
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
    rows: 49997,
    fingerprint: '8d9434b028655c62',
    pages: 'c0eb81d83668f626',
  },
  {
    name: 'micro-videos with sequences',
    request: { ...DEFAULT_REQUEST, ...SMALLEST, world: 'micro-video', sequences: true, seed: 3 },
    rows: 49823,
    fingerprint: 'f388d011bb2d5bc5',
    pages: '42677b2fafd312a4',
  },
];
