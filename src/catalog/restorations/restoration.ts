/** @file The record of a restoration task: what is measured of an image in [0, 1], and how it is shown. */
import type * as v from 'valibot';
import type { Key } from '../../base/key.ts';
import type { Shape, Tensor } from '../../base/tensor.ts';
import type { LinearOperator } from '../../inverse/operator/operator.ts';
import { pseudoInverse } from '../../inverse/operator/solve.ts';
import type { Named } from '../named.ts';
import type { OptionValues } from '../option.ts';

/** A task on images of one shape. */
export interface RestorationTask {
  readonly operator: LinearOperator;
  /** The classical inverse of the measurement: `[B, ...shapeOut]` to images `[B, ...shape]`. */
  readonly classical: { readonly name: string; readonly inverse: (y: Tensor) => Tensor };
  /** The measurement as pictures `[B, 1 or 3, h, w]` of values in [0, 1]; what is not an image is drawn as one. */
  readonly picture: (y: Tensor) => Tensor;
  /**
   * The measurement as images `[B, ...shape]`, where a bridge to those that were measured begins; by default itself where it has this shape, else the classical
   * inverse.
   */
  readonly start?: (y: Tensor) => Tensor;
  /** The measurement of a picture that was taken elsewhere, `[B, ...pictureShape]`; none where it is no picture. */
  readonly fromPicture?: { readonly shape: Shape; readonly read: (picture: Tensor) => Tensor };
}

/** A named restoration task. */
export interface RestorationRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  readonly options: Options;
  /** Whether what is measured of an image is negative nowhere, so that it can be counted. */
  readonly counts: boolean;
  /**
   * The task on images of a shape.
   * @param key - of masks and sums that are random
   */
  build(shape: Shape, options: OptionValues<Options>, key: Key): RestorationTask;
}

/** A record of a restoration task. */
export function restoration<const Name extends string, const Options extends v.ObjectEntries>(
  record: RestorationRecord<Name, Options>,
): RestorationRecord<Name, Options> {
  return Object.freeze(record);
}

/** A task whose measurement is a picture. */
export function ofPictures(operator: LinearOperator): RestorationTask {
  return {
    operator,
    classical: { name: 'pseudo-inverse', inverse: (y) => pseudoInverse(operator, y) },
    picture: (y) => y,
    fromPicture: { shape: operator.shapeOut, read: (picture) => picture },
  };
}
