/** @file From the rows of a table to vectors that a model learns, and back. */
import { transformOf } from '../transforms/index.ts';
import { probit } from '../../base/probit.ts';
import type { CategoryColumn, Column } from './column.ts';

/** Categories that have a coordinate each; of more, each has the bits of its number. */
const mostOneHot = 16;
/** Marks of what is and what is not, and the width of the noise around them, which gives them a density. */
const [no, yes] = [-1, 1];
const half = 0.5 * Math.log(2 * Math.PI);

/** The coding of one cell as some coordinates. */
interface CellCoder {
  readonly size: number;
  /** Uniform random numbers in [0, 1) that it takes. */
  readonly draws: number;
  encode(value: number, out: Float32Array | Float64Array, at: number, u: Float64Array): void;
  /** NaN for a cell that is missing. */
  decode(x: ArrayLike<number>, at: number): number;
  /** What the log density of the coordinates lacks to be that of the cell, in nats. */
  logDet(x: ArrayLike<number>, at: number): number;
}

/** The coding of rows. */
export interface RowCoder {
  /** Coordinates of a row. */
  readonly size: number;
  /** Uniform random numbers that a row takes. */
  readonly draws: number;
  /** The column of each coordinate. */
  readonly columnOf: readonly number[];
  /** Whether a coordinate says that the cell of its column is missing. */
  readonly isMark: readonly boolean[];
  encode(values: ArrayLike<number>, out: Float32Array | Float64Array, at: number, u: Float64Array): void;
  decode(x: ArrayLike<number>, at: number, out: Float64Array, to: number): void;
  logDet(x: ArrayLike<number>, at: number): number;
}

/**
 * The coding of rows of some columns. A number or a date is one coordinate, by its transformation. A category has a coordinate for each of up to 16, -1 or 1, or
 * the bits of its number; a column with missing cells has one more, that says so, and there the others are drawn as if from the rest of the
 * column, so that they say nothing. Marks have even noise of width 1, so that a density learns them.
 * @see Chen, Zhang and Hinton 2023, "Analog bits", section 3
 */
export function rowCoder(columns: readonly Column[]): RowCoder {
  const coders = columns.map((column) => withMissing(column, coderOf(column)));
  const starts = coders.map((_, j) => coders.slice(0, j).reduce((sum, { size }) => sum + size, 0));
  const firsts = coders.map((_, j) => coders.slice(0, j).reduce((sum, { draws }) => sum + draws, 0));
  const sum = (of: (coder: CellCoder) => number): number => coders.reduce((all, coder) => all + of(coder), 0);
  return {
    size: sum(({ size }) => size),
    draws: sum(({ draws }) => draws),
    columnOf: coders.flatMap(({ size }, j) => new Array<number>(size).fill(j)),
    isMark: coders.flatMap(({ size }, j) =>
      Array.from({ length: size }, (_, k) => columns[j]?.missing === true && size > 0 && k === size - 1),
    ),
    encode: (values, out, at, u) => {
      coders.forEach((coder, j) => {
        coder.encode(values[j]!, out, at + starts[j]!, u.subarray(firsts[j]));
      });
    },
    decode: (x, at, out, to) => {
      coders.forEach((coder, j) => {
        out[to + j] = coder.decode(x, at + starts[j]!);
      });
    },
    logDet: (x, at) => coders.reduce((all, coder, j) => all + coder.logDet(x, at + starts[j]!), 0),
  };
}

function coderOf(column: Column): CellCoder & { fill(u: number): number } {
  if (column.type === 'category') return categoryCoder(column);
  const transform = transformOf(column.transform);
  return {
    size: 1,
    draws: 1,
    encode: (value, out, at, u) => {
      out[at] = transform.toModel(value, u[0]!);
    },
    decode: (x, at) => transform.toData(x[at]!),
    logDet: (x, at) => transform.logSlope(x[at]!),
    fill: (u) => u,
  };
}

function categoryCoder({ categories, shares }: CategoryColumn): CellCoder & { fill(u: number): number } {
  const count = categories.length;
  const oneHot = count <= mostOneHot;
  const size = count < 2 ? 0 : oneHot ? count : Math.ceil(Math.log2(count));
  const isOn = (place: number, k: number): boolean => (oneHot ? place === k : ((place >> k) & 1) === 1);
  // Coordinates of mean zero: a category of share s has its mark at 2 (1 - s) and -2 s.
  const center = Array.from({ length: size }, (_, k) =>
    shares.reduce((sum, share, place) => sum + share * (isOn(place, k) ? yes : no), 0),
  );
  return {
    size,
    draws: size,
    encode: (value, out, at, u) => {
      for (let k = 0; k < size; k++) out[at + k] = (isOn(value, k) ? yes : no) + u[k]! - 0.5 - center[k]!;
    },
    decode: (x, at) => {
      if (count === 0) return NaN;
      // The category whose marks are nearest.
      let best = 0;
      let least = Infinity;
      for (let place = 0; place < count; place++) {
        let apart = 0;
        for (let k = 0; k < size; k++) apart -= (x[at + k]! + center[k]!) * (isOn(place, k) ? yes : no);
        if (apart < least) [best, least] = [place, apart];
      }
      return best;
    },
    logDet: () => 0,
    fill: (u) => {
      let sum = 0;
      const place = shares.findIndex((share) => (sum += share) > u);
      return place < 0 ? count - 1 : place;
    },
  };
}

/** A column with missing cells. What stands in their place is drawn from the column, and its own log density taken away. */
function withMissing(column: Column, own: CellCoder & { fill(u: number): number }): CellCoder {
  const { size, draws } = own;
  if (!column.missing || (column.type === 'category' && column.categories.length === 0)) return own;
  const isMissing = (x: ArrayLike<number>, at: number): boolean => x[at + size]! > 0;
  return {
    size: size + 1,
    draws: draws + 2,
    encode: (value, out, at, u) => {
      const missing = Number.isNaN(value);
      out[at + size] = (missing ? yes : no) + u[draws]! - 0.5;
      if (!missing) own.encode(value, out, at, u);
      else if (column.type === 'category') own.encode(own.fill(u[draws + 1]!), out, at, u);
      else out[at] = probit((Math.floor(u[0]! * 2 ** 30) + 0.5) / 2 ** 30);
    },
    decode: (x, at) => (isMissing(x, at) ? NaN : own.decode(x, at)),
    logDet: (x, at) => {
      if (!isMissing(x, at)) return own.logDet(x, at);
      if (column.type === 'category') return -Math.log(column.shares[own.decode(x, at)] ?? 1);
      return 0.5 * x[at]! ** 2 + half;
    },
  };
}
