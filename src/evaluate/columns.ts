/** @file How far the columns of a table are from those of another: each by itself, in pairs, and whole rows. */
import { checkOptions } from '../base/check.ts';
import { kolmogorovSmirnovTwoSamples } from './goodness-of-fit.ts';

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  /** NaN where a cell is missing. */
  readonly values: Float64Array;
  /** How many categories there are, whose places 0, 1, … the values are; undefined of numbers. */
  readonly categories?: number | undefined;
}

/** How far a column is from the same column of a reference. */
export interface ColumnDistance {
  readonly name: string;
  /** `KS`, the largest difference of distribution functions, of numbers; `TV`, the total variation distance, of categories. */
  readonly measure: 'KS' | 'TV';
  /** 0 to 1, of the cells that are there. */
  readonly distance: number;
  /** Share of missing cells, less that of the reference. */
  readonly missing: number;
}

/** Half of the sum of the differences of shares of categories. */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>, categories: number): number {
  const [p, q] = [shares(a, categories), shares(b, categories)];
  return p.reduce((sum, share, k) => sum + Math.abs(share - q[k]!) / 2, 0);
}

function shares(places: ArrayLike<number>, categories: number): Float64Array {
  const out = new Float64Array(categories);
  for (let i = 0; i < places.length; i++) out[places[i]!]! += 1 / places.length;
  return out;
}

const present = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

/**
 * Distances of the columns of a table from those of a reference.
 * @throws ConfigError if these are not the same columns.
 */
export function columnDistances(
  own: readonly TableColumn[],
  reference: readonly TableColumn[],
): readonly ColumnDistance[] {
  checkOptions([
    own.length === reference.length,
    'reference',
    `expected ${own.length} columns, got ${reference.length}`,
  ]);
  return own.map(({ name, values, categories }, j) => {
    const theirs = reference[j]?.values ?? new Float64Array();
    const [a, b] = [present(values), present(theirs)];
    const missing = b.length / theirs.length - a.length / values.length;
    const empty = a.length === 0 || b.length === 0;
    const none = a.length === b.length ? 0 : 1;
    if (categories === undefined)
      return { name, measure: 'KS', distance: empty ? none : kolmogorovSmirnovTwoSamples(a, b).statistic, missing };
    return { name, measure: 'TV', distance: empty ? none : totalVariation(a, b, categories), missing };
  });
}

/** How much two columns have to do with each other, and how much in a reference. */
export interface PairDistance {
  readonly names: readonly [string, string];
  readonly association: number;
  readonly reference: number;
}

/**
 * The association of every pair of columns, in a table and in a reference: of two columns of numbers Spearman's correlation of ranks, of two of categories Cramér's V, of
 * one of each the correlation ratio of the ranks.
 * @see Cramér 1946, section 21.9; Fisher 1925, section 44
 */
export function pairDistances(own: readonly TableColumn[], reference: readonly TableColumn[]): readonly PairDistance[] {
  const [mine, theirs] = [own, reference].map((columns) => columns.map(ranked)) as [Ranked[], Ranked[]];
  return mine.flatMap((a, j) =>
    mine.slice(j + 1).map((b, k) => ({
      names: [a.name, b.name] as const,
      association: association(a, b),
      reference: association(theirs[j]!, theirs[j + 1 + k]!),
    })),
  );
}

type Ranked = TableColumn;

/** Numbers by their ranks, of equal ones the middle; categories as they are. */
function ranked(column: TableColumn): Ranked {
  if (column.categories !== undefined) return column;
  const { values } = column;
  const order = [...values.keys()].filter((i) => !Number.isNaN(values[i]!)).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length).fill(NaN);
  for (let begin = 0; begin < order.length;) {
    let end = begin + 1;
    while (end < order.length && values[order[end]!] === values[order[begin]!]) end++;
    for (let k = begin; k < end; k++) ranks[order[k]!] = (begin + end - 1) / 2;
    begin = end;
  }
  return { ...column, values: ranks };
}

function association(a: Ranked, b: Ranked): number {
  const rows = [...a.values.keys()].filter((i) => !Number.isNaN(a.values[i]! + b.values[i]!));
  if (rows.length < 2) return 0;
  const [x, y] = [rows.map((i) => a.values[i]!), rows.map((i) => b.values[i]!)];
  if (a.categories === undefined && b.categories === undefined) return correlation(x, y);
  if (a.categories !== undefined && b.categories !== undefined) return cramersV(x, y, [a.categories, b.categories]);
  return a.categories === undefined ? correlationRatio(y, x, b.categories ?? 1) : correlationRatio(x, y, a.categories);
}

const meanOf = (x: readonly number[]): number => x.reduce((sum, value) => sum + value / x.length, 0);

function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [meanOf(x), meanOf(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i]! - mx, y[i]! - my];
    xy += u * v;
    xx += u * u;
    yy += v * v;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

/** sqrt(chi^2 / (n (min(rows, columns) - 1))). */
function cramersV(x: readonly number[], y: readonly number[], [rows, columns]: readonly [number, number]): number {
  const n = x.length;
  const counts = new Float64Array(rows * columns);
  for (let i = 0; i < n; i++) counts[x[i]! * columns + y[i]!]! += 1;
  const [p, q] = [shares(x, rows), shares(y, columns)];
  const there = Math.min(p.filter((share) => share > 0).length, q.filter((share) => share > 0).length);
  if (there < 2) return 0;
  const chi = counts.reduce((sum, count, k) => {
    const expected = n * p[Math.floor(k / columns)]! * q[k % columns]!;
    return expected > 0 ? sum + (count - expected) ** 2 / expected : sum;
  }, 0);
  return Math.sqrt(chi / (n * (there - 1)));
}

/** sqrt of the share of the variance of y that lies between the means of the categories. */
function correlationRatio(categories: readonly number[], y: readonly number[], count: number): number {
  const mean = meanOf(y);
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  categories.forEach((place, i) => {
    sums[place]! += y[i]!;
    sizes[place]! += 1;
  });
  const between = sums.reduce(
    (sum, own, k) => (sizes[k]! > 0 ? sum + sizes[k]! * (own / sizes[k]! - mean) ** 2 : sum),
    0,
  );
  const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return total === 0 ? 0 : Math.sqrt(between / total);
}

/** Rows of numbers: `data` is `[count, size]`. */
export interface CodedRows {
  readonly data: Float64Array;
  readonly size: number;
}

/** The Euclidean distance of each row from the nearest of some records. */
export function closestRecords({ data, size }: CodedRows, { data: records }: CodedRows): Float64Array {
  return Float64Array.from({ length: data.length / size }, (_, i) => {
    let best = Infinity;
    for (let at = 0; at < records.length; at += size) {
      let sum = 0;
      for (let j = 0; j < size && sum < best; j++) sum += (data[i * size + j]! - records[at + j]!) ** 2;
      if (sum < best) best = sum;
    }
    return Math.sqrt(best);
  });
}
