/** @file What a column of a table is. */
import type { StoredTransform } from '../transforms/index.ts';
import { formatDate, parseDate, type DateFormat } from './dates.ts';

interface Named {
  readonly name: string;
  /** Whether cells of the data are missing. */
  readonly missing: boolean;
}

/** A column of numbers. */
export interface NumberColumn extends Named {
  readonly type: 'number';
  /** Most digits after the point; undefined for numbers with an exponent or more than nine of them. */
  readonly decimals?: number | undefined;
  readonly transform: StoredTransform;
}

/** A column of dates or times. */
export interface DateColumn extends Named {
  readonly type: 'date';
  readonly format: DateFormat;
  readonly transform: StoredTransform;
}

/** A column of names. One of a single name has nothing to learn; one of none is empty. */
export interface CategoryColumn extends Named {
  readonly type: 'category';
  readonly categories: readonly string[];
  /** Share of each category among the cells that are not missing. */
  readonly shares: readonly number[];
}

/** A column of a table. */
export type Column = NumberColumn | DateColumn | CategoryColumn;

/** The types that a column may have. */
export type ColumnType = Column['type'];

/** Cells that say that there is no value. */
const absent = new Set(['', 'NA', 'N/A', 'na', 'n/a', 'NaN', 'nan', 'null', 'NULL', '?']);

/** Whether a cell says that there is no value. */
export function isAbsent(text: string): boolean {
  return absent.has(text);
}

const numberPattern = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** Digits of which every whole number is exact, and powers of ten that are. */
const [exactDigits, minus, plus, point, zero] = [15, 45, 43, 46, 48];
const powers = Float64Array.from({ length: exactDigits + 1 }, (_, k) => 10 ** k);

/**
 * The number of a cell of a sign, digits and a point, at most 15 digits; undefined of others, which may be numbers too. A whole number over a power of ten, both exact, is the nearest
 * number to the text, as `Number` has it.
 */
function plainNumber(text: string): number | undefined {
  const first = text.charCodeAt(0);
  let [whole, digits, behind] = [0, 0, -1];
  for (let at = first === minus || first === plus ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code - zero;
    if (digit >= 0 && digit <= 9) {
      whole = 10 * whole + digit;
      digits++;
    } else if (code === point && behind < 0) behind = digits;
    else return undefined;
  }
  if (digits === 0 || digits > exactDigits) return undefined;
  const size = behind < 0 ? whole : whole / powers[digits - behind]!;
  return first === minus ? -size : size;
}

/** The number of a cell; undefined where it is none. */
export function parseNumber(text: string): number | undefined {
  const plain = plainNumber(text);
  if (plain !== undefined) return plain;
  if (!numberPattern.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The value of a cell in a table: a number, milliseconds since 1970, or the place of a category. Undefined for what the column cannot contain. */
export function parseCell(column: Column, text: string): number | undefined {
  if (isAbsent(text)) return NaN;
  if (column.type === 'number') return parseNumber(text);
  if (column.type === 'date') return parseDate(text)?.ms;
  const place = column.categories.indexOf(text);
  return place < 0 ? undefined : place;
}

/** A value of a column as its cells say it; nothing where it is missing. */
export function formatCell(column: Column, value: number): string {
  if (Number.isNaN(value)) return '';
  if (column.type === 'category') return column.categories[value] ?? '';
  if (column.type === 'date') return formatDate(value, column.format);
  const { decimals } = column;
  return String(decimals === undefined ? Number(value.toPrecision(9)) : Number(value.toFixed(decimals)));
}
