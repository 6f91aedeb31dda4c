/** @file Pairs of samples in the range of a model, as a set that a training reads. */
import { ShapeError } from '../base/errors.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { DataSet, OwnSet, SetKind } from './kinds/set-kind.ts';
import type { Scaler } from './scaler.ts';

/** Pairs of the ends of a bridge. */
export interface Pairs {
  /** Samples that paths end at, `[count, …]` in the model's range. */
  readonly ends: Float32Array;
  /** Where the paths begin: the numbers of each, `[count, K]`. */
  readonly starts: Float32Array;
}

/**
 * Pairs whose starts are drawn anew for each batch, as a set that a training reads: some rows of a set, with the starts that are made of them as they are loaded.
 * @param rows - of the set
 * @param about - name of the pairs, and how starts are drawn of ends `[B, …]` in the range of the model, each by a key of its own
 */
export function drawnPairSet(
  set: DataSet,
  rows: readonly number[],
  about: Pick<SetKind, 'drawStarts'> & {
    readonly kind: SetKind;
    readonly scaler: Scaler;
    readonly shape: Shape;
    readonly name: string;
  },
): OwnSet {
  const { kind, scaler, shape, name, drawStarts } = about;
  const operations: SetKind = {
    ...kind,
    ...(drawStarts && { drawStarts }),
    sampleShape: () => shape,
    scalerOf: () => scaler,
    content: () => [...kind.content(set), Float64Array.from(rows)],
    load: (_set, request) => kind.load(set, { ...request, rows: request.rows.map((row) => rows[row] ?? row) }),
  };
  return { name, count: rows.length, operations };
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
