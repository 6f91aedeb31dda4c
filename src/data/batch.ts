/** @file Batches: rows of a data set as the float32 numbers that a network takes. */
import { ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { bits } from '../base/random.ts';
import { sizeOf } from '../base/tensor.ts';
import { sampleShape, type DataSet, type FloatImages, type ImageSet, type PointSet } from './dataset.ts';
import { commonFactor, factorsOf, type Scaler } from './scaler.ts';

/**
 * Rows of a set in the model's range. Bytes get uniform dequantisation noise, floats none; images are mirrored with probability
 * 1/2 if `set.flips`. Sample i of the batch draws from `foldIn(key, i)`, whichever samples come with it.
 * @returns `[rows.length, ...sampleShape(set)]`
 * @throws ShapeError if a row is not in the set, or the scaler is not made for samples of this size, or of bytes and the set of floats.
 */
export function loadBatch(set: DataSet, scaler: Scaler, rows: readonly number[], key: Key): Float32Array {
  const size = sizeOf(sampleShape(set));
  const fits = [scaler.shift.length, factorsOf(scaler).length].every(
    (length) => length === 1 || (set.kind === 'points' && length === size),
  );
  if (!fits)
    throw new ShapeError(
      `loadBatch: expected a scaler for samples [${sampleShape(set)}], got one for [${Math.max(scaler.shift.length, factorsOf(scaler).length)}]`,
    );
  if (set.kind === 'images' && (set.floats === undefined) !== (scaler.range === undefined))
    throw new ShapeError(`loadBatch: expected images and a scaler of bytes, or both of floats, got one of each`);
  const bad = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= set.count);
  if (bad !== undefined) throw new ShapeError(`loadBatch: expected rows of 0 to ${set.count - 1}, got ${bad}`);
  const out = new Float32Array(rows.length * size);
  if (set.kind === 'points') pointsInto(out, set, rows, scaler);
  else
    rows.forEach((row, i) => {
      const to = out.subarray(i * size, (i + 1) * size);
      if (set.floats === undefined) imageInto(to, imageOf(set, row, foldIn(key, i)), scaler);
      else floatsInto(to, set.floats.values.subarray(row * size, (row + 1) * size), scaler);
      if (set.floats !== undefined && isMirrored(set, foldIn(key, i))) mirrorInto(to, set.width);
    });
  return out;
}

function pointsInto(out: Float32Array, { values, dimension }: PointSet, rows: readonly number[], scaler: Scaler): void {
  const { shift } = scaler;
  const factors = factorsOf(scaler);
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < dimension; j++)
      out[i * dimension + j] =
        factors[j % factors.length]! * (values[rows[i]! * dimension + j]! - shift[j % shift.length]!);
}

interface Image {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly mirrored: boolean;
  /** One half word per byte; with 8 bits for the byte, 16 bits of noise are what float32 can resolve. */
  readonly noise: Uint32Array;
}

function imageOf({ pixels, channels, height, width, flips }: ImageSet, row: number, key: Key): Image {
  const size = channels * height * width;
  const mirrored = isMirrored({ flips }, key);
  const noise = bits(foldIn(key, 'noise'), Math.ceil(size / 2));
  return { bytes: pixels.subarray(row * size, (row + 1) * size), width, mirrored, noise };
}

function isMirrored({ flips }: Pick<ImageSet, 'flips'>, key: Key): boolean {
  return flips && (bits(foldIn(key, 'flip'), 1)[0]! & 1) === 1;
}

function floatsInto(out: Float32Array, values: FloatImages['values'], scaler: Scaler): void {
  const factor = commonFactor(scaler);
  const zero = scaler.shift[0]!;
  for (let j = 0; j < out.length; j++) out[j] = factor * (values[j]! - zero);
}

function mirrorInto(out: Float32Array, width: number): void {
  for (let line = 0; line < out.length; line += width) out.subarray(line, line + width).reverse();
}

/** u = half word / 2^16 lies in [0, 1), so that byte + u never leaves the byte's bin. */
function imageInto(out: Float32Array, { bytes, width, mirrored, noise }: Image, scaler: Scaler): void {
  const factor = commonFactor(scaler);
  const zero = scaler.shift[0]!;
  for (let line = 0; line < out.length; line += width) {
    for (let x = 0; x < width; x++) {
      const j = line + x;
      const u = ((noise[j >> 1]! >>> ((j & 1) << 4)) & 0xffff) / 65536;
      out[j] = factor * (bytes[mirrored ? line + width - 1 - x : j]! + u - zero);
    }
  }
}
