/** @file Checks of the shapes that operators are made for. */
import { ShapeError } from '../../base/errors.ts';
import type { Shape } from '../../base/tensor.ts';

/** @throws ShapeError unless every axis is a positive integer. */
export function checkShape(shape: Shape): void {
  if (shape.length === 0 || !shape.every((n) => Number.isSafeInteger(n) && n > 0))
    throw new ShapeError(`expected the shape of one sample, positive integers, got [${shape}]`);
}

/** Sizes of an image. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * The sizes of `[channels, height, width]`.
 * @throws ShapeError if the shape is not one of an image.
 */
export function imageShape(kind: string, shape: Shape): ImageShape {
  const [channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || !shape.every((n) => Number.isSafeInteger(n) && n > 0))
    throw new ShapeError(`${kind}: expected images of shape [channels, height, width], got [${shape}]`);
  return { channels, height, width };
}
