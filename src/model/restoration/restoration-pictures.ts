/** @file Pictures of restored images: samples, means and spreads, alone and side by side. */
import { mapInto } from '../../base/map-into.ts';
import { batchOf, sampleSize, takeRows, type Tensor } from '../../base/tensor.ts';
import type { NpyArray } from '../../data/arrays/npy.ts';
import { dusk } from '../../plot/color.ts';
import { imageGrid, type Image, type ImageStack } from '../../plot/png.ts';
import { contactSheet, type Cell } from '../../plot/svg-sheet.ts';
import type { RestorationTask } from '../../catalog/restorations/inverse-tasks.ts';
import type { Quality } from './restoration-quality.ts';
import type { PosteriorDraws, Subjects } from './restoration.ts';

/** Samples of each image that the sheet shows. */
const shown = 4;

/** Images `[B, C, H, W]` of values 0 to 1 as bytes; others have the nearest. */
function stackOf(x: Tensor): ImageStack {
  const [count = 0, channels = 1, height = 1, width = 1] = x.shape;
  const pixels = mapInto(new Uint8Array(x.data.length), x.data, (value) =>
    Math.min(255, Math.max(0, Math.floor(256 * value))),
  );
  return { count, channels, height, width, pixels };
}

/** Images as a grid; `columns` of them in a row. */
export function gridOf(x: Tensor, columns?: number): Image {
  return imageGrid(stackOf(x), { columns });
}

/** Standard deviations as colors from 0 to `largest`, those of color images as their root mean squares over channels. */
export function spreadColors(spreads: Tensor, largest: number): Tensor {
  const [count = 0, , height = 1, width = 1] = spreads.shape;
  const area = height * width;
  const data = new Float64Array(count * 3 * area);
  for (let i = 0; i < count * area; i++)
    dusk(spreadAt(spreads, i) / (largest || 1)).forEach(
      (part, c) => (data[(Math.floor(i / area) * 3 + c) * area + (i % area)] = part),
    );
  return { shape: [count, 3, height, width], data };
}

/** One of images of values 0 to 1 as bytes. */
export function imageIn(x: Tensor, index: number): Image {
  return imageAt(stackOf(x), index);
}

/** The standard deviations of the pixels of one image, over its channels as their root mean square, `[H, W]`. */
export function spreadOf(spreads: Tensor, index: number): Float32Array {
  const [, , height = 1, width = 1] = spreads.shape;
  return Float32Array.from({ length: height * width }, (_, i) => spreadAt(spreads, index * height * width + i));
}

/** Root mean square over the channels of a pixel. */
function spreadAt({ shape, data }: Tensor, pixel: number): number {
  const [, channels = 1, height = 1, width = 1] = shape;
  const area = height * width;
  const first = Math.floor(pixel / area) * channels * area + (pixel % area);
  let square = 0;
  for (let c = 0; c < channels; c++) square += (data[first + c * area] ?? 0) ** 2;
  return Math.sqrt(square / channels);
}

/** The largest standard deviation of a pixel. */
export function largestSpread(spreads: Tensor): number {
  const [, channels = 1] = spreads.shape;
  let largest = 0;
  for (let i = 0; i < spreads.data.length / channels; i++) largest = Math.max(largest, spreadAt(spreads, i));
  return largest;
}

/** Images as an array in the layout of files: `[..., H, W]` or `[..., H, W, C]`. */
export function pixelArray(x: Tensor, lead: readonly number[]): NpyArray {
  const [count = 0, channels = 1, height = 1, width = 1] = x.shape;
  const area = height * width;
  const data = new Float32Array(x.data.length);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < area; p++) data[(i * area + p) * channels + c] = x.data[(i * channels + c) * area + p] ?? 0;
  return { shape: [...lead, height, width, ...(channels === 1 ? [] : [channels])], data };
}

/** What the sheet shows, and how good each part of it is. */
export interface SheetParts {
  readonly title: string;
  readonly subtitle: string;
  readonly task: RestorationTask;
  readonly subjects: Subjects;
  readonly restoration: PosteriorDraws;
  /** By the heading of the column: of each image, and of each image's samples under `samples`. */
  readonly quality: Readonly<Record<string, readonly Quality[]>>;
}

/** One row for each image: truth, measurement, classical reconstructions, mean, spread and the first samples. */
export function restorationSheet({ title, subtitle, task, subjects, restoration, quality }: SheetParts): string {
  const { measurement, truth } = subjects;
  const { samples, means, spreads, baselines } = restoration;
  const count = batchOf(means);
  const n = batchOf(samples) / count;
  const largest = largestSpread(spreads);
  const captionOf = (of: Quality | undefined): readonly string[] =>
    of?.psnr === undefined ? [] : [`${of.psnr.toFixed(2)} dB${of.ssim === undefined ? '' : `, ${of.ssim.toFixed(3)}`}`];
  const column = (x: Tensor, caption: (i: number) => readonly string[] = () => []): ((i: number) => Cell) => {
    const stack = stackOf(x);
    return (i) => ({ image: imageAt(stack, i), caption: caption(i) });
  };
  const judged = (name: string, x: Tensor): readonly [string, (i: number) => Cell] => [
    name,
    column(x, (i) => captionOf(quality[name]?.[i])),
  ];
  const drawn = Array.from({ length: Math.min(shown, n) }, (_, j): readonly [string, (i: number) => Cell] => {
    const rows = Array.from({ length: count }, (__, i) => i * n + j);
    return [`sample ${j + 1}`, column(takeRows(samples, rows), (i) => captionOf(quality['samples']?.[i * n + j]))];
  });
  const size = sampleSize(spreads);
  const rootMeanSquare = (i: number): number =>
    Math.sqrt(spreads.data.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value * value, 0) / size);
  const columns: readonly (readonly [string, (i: number) => Cell])[] = [
    ...(truth === undefined ? [] : [['truth', column(truth)] as const]),
    ['measured', column(task.picture(measurement.y))],
    ...Object.entries(baselines).map(([name, x]) => judged(name, x)),
    judged('mean', means),
    ['spread', column(spreadColors(spreads, largest), (i) => [`rms ${rootMeanSquare(i).toFixed(3)}`])],
    ...drawn,
  ];
  return contactSheet({
    title,
    subtitle,
    headings: columns.map(([heading]) => heading),
    rows: Array.from({ length: count }, (_, i) => columns.map(([, cell]) => cell(i))),
    bar: {
      label: 'spread: standard deviation of a pixel over the samples; black is 0, white is 1',
      colors: dusk,
      range: [0, largest],
    },
  });
}

function imageAt(stack: ImageStack, index: number): Image {
  const size = stack.channels * stack.height * stack.width;
  const pixels = stack.pixels.subarray(index * size, (index + 1) * size);
  return imageGrid({ ...stack, count: 1, pixels }, { gap: 0, scale: 1 });
}
