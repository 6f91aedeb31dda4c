/** @file The transformations that have a name. */
import { InternalError } from '../../base/errors.ts';
import { affine, asinh, log1p, muLaw } from './curves.ts';
import { quantileNormal } from './quantile-normal.ts';
import type { Transform, TransformParts, TransformRecord } from './transform.ts';

/** Every transformation. */
export const transforms: readonly TransformRecord[] = [affine, log1p, asinh, muLaw, quantileNormal];

/** Their names. */
export const transformNames: readonly string[] = transforms.map(({ name }) => name);

/** A transformation as a file keeps it: its name with what was fitted. */
export interface StoredTransform {
  readonly name: string;
  readonly parts: TransformParts;
}

/** The transformation of a file; undefined where there is none of this name or its parts are damaged. */
export function readTransform({ name, parts }: StoredTransform): Transform | undefined {
  return transforms.find((one) => one.name === name)?.build(parts);
}

/** The transformation of a file that is known to be sound. */
export function transformOf(stored: StoredTransform): Transform {
  const found = readTransform(stored);
  if (found === undefined)
    throw new InternalError(`the transformation ${stored.name} does not fit what was stored of it`);
  return found;
}
