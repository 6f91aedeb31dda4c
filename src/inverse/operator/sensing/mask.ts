/** @file Known pixels: inpainting, and the masks that say which pixels are known. */
import { checkOptions, positiveInteger } from '../../../base/check.ts';
import { ShapeError } from '../../../base/errors.ts';
import type { Key } from '../../../base/key.ts';
import { permutation } from '../../../base/random.ts';
import { sameShape, sizeOf, zeros, type Shape, type Tensor } from '../../../base/tensor.ts';
import type { LinearOperator } from '../operator.ts';
import { partialOrthonormal, unchanged } from './partial-orthonormal.ts';
import { checkShape } from '../shapes.ts';

/**
 * A x = the known values of x: `[...channels, P]` with P known places, in reading order, all channels alike. A'y fills the
 * unknown places with zeros.
 * @param shapeIn - of one sample, such as `[channels, height, width]` or `[dimension]`
 * @param known - a mask in the shape of the last axes, such as `[height, width]`: 1 for known, 0 for unknown
 * @throws ShapeError if the mask is not of the last axes; ConfigError if it has other values or knows nothing.
 */
export function mask(shapeIn: Shape, known: Tensor): LinearOperator {
  checkShape(shapeIn);
  const lead = shapeIn.slice(0, shapeIn.length - known.shape.length);
  if (known.shape.length === 0 || !sameShape([...lead, ...known.shape], shapeIn))
    throw new ShapeError(`mask: expected a mask of the last axes of [${shapeIn}], got shape [${known.shape}]`);
  const places = [...known.data.keys()].filter((i) => known.data[i] === 1);
  checkOptions(
    [known.data.every((value) => value === 0 || value === 1), 'mask', 'expected 1 for known and 0 for unknown values'],
    [places.length > 0, 'mask', 'expected at least one known value, got none'],
  );
  const area = known.data.length;
  const kept = Array.from({ length: sizeOf(lead) }, (_, c) => places.map((i) => c * area + i)).flat();
  const shapeOut = [...lead, places.length];
  return partialOrthonormal({ kind: 'mask', shapeIn, shapeOut, transform: unchanged, kept });
}

/** A rectangle of pixels: rows `top` to `top + height - 1`, columns `left` to `left + width - 1`. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * A mask `[height, width]` with everything known but a box.
 * @throws ConfigError if the box is not inside the image.
 */
export function boxMask([height, width]: readonly [height: number, width: number], box: Box): Tensor {
  const inside = (start: number, size: number, most: number): boolean => start >= 0 && start + size <= most;
  const fits = Object.values<number>({ ...box }).every(Number.isSafeInteger) && box.height > 0 && box.width > 0;
  checkOptions([
    fits && inside(box.top, box.height, height) && inside(box.left, box.width, width),
    'box',
    `expected a box inside ${height} x ${width} pixels, got ${box.height} x ${box.width} at (${box.top}, ${box.left})`,
  ]);
  const hidden = (y: number, x: number): boolean =>
    y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width;
  return maskOf(height, width, (y, x) => !hidden(y, x));
}

/** A half of an image. */
export type Half = 'left' | 'right' | 'top' | 'bottom';

/** A mask `[height, width]` with one half known; the middle line of an odd size belongs to the right and the bottom. */
export function halfMask([height, width]: readonly [height: number, width: number], half: Half): Tensor {
  const rules: Readonly<Record<Half, (y: number, x: number) => boolean>> = {
    left: (_, x) => x < width >> 1,
    right: (_, x) => x >= width >> 1,
    top: (y) => y < height >> 1,
    bottom: (y) => y >= height >> 1,
  };
  return maskOf(height, width, rules[half]);
}

/**
 * A mask of any shape with a share of the places known, drawn without replacement.
 * @param fraction - of the places that are known, 0 to 1; the nearest count is taken, at least one
 * @throws ConfigError unless the fraction is above 0 and at most 1.
 */
export function randomMask(key: Key, shape: Shape, fraction: number): Tensor {
  checkShape(shape);
  checkOptions([fraction > 0 && fraction <= 1, 'fraction', `expected a number above 0, at most 1, got ${fraction}`]);
  const out = zeros(shape);
  const count = Math.max(1, Math.round(fraction * out.data.length));
  for (const i of permutation(key, out.data.length).subarray(0, count)) out.data[i] = 1;
  return out;
}

function maskOf(height: number, width: number, known: (y: number, x: number) => boolean): Tensor {
  checkOptions(positiveInteger('height', height), positiveInteger('width', width));
  const out = zeros([height, width]);
  out.data.forEach((_, i) => (out.data[i] = known(Math.floor(i / width), i % width) ? 1 : 0));
  return out;
}
