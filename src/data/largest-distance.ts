/** @file The largest Euclidean distance of two samples, which the largest noise level should bridge. */
import { checkOptions, positive } from '../base/check.ts';
import { key } from '../base/key.ts';
import { sizeOf } from '../base/tensor.ts';
import { loadBatch } from './batch.ts';
import { kindOf, sampleShape, type DataSet } from './dataset.ts';
import type { Numbers } from './kinds/set-kind.ts';
import type { Scaler } from './scaler.ts';

/** Bounds of the largest distance, in the model's units; they are equal where the search came to its end. */
export interface LargestDistance {
  /** The largest distance that was found between two samples. */
  readonly distance: number;
  /** No two samples are further apart. */
  readonly atMost: number;
}

/**
 * The largest distance of two samples of a set, mirror images and dequantization aside. By the triangle inequality no two
 * samples are further apart than the sum of their distances from the mean, so that samples are compared from the outermost
 * inwards and few pairs are looked at; where `work` ends the search before, both bounds of the answer are given.
 * @param set - the data
 * @param scaler - brings them into the range in which distances are taken
 * @param options - `work`: subtractions, some hundred million a second; default 1e9
 * @throws ConfigError unless work is positive.
 * @see Song and Ermon 2020, "Improved techniques for training score-based generative models", technique 1
 * @example
 * ```ts
 * import { key, scalerOf, toys } from 'scorefield';
 * import { largestDistance } from 'scorefield/data';
 *
 * const moons = toys['two-moons'].draw(key(0), 500);
 * console.log(largestDistance(moons, scalerOf(moons))); // a guide to sigmaMax of `ve`
 * ```
 */
export function largestDistance(
  set: DataSet,
  scaler: Scaler,
  { work = 1e9 }: { readonly work?: number } = {},
): LargestDistance {
  checkOptions(positive('work', work));
  const size = sizeOf(sampleShape(set));
  const { factor, data } = inCommonUnits(set, scaler);
  const radius = radii(data, size);
  const order = Array.from(radius.keys()).sort((i, j) => radius[j]! - radius[i]!);
  const outermost = order[0] ?? 0;
  let best = 0;
  let left = work / size;
  for (const [place, i] of order.entries())
    for (let k = 0; k < place; k++) {
      const j = order[k]!;
      if (radius[i]! + radius[j]! <= best) break;
      if (left-- < 0) return { distance: factor * best, atMost: factor * (radius[i]! + radius[outermost]!) };
      best = Math.max(best, distance(data, size, [i, j]));
    }
  return { distance: factor * best, atMost: factor * best };
}

/** The numbers of a set, and what multiplies their distances. */
function inCommonUnits(set: DataSet, scaler: Scaler): { readonly factor: number; readonly data: Numbers } {
  const all = (): readonly number[] => Array.from({ length: set.count }, (_, row) => row);
  return kindOf(set).inCommonUnits?.(set, scaler) ?? { factor: 1, data: loadBatch(set, scaler, all(), key(0)) };
}

/** Distance of each sample from the mean of all. */
function radii(data: Numbers, size: number): Float64Array {
  const mean = new Float64Array(size);
  const count = data.length / size;
  for (let j = 0; j < data.length; j++) mean[j % size]! += data[j]! / count;
  return Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (data[i * size + j]! - mean[j]!) ** 2;
    return Math.sqrt(sum);
  });
}

function distance(data: Numbers, size: number, [a, b]: readonly [number, number]): number {
  const [x, y] = [data.subarray(a * size, (a + 1) * size), data.subarray(b * size, (b + 1) * size)];
  let sum = 0;
  for (let j = 0; j < size; j++) sum += (x[j]! - y[j]!) ** 2;
  return Math.sqrt(sum);
}
