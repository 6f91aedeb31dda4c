/** @file Batches of images: bytes with uniform noise, or floats, mirrored where that is as likely. */
import { ShapeError } from '../../base/errors.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { bits } from '../../base/random.ts';
import { commonFactor, factorsOf, type Scaler } from '../scaler.ts';
import type { FloatImages, ImageSet, LoadRequest } from './set-kind.ts';

/**
 * Images in the model's range, see `loadBatch`. Bytes get uniform dequantisation noise, floats none; images are mirrored with
 * probability 1/2 if `set.flips`.
 * @throws ShapeError if the scaler has several factors or shifts, or is made of bytes and the set of floats.
 */
export function loadImages(set: ImageSet, { scaler, rows, key }: LoadRequest): Float32Array {
  const { channels, height, width, floats } = set;
  const size = channels * height * width;
  const several = [scaler.shift.length, factorsOf(scaler).length].find((length) => length !== 1);
  if (several !== undefined)
    throw new ShapeError(
      `loadBatch: expected a scaler for samples [${channels},${height},${width}], got one for [${several}]`,
    );
  if ((floats === undefined) !== (scaler.range === undefined))
    throw new ShapeError(`loadBatch: expected images and a scaler of bytes, or both of floats, got one of each`);
  const out = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    const to = out.subarray(i * size, (i + 1) * size);
    if (floats === undefined) imageInto(to, imageOf(set, row, foldIn(key, i)), scaler);
    else floatsInto(to, floats.values.subarray(row * size, (row + 1) * size), scaler);
    if (floats !== undefined && isMirrored(set, foldIn(key, i))) mirrorInto(to, width);
  });
  return out;
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
