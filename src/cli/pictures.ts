/** @file Samples as files: grids of images, scatter plots of points, arrays. */
import { extname } from 'node:path';
import type { Tensor } from '../base/tensor.ts';
import { shortened } from '../base/words.ts';
import { bytesOfNames } from '../data/class-names.ts';
import { formatNpz } from '../data/npz.ts';
import { toFloats, unscaled } from '../data/scaler.ts';
import type { DataSummary } from '../run/data-summary.ts';
import { sampleGrid, stackOf } from '../figure/sample-grid.ts';
import { writeAtomic } from '../io/atomic.ts';
import { encodePng } from '../io/png.ts';
import { points as pointLayer } from '../io/svg-layers.ts';
import { series } from '../io/svg-text.ts';
import { svgToPng } from '../io/svg-png.ts';
import { figure } from '../io/svg.ts';

import { requireWritable } from './shell/writable.ts';

/** How samples are shown. */
export interface Shown {
  /** Of a plot of points. */
  readonly title: string;
  /** Of each sample; points of a class have a colour of their own. */
  readonly classes?: ArrayLike<number> | undefined;
  /** Of all classes, where they have names. */
  readonly classNames?: readonly string[] | undefined;
  /** Of a grid of images; as many as rows by default. */
  readonly columns?: number | undefined;
}

/** A scatter plot of the first two coordinates of points `[n, d]` in their own units. */
export async function scatterPng(x: Tensor, { title, classes }: Shown): Promise<Uint8Array> {
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
  const layers =
    classes === undefined
      ? [pointLayer(pairs)]
      : classSeries(classes).map(({ color, rows }) =>
          pointLayer(
            rows.flatMap((i) => Array.from(pairs.subarray(2 * i, 2 * i + 2))),
            { color },
          ),
        );
  return svgToPng(figure({ panels: [{ title: shortened(title, titleCharacters), x: limit(0), y: limit(1), layers }] }));
}

/** As many as there is room for above one plot. */
const titleCharacters = 38;

/** The rows of each class, and its colour; colours come round again after a few classes. */
function classSeries(
  classes: ArrayLike<number>,
): readonly { readonly color: string; readonly rows: readonly number[] }[] {
  const all = Array.from(classes);
  return [...new Set(all)]
    .sort((a, b) => a - b)
    .map((label) => ({
      color: series[label % series.length] ?? series[0],
      rows: all.flatMap((own, i) => (own === label ? i : [])),
    }));
}

/** A picture or an array of samples (with their classes as `labels` and `class_names`), by the ending of the file's name. */
export async function writeSamples(file: string, data: DataSummary, x: Tensor, shown: Shown): Promise<void> {
  requireWritable(file);
  if (extname(file).toLowerCase() === '.npz') {
    const { classes, classNames = [] } = shown;
    const labels = classes && { labels: { shape: [classes.length], data: Uint8Array.from(classes) } };
    const named = labels && classNames.some((name, label) => name !== String(label));
    const names = named ? { class_names: bytesOfNames(classNames) } : {};
    writeAtomic(file, formatNpz({ samples: arrayOf(data, x), ...labels, ...names }));
    return;
  }
  const { columns } = shown;
  const png =
    data.kind === 'images'
      ? encodePng(sampleGrid(data, x, columns === undefined ? {} : { columns }))
      : await scatterPng(unscaled(data.scaler, x), shown);
  writeAtomic(file, png);
}

/** Samples in the data's own units and layout: uint8, or float32 for images of floats, `[n, H, W]` or `[n, H, W, C]`; float64 `[n, d]` for points. */
function arrayOf(
  data: DataSummary,
  x: Tensor,
): { shape: readonly number[]; data: Uint8Array | Float32Array | Float64Array } {
  if (data.kind === 'points') return { shape: x.shape, data: unscaled(data.scaler, x).data };
  const stack = stackOf(data, x);
  const { count, channels, height, width } = stack;
  const pixels = data.scaler.range === undefined ? stack.pixels : toFloats(data.scaler, x);
  if (channels === 1) return { shape: [count, height, width], data: pixels };
  const interleaved = pixels.slice();
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < height * width; p++)
        interleaved[(i * height * width + p) * channels + c] = pixels[(i * channels + c) * height * width + p] ?? 0;
  return { shape: [count, height, width, channels], data: interleaved };
}
