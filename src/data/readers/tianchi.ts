/** The raw AliExpress files (Tianchi 74690): two tables without header, joined on the search id, as MTReclib's 82 columns. */
import { CATEGORICALS, COLUMNS, NUMERICALS } from './layout';

export const USER_COLUMNS = 33;
export const ITEM_COLUMNS = 49;
/** 0 impression, 1 click, 2 purchase. */
export const ITEM_LABEL = 48;

const USER_CATEGORIES = [1, 2, 3, 4, 5, 6, 7, 31, 32];
const ITEM_CATEGORIES = [18, 33, 34, 35, 39, 40, 41];
const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const USER_NUMBERS = between(8, 30);
const ITEM_NUMBERS = between(1, 47).filter((c) => !ITEM_CATEGORIES.includes(c));

/** Column of the user or item file for each of COLUMNS; −1 where the file does not have it. Both labels lie in ITEM_LABEL. */
export function tianchiPlaces(file: 'user' | 'item'): number[] {
  const user = file === 'user';
  const categories = [
    ...USER_CATEGORIES.map((c) => (user ? c : -1)),
    ...ITEM_CATEGORIES.map((c) => (user ? -1 : c)),
  ];
  const numbers = [...USER_NUMBERS.map((c) => (user ? c : -1)), ...ITEM_NUMBERS.map((c) => (user ? -1 : c))];
  const label = user ? -1 : ITEM_LABEL;
  return [0, ...categories.slice(0, CATEGORICALS), ...numbers.slice(0, NUMERICALS), label, label];
}

/** Level of the item file's label from which an event has happened: a purchase is a click too. */
export const tianchiLevel = (column: string): 1 | 2 => (column === 'conversion' ? 2 : 1);

export { COLUMNS as TIANCHI_COLUMNS };
