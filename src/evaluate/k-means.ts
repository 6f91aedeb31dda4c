/** @file Cells of a space around centers that points gather at. */
import { checkOptions } from '../base/check.ts';
import type { Key } from '../base/key.ts';
import { permutation } from '../base/random.ts';
import type { FloatRows } from './float-rows.ts';

/** Options of `kMeans`. */
export interface KMeansOptions {
  /** Cells at most; one whose points are all taken by others is left out. */
  readonly cells: number;
  /** Rounds of assigning points and moving centers. Default 12. */
  readonly rounds?: number | undefined;
}

/**
 * Centers of cells by Lloyd's algorithm, which starts at points drawn at random.
 * @param points - of which the cells are made
 * @returns centers, as rows
 * @throws ConfigError unless there is a point for each cell.
 * @see Lloyd 1982, "Least squares quantization in PCM"
 */
export function kMeans(key: Key, points: FloatRows, { cells, rounds = 12 }: KMeansOptions): FloatRows {
  const { count, size, data } = points;
  checkOptions([
    Number.isSafeInteger(cells) && cells >= 1 && cells <= count,
    'cells',
    `expected an integer of 1 to ${count}, got ${cells}`,
  ]);
  const first = Array.from(permutation(key, count)).slice(0, cells);
  let centers: FloatRows = rowsAt(points, first);
  for (let round = 0; round < rounds; round++) {
    const own = nearestCells(centers, points);
    const sums = new Float64Array(centers.count * size);
    const counts = new Float64Array(centers.count);
    own.forEach((cell, i) => {
      counts[cell]! += 1;
      for (let j = 0; j < size; j++) sums[cell * size + j]! += data[i * size + j]!;
    });
    const means = Float32Array.from(sums, (sum, at) => sum / counts[Math.floor(at / size)]!);
    const taken = Array.from({ length: centers.count }, (_, cell) => cell).filter((cell) => counts[cell]! > 0);
    centers = rowsAt({ count: centers.count, size, data: means }, taken);
  }
  return centers;
}

/** The cell of each row: the center that is nearest to it. */
export function nearestCells(centers: FloatRows, { count, size, data }: FloatRows): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    let [best, least] = [0, Infinity];
    for (let cell = 0; cell < centers.count; cell++) {
      let sum = 0;
      for (let j = 0; j < size && sum < least; j++) sum += (data[i * size + j]! - centers.data[cell * size + j]!) ** 2;
      if (sum < least) [best, least] = [cell, sum];
    }
    return best;
  });
}

/** Rows in the given order. */
export function rowsAt({ size, data }: FloatRows, rows: readonly number[]): FloatRows {
  const out = new Float32Array(rows.length * size);
  rows.forEach((row, i) => out.set(data.subarray(row * size, (row + 1) * size), i * size));
  return { count: rows.length, size, data: out };
}
