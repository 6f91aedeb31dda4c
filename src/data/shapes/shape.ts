/** @file What a set of shapes is: clouds of points on surfaces, of which batches take other points each time. */
import type { OwnSet } from '../kinds/set-kind.ts';

/** Shapes as points on their surfaces. */
export interface ShapeSet extends OwnSet {
  /** N, points of a sample. */
  readonly points: number;
  /** All points of the shapes, `[P, 3]`, end to end. */
  readonly values: Float32Array;
  /** Where the points of each shape begin, and where the last ones end, `[count + 1]`. */
  readonly starts: Uint32Array;
}

/** Points of a sample unless another number is asked for, and those that are kept of a shape whose surface is known. */
export const [defaultPoints, keptPoints] = [512, 4096];

/** Points of one sample at most. */
export const mostPoints = 65_536;

/** How shapes are put into one space: each moved and scaled into the cube from -1 to 1, or all as they are. */
export const fits = ['each', 'all'] as const;

/** How the points of shapes become samples. */
export interface ShapeOptions {
  /** N, points of a sample. Default 512. */
  readonly points?: number | undefined;
  /** `each` puts every shape into the cube from -1 to 1, `all` leaves sizes and places as they are. Default each. */
  readonly fit?: (typeof fits)[number] | undefined;
}

/** The points of a shape `[P, 3]`, not a copy. */
export function cloudOf({ values, starts }: Pick<ShapeSet, 'values' | 'starts'>, row: number): Float32Array {
  return values.subarray(3 * starts[row]!, 3 * starts[row + 1]!);
}
