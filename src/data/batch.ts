/** @file Batches: rows of a data set as the float32 numbers that a network takes. */
import { ShapeError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { kindOf, type DataSet } from './dataset.ts';
import type { Scaler } from './scaler.ts';

/**
 * Rows of a set in the model's range. Bytes get uniform dequantisation noise, floats none; images are mirrored with probability
 * 1/2 if `set.flips`. Sample i of the batch draws from `foldIn(key, i)`, whichever samples come with it.
 * @returns `[rows.length, ...sampleShape(set)]`
 * @throws ShapeError if a row is not in the set, or the scaler is not made for samples of this size, or of bytes and the set of floats.
 */
export function loadBatch(set: DataSet, scaler: Scaler, rows: readonly number[], key: Key): Float32Array {
  const bad = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= set.count);
  if (bad !== undefined) throw new ShapeError(`loadBatch: expected rows of 0 to ${set.count - 1}, got ${bad}`);
  return kindOf(set).load(set, { scaler, rows, key });
}
