/** @file Samples in the units of the data: as arrays, as pictures, and as files. */
import { FileError, UnsupportedError } from '../../base/errors.ts';
import { batchOf, dimensionOf, type Shape, type Tensor } from '../../base/tensor.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { bytesOfNames } from '../../data/class-names.ts';
import type { DataSet } from '../../data/dataset.ts';
import { formatNpz } from '../../data/arrays/npz.ts';
import { toFloats, unscaled } from '../../data/scaler.ts';
import { encodePng } from '../../plot/png.ts';
import type { Status } from '../../sample/sampler.ts';
import type { Host } from '../host.ts';
import { imageParts, sampleGrid, stackOf } from './sample-grid.ts';
import { scatterPlot } from './scatter-plot.ts';

/** How samples are drawn as a picture. */
export interface PictureOptions {
  /** Images in a row of a grid; about as many as there are rows by default. */
  readonly columns?: number | undefined;
  /** Title of a plot of points; none by default. */
  readonly title?: string | undefined;
}

/** A batch of samples that knows its units. */
export interface Samples {
  readonly count: number;
  /** Images: bytes, 0 to 255. Points: float64 in the units of the data. Row-major, in `shape`. */
  readonly data: Uint8Array | Float32Array | Float64Array;
  /** Images: `[count, H, W]`, with colors `[count, H, W, C]`. Points: `[count, d]`. */
  readonly shape: Shape;
  /** The class of each sample, where one was asked for. */
  readonly labels: readonly number[] | undefined;
  /** Names of all classes that `labels` may have. */
  readonly classNames: readonly string[];
  /** The samples in the range of the model, `[count, C, H, W]` or `[count, d]`. */
  readonly x: Tensor;
  /** Evaluations of networks, one number per sample. */
  readonly evaluations: readonly number[];
  /** How each sample ended: `ok`, or why an adaptive solver gave up. */
  readonly status: readonly Status[];
  /**
   * A grid of images as a PNG file.
   * @throws UnsupportedError for points, which `toSvg` draws.
   */
  toPng(options?: PictureOptions): Uint8Array;
  /**
   * A scatter plot of the first two coordinates of points as an SVG file, with a color for each class.
   * @throws UnsupportedError for images, which `toPng` draws.
   */
  toSvg(options?: PictureOptions): string;
  /** A NumPy archive with `samples`, and `labels` and `class_names` where there are any. */
  toNpz(): Uint8Array;
  /** The samples as a data set, for whatever takes one. */
  toDataSet(): DataSet;
  /**
   * Writes a picture (`.png`, of points also `.svg`) or an array (`.npz`), by the ending of the name. In a browser the file is
   * offered as a download.
   * @throws FileError for another ending, or if the file cannot be written.
   */
  save(path: string, options?: PictureOptions): Promise<void>;
}

/** What samples are made of. */
export interface SampleParts {
  readonly x: Tensor;
  readonly labels?: readonly number[] | undefined;
  /** Names of all classes that labels may have; those of the model by default. */
  readonly classNames?: readonly string[] | undefined;
  readonly evaluations: readonly number[];
  readonly status: readonly Status[];
}

/** Samples of a model with their units. */
export function samplesOf(
  { host, data, name }: { readonly host: Host; readonly data: DataSummary; readonly name: string },
  { x, labels, classNames = data.classes?.names ?? [], evaluations, status }: SampleParts,
): Samples {
  let own: ReturnType<typeof arrayOf> | undefined;
  const array = (): ReturnType<typeof arrayOf> => (own ??= arrayOf(data, x));
  const toPng = ({ columns }: PictureOptions = {}): Uint8Array => {
    if (data.kind !== 'images')
      throw new UnsupportedError('toPng: expected samples of images, found points; draw them with toSvg');
    return encodePng(sampleGrid(data, x, columns === undefined ? {} : { columns }));
  };
  const toSvg = ({ title = '' }: PictureOptions = {}): string => {
    if (data.kind !== 'points')
      throw new UnsupportedError('toSvg: expected samples of points, found images; draw them with toPng');
    return scatterPlot(unscaled(data.scaler, x), { title, labels });
  };
  const toNpz = (): Uint8Array => {
    const named = labels !== undefined && classNames.some((own, label) => own !== String(label));
    return formatNpz({
      samples: array(),
      ...(labels && { labels: { shape: [labels.length], data: Uint8Array.from(labels) } }),
      ...(named && { class_names: bytesOfNames(classNames) }),
    });
  };
  const samples: Samples = {
    count: batchOf(x),
    get data() {
      return array().data;
    },
    get shape() {
      return array().shape;
    },
    ...{ labels, classNames, x, evaluations, status, toPng, toSvg, toNpz },
    toDataSet: () => {
      const about = { name: `samples of ${name}`, ...(labels && { labels: Uint8Array.from(labels), classNames }) };
      if (data.kind === 'images') return { flips: false, ...about, ...imageParts(data, x) };
      const { data: values } = unscaled(data.scaler, x);
      return { kind: 'points', ...about, count: batchOf(x), dimension: dimensionOf(x, 1), values };
    },
    save: async (path, options) => {
      const ending = endingOf(path, data.kind === 'points' ? ['.png', '.svg', '.npz'] : ['.png', '.npz']);
      if (ending === '.npz') await host.writeFile(path, toNpz());
      else if (data.kind === 'images') await host.writeFile(path, toPng(options));
      else if (ending === '.svg') await host.writeFile(path, new TextEncoder().encode(toSvg(options)));
      else await host.writeFile(path, await host.rasterize(toSvg(options)));
    },
  };
  return samples;
}

/** Samples in the units and layout of files: bytes, or float32 for images of floats, `[n, H, W]` or `[n, H, W, C]`; float64 `[n, d]` for points. */
function arrayOf(
  data: DataSummary,
  x: Tensor,
): { readonly shape: Shape; readonly data: Uint8Array | Float32Array | Float64Array } {
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

/** @throws FileError unless the name has one of the endings. */
function endingOf(path: string, endings: readonly string[]): string {
  const found = endings.find((ending) => path.toLowerCase().endsWith(ending));
  if (found === undefined) throw new FileError(path, `expected a name that ends in ${endings.join(' or ')}`);
  return found;
}
