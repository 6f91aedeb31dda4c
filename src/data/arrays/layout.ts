/** @file What the axes of an array are. */
import { FileError } from '../../base/errors.ts';
import { dimensionOf, sizeOf, type Shape } from '../../base/tensor.ts';

/**
 * Names of layouts: `points` are rows of numbers, all axes after the first together; the letters of the others are the axes of images,
 * n for the images, h and w for their rows and columns, c for their channels, and without n it is one image.
 */
export const layouts = ['points', 'nhw', 'nhwc', 'nchw', 'hwc', 'chw'] as const;

/** A name of a layout. */
export type Layout = (typeof layouts)[number];

/** An array as points. */
export interface PointAxes {
  readonly count: number;
  readonly dimension: number;
}

/** An array as images. */
export interface ImageAxes {
  readonly count: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** Whether the channels of an image are planes, one after the other; else the channels of a pixel stand together. */
  readonly planar: boolean;
}

/** A picture has more pixels a side than this. */
const fewPixels = 3;

/**
 * What the axes of an array are. Without a layout `[n, d]` are points, and `[n, h, w]` and `[n, h, w, c]` images of 1 or 3 channels; shapes
 * that are ambiguous are refused with a question.
 * @param file - for the message
 * @throws FileError if the shape is none of the layout, or may be of several and none is given.
 */
export function axesOf(shape: Shape, layout: Layout | undefined, file: string): PointAxes | ImageAxes {
  const chosen = layout ?? layoutOf(shape, file);
  if (chosen === 'points') {
    const [count = 0, ...rest] = shape;
    if (shape.length > 0) return { count, dimension: sizeOf(rest) };
  } else if (shape.length === chosen.length) {
    const size = (axis: string, otherwise: number): number =>
      chosen.includes(axis) ? dimensionOf({ shape }, chosen.indexOf(axis)) : otherwise;
    const channels = size('c', 1);
    const axes = {
      count: size('n', 1),
      height: size('h', 1),
      width: size('w', 1),
      planar: chosen.indexOf('c') < chosen.indexOf('h'),
    };
    if (channels === 1 || channels === 3) return { channels, ...axes };
  }
  throw new FileError(
    file,
    `expected ${chosen === 'points' ? 'rows of numbers' : `axes ${chosen.split('').join(', ')}${chosen.includes('c') ? ' with 1 or 3 channels' : ''}`} as --layout ${chosen} says, found shape [${shape}]`,
  );
}

function layoutOf(shape: Shape, file: string): Layout {
  const [first = 0, second = 0, third = 0, last = 0] = shape;
  if (shape.length === 2) return 'points';
  const images = (count: number, of: string): string => `${count} ${of}`;
  if (shape.length === 3) {
    const gray = `nhw (${images(first, `gray images of ${second} x ${third}`)}) or points (${first} rows of ${second * third} numbers)`;
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
  const planar = shape.length === 4 && (second === 1 || second === 3);
  throw new FileError(
    file,
    `expected points [n, d] or images [n, height, width] or [n, height, width, 1 or 3], found shape [${shape}]` +
      (planar ? `; for ${first} images with channels first, give --layout nchw` : ''),
  );
}

function ambiguous(file: string, shape: Shape, meanings: string): FileError {
  return new FileError(file, `expected --layout for an array of shape [${shape}], which may be ${meanings}`);
}
