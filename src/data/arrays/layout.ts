/** @file What the axes of an array are. */
import { FileError } from '../../base/errors.ts';
import { dimensionOf, sizeOf, type Shape } from '../../base/tensor.ts';

/**
 * Names of layouts: `points` are rows of numbers, all axes after the first together; the letters of the others are their axes: n for the samples, c for
 * channels, h and w for rows and columns, l for the places of series, d for the slices of volumes. Without n it is one image.
 */
export const layouts = ['points', 'nhw', 'nhwc', 'nchw', 'hwc', 'chw', 'nl', 'nlc', 'ncl', 'ndhw', 'ndhwc', 'ncdhw'] as const; // prettier-ignore

/** A name of a layout. */
export type Layout = (typeof layouts)[number];

/** An array as points. */
export interface PointAxes {
  readonly count: number;
  readonly dimension: number;
}

/** An array as series, fields or volumes. */
export interface GridAxes {
  readonly count: number;
  readonly channels: number;
  /** Axes of the grid, by their letters. */
  readonly grid: readonly (readonly [letter: string, size: number])[];
  readonly order: 'first' | 'last' | 'none';
}

/** A picture has more pixels a side than this. */
const fewPixels = 3;
/** Rows of fewer numbers are points unless their user says. */
export const leastSeries = 16;

/** Whether numbers beside each other in rows `[n, d]` are alike: correlated by more than a half, as those of series are and those of columns of a table are not. */
export function areSeries([count = 0, d = 0, ...rest]: Shape, data: ArrayLike<number>): boolean {
  if (rest.length > 0 || d < leastSeries) return false;
  let [n, sum, squares, products] = [0, 0, 0, 0];
  const step = Math.max(1, Math.floor(count / 256));
  const rows = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  for (const row of rows)
    for (let j = 0; j < d; j++) {
      const value = data[row * d + j] ?? NaN;
      if (Number.isNaN(value)) continue;
      n++;
      sum += value;
    }
  const mean = sum / n;
  let pairs = 0;
  for (const row of rows)
    for (let j = 0; j < d; j++) {
      const value = (data[row * d + j] ?? NaN) - mean;
      const next = j + 1 < d ? (data[row * d + j + 1] ?? NaN) - mean : NaN;
      if (!Number.isNaN(value)) squares += value * value;
      if (Number.isNaN(value * next)) continue;
      pairs++;
      products += value * next;
    }
  return products / pairs > (0.5 * squares) / n;
}

/**
 * What the axes of an array are. Without a layout `[n, d]` are points, and `[n, h, w]` and `[n, h, w, c]` images of 1 or 3 channels; shapes
 * that are ambiguous are refused with a question.
 * @param file - for the message
 * @throws FileError if the shape is none of the layout, or may be of several and none is given.
 */
export function axesOf(shape: Shape, layout: Layout | undefined, file: string): PointAxes | GridAxes {
  const chosen = layout ?? layoutOf(shape, file);
  if (chosen === 'points') {
    const [count = 0, ...rest] = shape;
    if (shape.length > 0) return { count, dimension: sizeOf(rest) };
  } else if (shape.length === chosen.length) {
    const letters: readonly string[] = chosen.split('');
    const size = (axis: string): number => (letters.includes(axis) ? dimensionOf({ shape }, letters.indexOf(axis)) : 1);
    const grid = letters.filter((letter) => !'nc'.includes(letter)).map((letter) => [letter, size(letter)] as const);
    const order = !letters.includes('c') ? 'none' : letters.at(-1) === 'c' ? 'last' : 'first';
    return { count: size('n'), channels: size('c'), grid, order };
  }
  throw new FileError(
    file,
    `expected ${chosen === 'points' ? 'rows of numbers' : `axes ${chosen.split('').join(', ')}`} as --layout ${chosen} says, found shape [${shape}]`,
  );
}

function layoutOf(shape: Shape, file: string): Layout {
  const [first = 0, second = 0, third = 0, last = 0] = shape;
  if (shape.length === 2) return 'points';
  const images = (count: number, of: string): string => `${count} ${of}`;
  if (shape.length === 3) {
    const series = `nlc (${first} series of ${second} times with ${third} channels)`;
    const gray = `nhw (${images(first, `gray images of ${second} x ${third}`)}), ${series} or points (${first} rows of ${second * third} numbers)`;
    if (third === 1 || third === 3)
      throw ambiguous(
        file,
        shape,
        `hwc (one ${third === 1 ? 'gray' : 'color'} image of ${first} x ${second}), ${gray}`,
      );
    if (first === 3 && Math.min(second, third) > fewPixels)
      throw ambiguous(file, shape, `chw (one color image of ${second} x ${third}), ${gray}`);
    return 'nhw';
  }
  if (shape.length === 4 && (last === 1 || last === 3)) return 'nhwc';
  const meanings = [
    `nhwc (${first} fields of ${second} x ${third} with ${last} channels)`,
    `nchw (${first} of ${third} x ${last} with ${second} channels)`,
    `ndhw (${first} volumes of ${second} x ${third} x ${last})`,
  ];
  if (shape.length === 4 && (second === 1 || second === 3))
    throw new FileError(
      file,
      `expected points [n, d] or images [n, height, width] or [n, height, width, 1 or 3], found shape [${shape}]; for ${first} images with channels first, give --layout nchw`,
    );
  if (shape.length === 4) throw ambiguous(file, shape, meanings.join(', '));
  if (shape.length === 5) throw ambiguous(file, shape, `ncdhw or ndhwc (${first} volumes with ${second} or ${shape[4]} channels)`); // prettier-ignore
  throw new FileError(
    file,
    `expected points [n, d], images [n, height, width] or [n, height, width, 1 or 3], series or volumes (--layout), found shape [${shape}]`,
  );
}

function ambiguous(file: string, shape: Shape, meanings: string): FileError {
  return new FileError(file, `expected --layout for an array of shape [${shape}], which may be ${meanings}`);
}
