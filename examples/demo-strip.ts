/** @file Samples on their way from noise, side by side. */
import { arith, tensor, unscaled, type Tensor } from '../src/index.ts';
import { encodePng, imageGrid } from '../src/node.ts';
import type { Scaler } from '../src/data.ts';

/** Samples at one time of their way, x = alpha x0 + sigma z. */
export interface Moment {
  readonly x: Tensor;
  readonly alpha: number;
  readonly sigma: number;
}

/** Standard deviation of images in the range of a model, -1 to 1. */
const std = 0.5;

/** The first samples of each moment with the contrast of images, a line for each sample, as PNG. */
export function noiseStrip(
  moments: readonly Moment[],
  { scaler, rows }: { readonly scaler: Scaler; readonly rows: number },
): Uint8Array {
  const [, channels = 1, height = 1, width = 1] = moments[0]?.x.shape ?? [];
  const size = channels * height * width;
  const pixels = new Uint8ClampedArray(rows * moments.length * size);
  moments.forEach(({ x, alpha, sigma }, i) => {
    const first = tensor(x.data.slice(0, rows * size), [rows, channels, height, width]);
    const shown = unscaled(
      scaler,
      arith.map(first, (value) => value / Math.hypot(alpha, sigma / std)),
    ).data;
    for (let row = 0; row < rows; row++)
      pixels.set(shown.subarray(row * size, (row + 1) * size), (row * moments.length + i) * size);
  });
  const stack = { count: rows * moments.length, channels, height, width, pixels: new Uint8Array(pixels.buffer) };
  return encodePng(imageGrid(stack, { columns: moments.length }));
}
