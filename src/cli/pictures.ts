/** @file Samples as pictures: grids of images, strips from noise to image, scatter plots of points. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { FileError } from '../base/errors.ts';
import { attempt } from '../base/system-problem.ts';
import { map } from '../base/arith.ts';
import { sizeOf, takeRows, type Tensor } from '../base/tensor.ts';
import { formatNpz } from '../data/npz.ts';
import { toBytes, unscaled } from '../data/scaler.ts';
import type { DataSummary } from '../config/checkpoint.ts';
import { writeAtomic } from '../io/atomic.ts';
import { encodePng, imageGrid, type Image, type ImageStack } from '../io/png.ts';
import { points as pointLayer } from '../io/svg-layers.ts';
import { figure, svgToPng } from '../io/svg.ts';

function stackOf(data: DataSummary, x: Tensor): ImageStack {
  const [channels = 1, height = 1, width = 1] = data.shape;
  return { count: x.data.length / sizeOf(data.shape), channels, height, width, pixels: toBytes(data.scaler, x) };
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

/** A scatter plot of the first two coordinates of points `[n, d]` in their own units. */
export async function scatterPng(x: Tensor, title: string): Promise<Uint8Array> {
  const dimension = x.shape[1] ?? 1;
  const pairs = new Float64Array((x.shape[0] ?? 0) * 2);
  for (let i = 0; i < pairs.length / 2; i++) {
    pairs[2 * i] = x.data[i * dimension] ?? 0;
    pairs[2 * i + 1] = dimension > 1 ? (x.data[i * dimension + 1] ?? 0) : 0;
  }
  const limit = (axis: 0 | 1): readonly [number, number] => {
    const values = Array.from(pairs.filter((_, i) => i % 2 === axis)).sort((a, b) => a - b);
    // A few far outliers must not shrink the rest to a dot.
    const [low, high] = [
      values[Math.floor(values.length * 0.002)] ?? -1,
      values[Math.ceil(values.length * 0.998) - 1] ?? 1,
    ];
    const margin = 0.08 * Math.max(high - low, 1e-9);
    return [low - margin, high + margin];
  };
  return svgToPng(figure({ panels: [{ title, x: limit(0), y: limit(1), layers: [pointLayer(pairs)] }] }));
}

/**
 * Checks the name of a file to write before any work is done for it.
 * @throws FileError if it has another ending than those allowed, or its folder is not there or takes no files.
 */
export function requireWritable(file: string, endings: readonly string[] = ['.png', '.npz']): void {
  if (!endings.includes(extname(file).toLowerCase()))
    throw new FileError(file, `expected a name that ends in ${endings.join(' or ')}`);
  const folder = dirname(file);
  if (!existsSync(folder)) throw new FileError(file, 'its folder is not there; make it first or choose another name');
  attempt(file, 'cannot be written', () => {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new FileError(file, 'expected the name of a file, found a folder');
    accessSync(folder, constants.W_OK);
  });
}

/** A picture or an array of samples, by the ending of the file's name. */
export async function writeSamples(file: string, data: DataSummary, x: Tensor, title: string): Promise<void> {
  requireWritable(file);
  if (extname(file).toLowerCase() === '.npz') {
    writeAtomic(file, formatNpz({ samples: arrayOf(data, x) }));
    return;
  }
  const png =
    data.kind === 'images' ? encodePng(sampleGrid(data, x)) : await scatterPng(unscaled(data.scaler, x), title);
  writeAtomic(file, png);
}

/** Samples in the data's own units and layout: uint8 `[n, H, W]` or `[n, H, W, C]` for images, float64 `[n, d]` for points. */
function arrayOf(data: DataSummary, x: Tensor): { shape: readonly number[]; data: Uint8Array | Float64Array } {
  if (data.kind === 'points') return { shape: x.shape, data: unscaled(data.scaler, x).data };
  const { count, channels, height, width, pixels } = stackOf(data, x);
  if (channels === 1) return { shape: [count, height, width], data: pixels };
  const interleaved = new Uint8Array(pixels.length);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < height * width; p++)
        interleaved[(i * height * width + p) * channels + c] = pixels[(i * channels + c) * height * width + p] ?? 0;
  return { shape: [count, height, width, channels], data: interleaved };
}

/** The first n samples of a batch. */
export function firstRows(x: Tensor, n: number): Tensor {
  return takeRows(
    x,
    Array.from({ length: Math.min(n, x.shape[0] ?? 0) }, (_, i) => i),
  );
}
