/** @file From the cells of a table to its columns and their values. */
import { checkOptions } from '../../base/check.ts';
import { ConfigError, FileError } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { didYouMean } from '../../base/suggest.ts';
import { transforms, type StoredTransform } from '../transforms/index.ts';
import type { Cells } from './cells.ts';
import { isAbsent, parseNumber, type Column, type ColumnType } from './column.ts';
import { dateStep, parseDate, type DateFormat } from './dates.ts';

/** What is known of columns that is not guessed. */
export interface TableOptions {
  /** Columns of categories. By default those whose cells are neither numbers nor dates. */
  readonly categories?: readonly string[] | undefined;
  /** Columns of numbers. By default those whose cells are all numbers. */
  readonly numbers?: readonly string[] | undefined;
  /** Columns that are left out. None by default. */
  readonly omit?: readonly string[] | undefined;
  /** The transformation of columns, as `income=log1p`. Default `quantile-normal` for all. */
  readonly transforms?: readonly string[] | undefined;
}

/** A table: columns, and a number for each of its cells. */
export interface TableValues {
  readonly columns: readonly Column[];
  /** `[count, columns]`: numbers, milliseconds since 1970, places of categories; NaN where a cell is missing. */
  readonly values: Float64Array;
  readonly count: number;
  readonly notes: readonly string[];
}

/** Categories of a column at most. */
const mostCategories = 1000;
/** Digits after the point beyond which a number is not counted in its last digit. */
const mostDecimals = 9;
const usual = 'quantile-normal';

/**
 * The columns of cells with their values. A column whose cells are all numbers is one of numbers, one whose cells are all dates in the form
 * 2024-12-31, with or without a time, is one of dates, and any other is one of categories.
 * @param file - the name that errors give
 * @param fitted - rows that transformations are fitted to; all of them by default
 * @throws ConfigError if an option names a column that there is not, or a transformation that does not fit it.
 * @throws FileError naming the line of a cell that does not fit its column, or a column of too many categories.
 */
export function columnsOf(
  cells: Cells,
  file: string,
  options: TableOptions = {},
  fitted?: readonly number[],
): TableValues {
  const { names } = cells;
  const { categories = [], numbers = [], omit = [] } = options;
  const wanted = transformsAsked(options.transforms ?? []);
  checkNames(names, { categories, numbers, omit, transforms: [...wanted.keys()] });
  const kept = names.flatMap((name, j) => (omit.includes(name) ? [] : [j]));
  checkOptions([kept.length > 0, 'omit', 'expected some column that is not left out, got all of them']);
  const count = cells.columns[0]?.length ?? 0;
  const values = new Float64Array(count * kept.length);
  const notes: string[] = [];
  const columns = kept.map((j, at) => {
    const name = names[j] ?? '';
    const given = categories.includes(name) ? 'category' : numbers.includes(name) ? 'number' : undefined;
    const texts = cells.columns[j] ?? [];
    const own = typedColumn({ name, texts, lineOf: (row) => cells.lineOf(row) }, file, given);
    for (let i = 0; i < count; i++) values[i * kept.length + at] = own.values[i]!;
    const column = fittedColumn(own, { name, wanted: wanted.get(name), rows: fitted });
    if (column.type === 'category' && column.categories.length < 2)
      notes.push(
        column.categories.length === 0
          ? `column ${name} has no value in any row; samples leave it empty`
          : `column ${name} is ${printable(column.categories[0] ?? '')} in all rows; samples repeat it`,
      );
    return column;
  });
  return { columns, values, count, notes };
}

function transformsAsked(texts: readonly string[]): ReadonlyMap<string, string> {
  const known = transforms.map(({ name }) => name);
  return new Map(
    texts.map((text) => {
      const at = text.lastIndexOf('=');
      const name = text.slice(at + 1);
      checkOptions([
        at > 0 && known.includes(name),
        'transforms',
        `expected a column and one of ${known.join(', ')}, such as income=log1p; got ${printable(text)}`,
      ]);
      return [text.slice(0, at), name] as const;
    }),
  );
}

function checkNames(names: readonly string[], asked: Readonly<Record<string, readonly string[]>>): void {
  for (const [option, list] of Object.entries(asked)) {
    const unknown = list.find((name) => !names.includes(name));
    checkOptions([
      unknown === undefined,
      option,
      `expected names of columns, ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}; found ${printable(unknown ?? '')}${didYouMean(unknown ?? '', names)}`,
    ]);
  }
  const both = asked['categories']?.find((name) => asked['numbers']?.includes(name));
  checkOptions([both === undefined, 'numbers', `expected a column of one type, found ${both ?? ''} in categories too`]);
}

interface Texts {
  readonly name: string;
  readonly texts: readonly string[];
  readonly lineOf: (row: number) => number;
}

/** A column whose type is known, before its transformation is fitted. */
type Typed = { readonly values: Float64Array } & (
  | { readonly type: 'number'; readonly decimals: number | undefined }
  | { readonly type: 'date'; readonly format: DateFormat }
  | { readonly type: 'category'; readonly categories: readonly string[] }
);

function typedColumn(column: Texts, file: string, given: ColumnType | undefined): Typed {
  const { name, texts, lineOf } = column;
  if (given !== 'category') {
    const numbers = numbersOf(texts);
    const { values, bad, found, padded, decimals } = numbers;
    const constant = given === undefined && found > 0 && bad.length === 0 && isConstant(values);
    if (found > 0 && bad.length === 0 && !constant && (given === 'number' || !padded))
      return { type: 'number', values, decimals };
    const [row] = bad;
    if (row !== undefined && (given === 'number' || (found >= texts.length / 2 && !padded))) {
      const text = texts[row] ?? '';
      const comma = /^[-+]?\d+,\d+$/.test(text);
      throw new FileError(
        file,
        comma
          ? `expected decimal points, found the decimal comma of ${printable(text)} in column ${name}, line ${lineOf(row)}`
          : `expected numbers in column ${name}, found ${printable(text)} in line ${lineOf(row)}; correct it, or give --categories ${printable(name)}`,
      );
    }
    const dates = given === undefined && found === 0 ? datesOf(texts) : undefined;
    if (dates !== undefined && !isConstant(dates.values)) return { type: 'date', ...dates };
  }
  return { type: 'category', ...categoriesOf(column, file) };
}

function isConstant(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  for (const value of values) if (!Number.isNaN(value) && value !== first) return false;
  return true;
}

interface Numbers {
  readonly values: Float64Array;
  /** Rows whose cells are no numbers: the first one. */
  readonly bad: readonly number[];
  /** Cells that are numbers. */
  readonly found: number;
  /** Whether a number begins with a zero that no number needs, as codes do. */
  readonly padded: boolean;
  readonly decimals: number | undefined;
}

function numbersOf(texts: readonly string[]): Numbers {
  const values = new Float64Array(texts.length);
  const bad: number[] = [];
  let found = 0;
  let padded = false;
  let decimals = 0;
  let others = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    const value = parseNumber(text);
    if (value === undefined) {
      values[i] = NaN;
      if (isAbsent(text)) continue;
      if (bad.length === 0) bad.push(i);
      // A column that is mostly something else is none of numbers, whatever follows.
      if (++others > texts.length / 2 && found === 0) break;
      continue;
    }
    values[i] = value;
    found++;
    const point = text.indexOf('.');
    if (point >= 0) decimals = Math.max(decimals, text.length - point - 1);
    if (!padded && text.charCodeAt(0) === 48 && text.length > 1 && point !== 1) padded = true;
    if (decimals <= mostDecimals && /[eE]/.test(text)) decimals = mostDecimals + 1;
  }
  return { values, bad, found, padded, decimals: decimals > mostDecimals ? undefined : decimals };
}

function datesOf(texts: readonly string[]): { readonly values: Float64Array; readonly format: DateFormat } | undefined {
  const values = new Float64Array(texts.length);
  let format: DateFormat | undefined;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    const date = isAbsent(text) ? undefined : parseDate(text);
    if (date === undefined && !isAbsent(text)) return undefined;
    values[i] = date?.ms ?? NaN;
    // The finest format of the column is that of all.
    if (date !== undefined && (format === undefined || dateStep(date.format) < dateStep(format))) format = date.format;
  }
  return format && { values, format };
}

function categoriesOf(
  { name, texts }: Texts,
  file: string,
): { readonly values: Float64Array; readonly categories: readonly string[] } {
  const places = new Map<string, number>();
  for (const text of texts) if (!places.has(text) && !isAbsent(text)) places.set(text, places.size);
  if (places.size > mostCategories)
    throw new FileError(
      file,
      `expected at most ${mostCategories} categories in column ${name}, found ${places.size}; leave it out with --omit ${printable(name)}`,
    );
  const categories = [...places.keys()].sort();
  categories.forEach((category, place) => places.set(category, place));
  const values = new Float64Array(texts.length);
  for (let i = 0; i < texts.length; i++) values[i] = places.get(texts[i]!) ?? NaN;
  return { categories, values };
}

/** The values that are there, of some rows or of all. */
function presentOf(values: Float64Array, rows: readonly number[] | undefined): Float64Array {
  const most = rows?.length ?? values.length;
  const out = new Float64Array(most);
  let count = 0;
  for (let i = 0; i < most; i++) {
    const value = values[rows === undefined ? i : rows[i]!]!;
    if (!Number.isNaN(value)) out[count++] = value;
  }
  return out.subarray(0, count);
}

function fittedColumn(
  typed: Typed,
  {
    name,
    wanted,
    rows,
  }: { readonly name: string; readonly wanted: string | undefined; readonly rows: readonly number[] | undefined },
): Column {
  const { values } = typed;
  const missing = values.includes(NaN);
  const present = presentOf(values, rows);
  if (typed.type === 'category') {
    checkOptions([
      wanted === undefined,
      'transforms',
      `expected columns of numbers or dates, ${name} is one of categories`,
    ]);
    const { categories } = typed;
    const counts = categories.map(() => 0);
    for (const place of present) counts[place]! += 1;
    // One that is in no row of the part that is learned counts as half a row.
    const total = counts.reduce((sum, count) => sum + Math.max(count, 0.5), 0);
    return { name, missing, type: 'category', categories, shares: counts.map((count) => Math.max(count, 0.5) / total) };
  }
  const step = typed.type === 'date' ? dateStep(typed.format) : 10 ** -(typed.decimals ?? Infinity);
  const transform = fitTransform(name, wanted ?? usual, { present, step });
  if (typed.type === 'date') return { name, missing, type: 'date', format: typed.format, transform };
  return {
    name,
    missing,
    type: 'number',
    ...(typed.decimals !== undefined && { decimals: typed.decimals }),
    transform,
  };
}

/** A step matters where some numbers are shared by many samples. */
function fitTransform(
  name: string,
  wanted: string,
  { present, step }: { readonly present: Float64Array; readonly step: number },
): StoredTransform {
  const sorted = (present.length === 0 ? Float64Array.of(0) : present).slice().sort();
  let distinct = 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  const record = transforms.find((one) => one.name === wanted);
  if (record === undefined) throw new ConfigError([{ path: 'transforms', message: `there is no ${wanted}` }]);
  const of = { sorted, step: distinct < sorted.length / 2 ? step : 0 };
  const problem = record.refuses?.(of);
  checkOptions([problem === undefined, 'transforms', `expected ${problem ?? ''} in column ${name}`]);
  return { name: record.name, parts: record.fit(of) };
}
