/**
 * @file Functions of time as piecewise polynomials, so that a graph which knows nothing of an SDE can compute its scalars.
 * Pieces are divided until float32 arithmetic on them is as good as float64 arithmetic that is rounded once.
 */
import { UnsupportedError } from '../../base/errors.ts';

/** A function of time. */
export interface TimeFunction {
  readonly of: (t: number) => number;
  /** An error that does no harm at t, where the function is smaller than what it stands beside. */
  readonly harmless?: (t: number) => number;
}

/** Polynomials of F functions on P pieces of an interval. */
export interface Piecewise {
  /** Where a piece ends and the next begins: P - 1 rising float32 numbers. */
  readonly borders: Float64Array;
  /**
   * Of each piece: its center c and the rate r of u = r (t - c), which is within [-1, 1], then for each coefficient a
   * number of each function: those of 1 in two parts that add up to them, of u, u^2, …, u^degree. All are float32 numbers.
   */
  readonly pieces: readonly Float64Array[];
}

/** The degree of the polynomials. */
export const degree = 5;

/** Half the distance of float32 numbers at 1: the error of rounding once. */
const tolerance = 2 ** -25;

/** Within a piece a function changes by this part of itself, so that what is added to the center's value may be rounded. */
const largestChange = 1 / 8;

/** A piece this narrow beside its times is not divided: a jump is left as it is. */
const narrowest = 2 ** -18;

const mostPieces = 20_000;

const nodes = Array.from({ length: degree + 1 }, (_, k) => Math.cos((Math.PI * (k + 0.5)) / (degree + 1)));
const checked = Array.from({ length: 2 * degree + 1 }, (_, k) => -1 + k / degree);

/**
 * Polynomials that follow functions from one time to another, with an error of at most 2^-25 of their value (of the
 * largest value, if they have both signs), or one that does no harm.
 * @param options.levels - times at which derivatives may jump
 * @throws UnsupportedError if that takes more than 20,000 pieces.
 */
export function piecewise(
  functions: readonly TimeFunction[],
  { from, to, levels = [] }: { readonly from: number; readonly to: number; readonly levels?: readonly number[] },
): Piecewise {
  const scales = functions.map((f) => scaleOf(f, from, to));
  /** The polynomials of a piece; undefined if they are not good enough, unless it is the last resort. */
  const fit = (a: number, b: number, lastResort: boolean): Float64Array | undefined => {
    const center = Math.fround((a + b) / 2);
    const rate = Math.fround(2 / Math.max(b - a, 1e-9));
    const rows: number[][] = [];
    for (const [k, { of }] of functions.entries()) {
      const at = (u: number): number => of(center + u / rate);
      const [constant = 0, ...rest] = interpolate(at);
      const row = [constant, constant - Math.fround(constant), ...rest].map(Math.fround);
      const scale = scales[k]?.(center, constant) ?? 0;
      const good = checked.every((u) => {
        const change = row.slice(2).reduceRight((sum, coefficient) => u * (sum + coefficient), 0);
        const error = Math.abs(constant + change - at(u));
        return error <= tolerance * scale && Math.abs(change) <= largestChange * scale;
      });
      if (!good && !lastResort) return undefined;
      rows.push(row);
    }
    const byCoefficient = Array.from({ length: degree + 2 }, (_, j) => rows.map((row) => row[j] ?? 0));
    return Float64Array.from([center, rate, ...byCoefficient.flat()]);
  };

  const borders: number[] = [];
  const pieces: Float64Array[] = [];
  const pending: [number, number][] = [[Math.fround(from), Math.fround(to)]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [a, b] = next;
    const middle = Math.fround(divisionOf(a, b, levels));
    const piece = fit(a, b, b - a <= narrowest * Math.abs(b) || middle <= a || middle >= b);
    if (piece === undefined) {
      pending.push([middle, b], [a, middle]);
      continue;
    }
    if (pieces.length > 0) borders.push(a);
    pieces.push(piece);
    if (pieces.length > mostPieces)
      throw new UnsupportedError(
        `expected functions of time that ${mostPieces} polynomials can follow, found rougher ones`,
      );
  }
  return { borders: Float64Array.from(borders), pieces };
}

/** What errors of a function are relative to, at a time where it has a value. */
function scaleOf({ of, harmless }: TimeFunction, from: number, to: number): (t: number, value: number) => number {
  const values = Array.from({ length: 257 }, (_, k) => of(from + (k / 256) * (to - from)));
  const both = values.some((value) => value > 0) && values.some((value) => value < 0);
  const largest = Math.max(...values.map(Math.abs));
  return (t, value) => Math.max(both ? largest : Math.abs(value), (harmless?.(t) ?? 0) / tolerance);
}

/** The level nearest to the middle of a piece where levels are well within it, else the middle. */
function divisionOf(a: number, b: number, levels: readonly number[]): number {
  const middle = (a + b) / 2;
  const margin = (b - a) / 64;
  const nearest = levels.reduce(
    (best, level) => (Math.abs(level - middle) < Math.abs(best - middle) ? level : best),
    Infinity,
  );
  return nearest > a + margin && nearest < b - margin ? nearest : middle;
}

/** Coefficients of 1, u, …, u^degree of the polynomial with the values of f at the Chebyshev nodes, by Newton's differences. */
function interpolate(f: (u: number) => number): number[] {
  const differences = nodes.map(f);
  for (let order = 1; order <= degree; order++)
    for (let k = degree; k >= order; k--)
      differences[k] = (differences[k]! - differences[k - 1]!) / (nodes[k]! - nodes[k - order]!);
  let polynomial: number[] = [];
  for (let k = degree; k >= 0; k--)
    polynomial = [0, ...polynomial].map(
      (value, i) => value - nodes[k]! * (polynomial[i] ?? 0) + (i === 0 ? differences[k]! : 0),
    );
  return polynomial;
}
