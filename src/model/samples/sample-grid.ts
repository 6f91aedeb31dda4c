/** @file Samples of images side by side: grids, and strips from noise to image. */
import { batchOf, sizeOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { stackOf } from '../../data/kinds/image-arrays.ts';
import type { Units } from '../../data/kinds/set-kind.ts';
import { imageGrid, type Image } from '../../plot/png.ts';

/** A grid of image samples in the model's range `[n, C, H, W]`. */
export function sampleGrid(units: Units, x: Tensor, options: { columns?: number } = {}): Image {
  return imageGrid(stackOf(units, x), options);
}

/** The first `rows` samples of each moment `[n, ...]`, one sample after the other: `[rows * moments, ...]`. */
export function momentsBySample({ shape }: Pick<Units, 'shape'>, moments: readonly Tensor[], rows: number): Tensor {
  const size = sizeOf(shape);
  const joined = new Float64Array(rows * moments.length * size);
  for (let row = 0; row < rows; row++)
    for (const [i, moment] of moments.entries())
      joined.set(moment.data.subarray(row * size, (row + 1) * size), (row * moments.length + i) * size);
  return { shape: [rows * moments.length, ...shape], data: joined };
}

/** The first `rows` samples of each moment side by side, one line per sample: how noise becomes images. */
export function noiseStrip(units: Units, moments: readonly Tensor[], rows: number): Image {
  return sampleGrid(units, momentsBySample(units, moments, rows), { columns: moments.length });
}

/** The first n samples of a batch. */
export function firstRows(x: Tensor, n: number): Tensor {
  return takeRows(
    x,
    Array.from({ length: Math.min(n, batchOf(x)) }, (_, i) => i),
  );
}
