/** The dials of the simulated world: what each is called, what it does in one line, and its range as the schema has it. */
import type { z } from 'zod';
import { compact, fraction, percent } from '../../components/format';
import {
  COUNTRY_CHOICES,
  DEFAULT_REQUEST,
  type SimulationRequest,
  simulationRequestSchema,
} from '../../data/simulator/request';

type Key = keyof SimulationRequest;

interface Common<K extends Key> {
  readonly key: K;
  readonly label: string;
  readonly help: string;
  /** The worlds that have it; left out, all do. */
  readonly world?: SimulationRequest['world'];
}

export type Dial =
  | (Common<'world' | 'country'> & {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string }[];
    })
  | (Common<Key> & {
      readonly kind: 'slide';
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly format: (value: number) => string;
    })
  | (Common<'addToCart' | 'sequences'> & { readonly kind: 'switch' })
  | (Common<'seed'> & { readonly kind: 'number'; readonly min: number; readonly max: number });

/** Smallest and largest value that the schema takes. */
function rangeOf(key: Key): { min: number; max: number } {
  const field = simulationRequestSchema.shape[key] as unknown as z.ZodDefault<z.ZodNumber>;
  const { minValue, maxValue } = field.unwrap();
  if (minValue === null || maxValue === null) throw new Error(`The setting "${key}" has no range.`);
  return { min: minValue, max: maxValue };
}

const signedDial = (v: number) =>
  v === 0 ? '0' : `${v < 0 ? '\u2212' : '+'}${fraction(Math.abs(v), 2).replace(/^\./, '0.')}`;
const plainDial = (v: number) => v.toFixed(2);
const rows = (v: number) => (v >= 1e6 ? `${v / 1e6}\u202fM` : compact(v).replace(/\.0+(?=\D)/, ''));
/** `50 %`, `2 %`: without the digits that a measured share has. */
const keep = (v: number) => percent(v).replace(/\.0+(?=\D)/, '');

const slide = (
  key: Key,
  label: string,
  help: string,
  step: number,
  format: (v: number) => string,
  world?: SimulationRequest['world'],
): Dial => ({ kind: 'slide', key, label, help, step, format, ...rangeOf(key), ...(world && { world }) });

const COUNTRY_NAMES: Record<(typeof COUNTRY_CHOICES)[number], string> = {
  ES: 'ES',
  RU: 'RU',
  FR: 'FR',
  NL: 'NL',
  US: 'US',
  ALL: 'All',
};

/** Groups of dials, the most used first. */
export const DIALS: readonly { readonly title: string; readonly dials: readonly Dial[] }[] = [
  {
    title: 'World',
    dials: [
      {
        kind: 'choice',
        key: 'world',
        label: 'World',
        help: 'Click → purchase, or watch → click, enter, buy.',
        options: [
          { value: 'aliexpress', label: 'AliExpress' },
          { value: 'micro-video', label: 'Micro-video' },
        ],
      },
      {
        kind: 'choice',
        key: 'country',
        label: 'Country',
        help: 'Each with its published rates; All mixes the five.',
        options: COUNTRY_CHOICES.map((value) => ({ value, label: COUNTRY_NAMES[value] })),
        world: 'aliexpress',
      },
      slide(
        'relatedness',
        'Relatedness r',
        '1: one taste; −1: what draws clicks repels buyers.',
        0.05,
        signedDial,
      ),
      slide('tension', 'Tug of war', 'How hard the tasks pull shared weights apart.', 0.05, plainDial),
      {
        kind: 'switch',
        key: 'addToCart',
        label: 'Add to cart',
        help: 'A third task between click and purchase.',
        world: 'aliexpress',
      },
      {
        kind: 'number',
        key: 'seed',
        label: 'World seed',
        help: 'Another seed, another world of the same kind.',
        ...rangeOf('seed'),
      },
    ],
  },
  {
    title: 'Tastes',
    dials: [
      slide('nonlinearity', 'Non-linearity η', 'Share of products and kinks in the tastes.', 0.05, plainDial),
      slide(
        'countryShift',
        'Country shift κ',
        'How much markets differ in taste and offer.',
        0.05,
        plainDial,
      ),
      slide('clickStrength', 'Strength s_c', 'How strongly clicks follow their taste.', 0.05, plainDial),
      slide('purchaseStrength', 'Strength s_R', 'How strongly purchases follow theirs.', 0.05, plainDial),
      {
        kind: 'switch',
        key: 'sequences',
        label: 'Sequences',
        help: 'What each user did before, as lists of items.',
      },
    ],
  },
  {
    title: 'Rows',
    dials: [
      slide('impressions', 'Impressions M', 'Drawn, before non-clicks are thinned away.', 500_000, rows),
      slide('rows', 'Rows N', 'Kept on average; weights make up for the rest.', 10_000, rows),
      slide('clickKeepRate', 'Clicks kept', 'Share kept of the clicks without a purchase.', 0.01, keep),
    ],
  },
];

/** Whether a dial does something in this world. */
export const applies = (dial: Dial, request: SimulationRequest): boolean =>
  dial.world === undefined || dial.world === request.world;

export const isDefault = (dial: Dial, request: SimulationRequest): boolean =>
  request[dial.key] === DEFAULT_REQUEST[dial.key];
