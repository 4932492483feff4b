/** Whose a feature is: known of the user and the query before any item is chosen, or of the item. Twin towers keep the two apart. */
import type { DatasetSchema, Side } from './dataset';
import { CATEGORICALS, NUMERICALS } from './readers/layout';

/** First item column of each kind in MTReclib's files, which join the user file (c1–c32) and the item file (c1–c47). */
const FIRST_ITEM = { categorical: 10, numerical: 24 } as const;
const LAST = { categorical: CATEGORICALS, numerical: NUMERICALS } as const;

/** Columns that the simulated worlds have beside those of AliExpress. */
const SIMULATED: Readonly<Record<string, Side>> = { country: 'user', item_category: 'item' };

/** The side of a column of the AliExpress layout, by its place in the user or the item file; null for any other name. */
export function aliExpressSide(column: string): Side | null {
  const match = /^(categorical|numerical)_([1-9]\d?)$/.exec(column);
  if (!match) return null;
  const kind = match[1] as keyof typeof LAST;
  const n = Number(match[2]);
  if (n > LAST[kind]) return null;
  return n < FIRST_ITEM[kind] ? 'user' : 'item';
}

const USER =
  /^(user|u|uid|usr|member|visitor|customer|buyer|shopper|device|session|query|search|q|page|profile|country|market|locale|age|gender|sex|onehot_feat\d*|register|follow|fans|friend|os|hour|hourmin|weekday|tab)(_|\d|$)/;
const ITEM =
  /^(item|i|iid|video|product|prod|goods|sku|spu|ad|ads|adgroup|campaign|creative|author|music|seller|shop|merchant|brand|cate|category|price|listing|doc|news|movie|title|tag|tags|duration|upload|freshness|stock|rating|discount)(_|\d|$)/;

/** Guesses a side from a column's name; null where it does not say. */
export function guessSide(column: string): Side | null {
  const name = column
    .trim()
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[\s.-]+/g, '_')
    .toLowerCase();
  return aliExpressSide(name) ?? (USER.test(name) ? 'user' : ITEM.test(name) ? 'item' : null);
}

type Features = Pick<DatasetSchema, 'categorical' | 'numerical' | 'sequences'>;

const featureNames = ({ categorical, numerical, sequences = [] }: Features): string[] => [
  ...categorical.map((c) => c.name),
  ...numerical,
  ...sequences.map((s) => s.name),
];

/** The sides that hold where a schema marks none: those of the AliExpress layout, for data that are in it; else nobody's. */
export function layoutSides(schema: Features): Record<string, Side> {
  const names = featureNames(schema);
  if (!names.some((name) => aliExpressSide(name) !== null)) return {};
  return Object.fromEntries(
    names.flatMap((name) => {
      const side = aliExpressSide(name) ?? SIMULATED[name];
      return side ? [[name, side]] : [];
    }),
  );
}

/** The side of each marked feature, by column name: as the schema says, else as its layout is known to be. */
export function sidesOf(schema: Features & Pick<DatasetSchema, 'sides'>): ReadonlyMap<string, Side> {
  const marks = schema.sides ?? layoutSides(schema);
  return new Map(
    featureNames(schema).flatMap((name) => (Object.hasOwn(marks, name) ? [[name, marks[name]!]] : [])),
  );
}

/** What a schema has to state about its sides: nothing where its layout says the same. */
export function statedSides(
  schema: Features,
  marks: Readonly<Record<string, Side>>,
): Pick<DatasetSchema, 'sides'> {
  const known = layoutSides(schema);
  const names = Object.keys(marks);
  const same =
    names.length === Object.keys(known).length && names.every((name) => known[name] === marks[name]);
  return same ? {} : { sides: marks };
}
