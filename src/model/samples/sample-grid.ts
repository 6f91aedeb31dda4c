/** @file Image samples side by side: grids, and strips from noise to image. */
import { map } from '../../base/arith.ts';
import { batchOf, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import type { ImageSet } from '../../data/dataset.ts';
import { toBytes, toFloats } from '../../data/scaler.ts';
import { imageGrid, type Image, type ImageStack } from '../../plot/png.ts';

/** Samples in the model's range `[n, C, H, W]` as bytes. */
export function stackOf(data: DataSummary, x: Tensor): ImageStack {
  const [channels = 1, height = 1, width = 1] = data.shape;
  return { count: x.data.length / sizeOf(data.shape), channels, height, width, pixels: toBytes(data.scaler, x) };
}

/** Samples in the model's range as the images of a data set. */
export function imageParts(data: DataSummary, x: Tensor): Omit<ImageSet, 'name' | 'flips'> {
  const { range } = data.scaler;
  const floats = range && { floats: { values: toFloats(data.scaler, x), range } };
  return { kind: 'images', ...stackOf(data, x), ...floats };
}

/** A grid of image samples in the model's range `[n, C, H, W]`. */
export function sampleGrid(data: DataSummary, x: Tensor, options: { columns?: number } = {}): Image {
  return imageGrid(stackOf(data, x), options);
}

/**
 * A noisy state with the brightness and contrast of the data: c + (x - alpha c) / sqrt(alpha^2 + sigma^2 / s^2), for data
 * with mean c and standard deviation s, which is the state itself where there is no noise.
 */
export function visible(data: DataSummary, x: Tensor, { alpha, sigma }: { alpha: number; sigma: number }): Tensor {
  const [center, std] = data.scaler.kind === 'unit' ? [0.5, 0.25] : [0, 0.5];
  const contrast = 1 / Math.hypot(alpha, sigma / std);
  return map(x, (value) => center + (value - alpha * center) * contrast);
}

/** The first `rows` samples of each moment side by side, one line per sample: how noise becomes images. */
export function noiseStrip(data: DataSummary, moments: readonly Tensor[], rows: number): Image {
  const size = sizeOf(data.shape);
  const joined = new Float64Array(rows * moments.length * size);
  for (let row = 0; row < rows; row++)
    for (const [i, moment] of moments.entries())
      joined.set(moment.data.subarray(row * size, (row + 1) * size), (row * moments.length + i) * size);
  const x = { shape: [rows * moments.length, ...data.shape], data: joined };
  return sampleGrid(data, x, { columns: moments.length });
}

/** The first n samples of a batch. */
export function firstRows(x: Tensor, n: number): Tensor {
  return takeRows(
    x,
    Array.from({ length: Math.min(n, batchOf(x)) }, (_, i) => i),
  );
}
