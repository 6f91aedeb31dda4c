/** @file Pairs of samples in the range of a model, as a set that a training reads. */
import { ShapeError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { OwnSet, SetKind } from './kinds/set-kind.ts';
import type { Scaler } from './scaler.ts';

/** Pairs of the ends of a bridge. */
export interface Pairs {
  /** Samples that paths end at, `[count, …]` in the model's range. */
  readonly ends: Float32Array;
  /** Where the paths begin: the numbers of each, `[count, K]`. */
  readonly starts: Float32Array;
}

/**
 * Pairs as a set of the kind of their ends, whose samples are the ends and whose stored noise the starts.
 * @param about - kind, scaling and shape of the ends
 * @throws ShapeError unless there is a start for each end.
 */
export function pairSet(
  { ends, starts }: Pairs,
  about: { readonly kind: SetKind; readonly scaler: Scaler; readonly shape: Shape; readonly name: string },
): OwnSet {
  const { kind, scaler, shape, name } = about;
  const size = sizeOf(shape);
  const count = ends.length / size;
  if (!Number.isInteger(count) || count === 0 || starts.length % count !== 0)
    throw new ShapeError(`pairSet: expected starts for ${count} ends, got ${starts.length} numbers`);
  const operations: SetKind = {
    ...kind,
    sampleShape: () => shape,
    scalerOf: () => scaler,
    content: () => [ends],
    load: (_set, { rows }) => {
      const out = new Float32Array(rows.length * size);
      rows.forEach((row, i) => out.set(ends.subarray(row * size, (row + 1) * size), i * size));
      return out;
    },
  };
  return { name, count, operations, noise: starts };
}
