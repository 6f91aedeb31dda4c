/** @file The nearest of many points, by products of many at a time. */
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import { plainProduct, type FloatRows, type MatrixProduct } from './float-rows.ts';

/** The k nearest points of each sample. */
export interface Neighbors {
  readonly k: number;
  /** `[N, k]`, row-major, by rising distance. */
  readonly points: Int32Array;
  /** Euclidean distances, `[N, k]`. */
  readonly distances: Float64Array;
}

/** Which points are looked for. */
export interface NeighborsRequest {
  /** How many of each sample. */
  readonly k: number;
  /** The point that each sample is, which is then left out for it; none by default. */
  readonly own?: readonly number[] | undefined;
  /** Of matrices; in float32 it decides which points are compared in float64 in the end. Default in float64. */
  readonly product?: MatrixProduct | undefined;
}

/** Points of one product, and samples. */
const [pointChunk, sampleChunk] = [4096, 1024];
/** Candidates beyond k, so that a rounding error of float32 loses none of the nearest. */
const spare = 5;

/**
 * The k nearest points of each sample by Euclidean distance, which is exact in float64: copies are at distance 0.
 * @returns steps with the part that is done, 0 to 1
 * @throws ShapeError if the sizes of samples and points differ.
 * @throws ConfigError unless there are k points (besides the sample's own).
 */
export async function* nearestPoints(
  points: FloatRows,
  samples: FloatRows,
  { k, own, product = plainProduct }: NeighborsRequest,
): AsyncGenerator<number, Neighbors> {
  const { size } = points;
  if (samples.size !== size)
    throw new ShapeError(`nearestPoints: expected samples of ${size} numbers as the points have, got ${samples.size}`);
  const most = points.count - (own === undefined ? 0 : 1);
  checkOptions([Number.isSafeInteger(k) && k >= 1 && k <= most, 'k', `expected an integer of 1 to ${most}, got ${k}`]);
  const squares = Float64Array.from({ length: points.count }, (_, p) => squareOf(points, p));
  const found = { points: new Int32Array(samples.count * k), distances: new Float64Array(samples.count * k) };
  for (let first = 0; first < samples.count; first += sampleChunk) {
    const n = Math.min(sampleChunk, samples.count - first);
    const columns = columnsOf(samples, first, n);
    const best = Array.from({ length: n }, () => candidates(Math.min(k + spare, most)));
    for (let begin = 0; begin < points.count; begin += pointChunk) {
      yield (first + (n * begin) / points.count) / samples.count;
      const rows = Math.min(pointChunk, points.count - begin);
      const part = points.data.subarray(begin * size, (begin + rows) * size);
      const dots = await product(part, columns, { rows, inner: size, columns: n });
      for (let p = 0; p < rows; p++)
        for (let i = 0; i < n; i++) {
          const value = squares[begin + p]! - 2 * dots[p * n + i]!;
          const list = best[i]!;
          if (value < list.worst && own?.[first + i] !== begin + p) list.add(begin + p, value);
        }
    }
    for (let i = 0; i < n; i++) {
      const exact = best[i]!.points.map((point) => [point, distance(points, point, samples, first + i)] as const);
      exact.sort(([p, a], [q, b]) => a - b || p - q);
      for (const [j, [point, value]] of exact.slice(0, k).entries()) {
        found.points[(first + i) * k + j] = point;
        found.distances[(first + i) * k + j] = value;
      }
    }
  }
  return { k, ...found };
}

/** The points of least value so far. */
interface Candidates {
  readonly points: number[];
  /** Values that are not below it change nothing. */
  worst: number;
  add(point: number, value: number): void;
}

function candidates(most: number): Candidates {
  const values: number[] = [];
  const list: Candidates = {
    points: [],
    worst: Infinity,
    add: (point, value) => {
      let at = values.length;
      while (at > 0 && values[at - 1]! > value) at--;
      values.splice(at, 0, value);
      list.points.splice(at, 0, point);
      if (values.length > most) {
        values.pop();
        list.points.pop();
      }
      if (values.length === most) list.worst = values[most - 1]!;
    },
  };
  return list;
}

/** Some samples as the columns of a matrix. */
function columnsOf({ size, data }: FloatRows, first: number, n: number): Float32Array {
  const columns = new Float32Array(size * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < size; j++) columns[j * n + i] = data[(first + i) * size + j]!;
  return columns;
}

function squareOf({ size, data }: FloatRows, row: number): number {
  let sum = 0;
  for (let j = row * size; j < (row + 1) * size; j++) sum += data[j]! ** 2;
  return sum;
}

function distance(a: FloatRows, row: number, b: FloatRows, other: number): number {
  const { size } = a;
  let sum = 0;
  for (let j = 0; j < size; j++) sum += (a.data[row * size + j]! - b.data[other * size + j]!) ** 2;
  return Math.sqrt(sum);
}
