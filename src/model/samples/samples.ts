/** @file Samples in the units of the data: as arrays, as pictures, and as files. */
import { FileError, UnsupportedError } from '../../base/errors.ts';
import { batchOf, type Shape, type Tensor } from '../../base/tensor.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import type { DataSummary } from '../../run/data-summary.ts';
import { bytesOfNames } from '../../data/class-names.ts';
import type { DataSet } from '../../data/dataset.ts';
import type { NpyArray } from '../../data/arrays/npy.ts';
import { formatNpz } from '../../data/arrays/npz.ts';
import type { SampleArray } from '../../data/kinds/set-kind.ts';
import { encodePng } from '../../plot/png.ts';
import type { Status } from '../../sample/sampler.ts';
import type { Host } from '../host.ts';

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
  /** The text of each sample, where one was asked for. */
  readonly texts: readonly string[] | undefined;
  /** Names of all classes that `labels` may have. */
  readonly classNames: readonly string[];
  /** The samples in the range of the model, `[count, C, H, W]` or `[count, d]`. */
  readonly x: Tensor;
  /** The standard normal noise that each sample comes from, shaped like `x`, where pairs were asked for. */
  readonly noise: Tensor | undefined;
  /** Of pairs of which some were drawn without their class or text: 1 of each that was drawn with it, else 0. */
  readonly given: Uint8Array | undefined;
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
  /** The arrays of `toNpz`. */
  arrays(): Readonly<Record<string, NpyArray>>;
  /** A NumPy archive with `samples`, and `labels` with `class_names`, or `texts`, and `noise` with `given`, where there are any. */
  toNpz(): Uint8Array;
  /** The samples as a data set, for whatever takes one. */
  toDataSet(): DataSet;
  /**
   * Writes a picture (`.png`, of points also `.svg`), an array (`.npz`), or a table (`.csv`), by the ending of the name. In a browser the file is
   * offered as a download.
   * @throws FileError for another ending, or if the file cannot be written.
   */
  save(path: string, options?: PictureOptions): Promise<void>;
}

/** What samples are made of. */
export interface SampleParts {
  readonly x: Tensor;
  readonly labels?: readonly number[] | undefined;
  readonly texts?: readonly string[] | undefined;
  /** Names of all classes that labels may have; those of the model by default. */
  readonly classNames?: readonly string[] | undefined;
  /** The noise that each sample comes from; none by default. */
  readonly noise?: Tensor | undefined;
  /** 1 of each sample whose class or text was given, else 0; all were by default. */
  readonly given?: Uint8Array | undefined;
  readonly evaluations: readonly number[];
  readonly status: readonly Status[];
}

/** What samples must know of their model. */
export interface SampleUnits {
  readonly host: Host;
  readonly data: DataSummary;
  /** What people call the model. */
  readonly name: string;
  /** The catalog that has the kind of the data; that of scorefield by default. */
  readonly catalog?: Catalog | undefined;
}

/** Samples of a model with their units. */
export function samplesOf(
  { host, data, name, catalog }: SampleUnits,
  { x, labels, texts, classNames = data.classes?.names ?? [], noise, given, evaluations, status }: SampleParts,
): Samples {
  const kind = dataKindOf(data, catalog);
  let own: SampleArray | undefined;
  const array = (): SampleArray => (own ??= kind.toArray(x, data));
  const toDataSet = (): DataSet =>
    kind.toSet(x, data, {
      name: `samples of ${name}`,
      ...(labels && { labels: Uint8Array.from(labels), classNames }),
      ...(texts && { texts: texts.map((text) => [text]) }),
      ...(noise && { noise: Float32Array.from(noise.data) }),
      ...(given && { given }),
    });
  const toPng = (options: PictureOptions = {}): Uint8Array => {
    if (kind.image === undefined)
      throw new UnsupportedError(`toPng: expected samples that are pictures, found ${kind.name}; draw them with toSvg`);
    return encodePng(kind.image(toDataSet(), options));
  };
  const toSvg = (options: PictureOptions = {}): string => {
    if (kind.plot === undefined)
      throw new UnsupportedError(`toSvg: expected samples that are plotted, found ${kind.name}; draw them with toPng`);
    return kind.plot(toDataSet(), options);
  };
  const arrays = (): Readonly<Record<string, NpyArray>> => {
    const named = labels !== undefined && classNames.some((own, label) => own !== String(label));
    return {
      samples: array(),
      ...(labels && { labels: { shape: [labels.length], data: Uint8Array.from(labels) } }),
      ...(named && { class_names: bytesOfNames(classNames) }),
      ...(texts && { texts: bytesOfNames(texts) }),
      ...(noise && { noise: { shape: noise.shape, data: Float32Array.from(noise.data) } }),
      ...(given && { given: { shape: [given.length], data: given } }),
    };
  };
  const toNpz = (): Uint8Array => formatNpz(arrays());
  return {
    count: batchOf(x),
    get data() {
      return array().data;
    },
    get shape() {
      return array().shape;
    },
    ...{ labels, texts, classNames, x, noise, given, evaluations, status, toPng, toSvg, arrays, toNpz, toDataSet },
    save: async (path, options) => {
      const pictures = [...(kind.image || kind.plot ? ['.png'] : []), ...(kind.plot ? ['.svg'] : [])];
      const { formats = [] } = kind;
      const ending = endingOf(path, [...pictures, ...formats.map((format) => format.ending), '.npz']);
      const text = formats.find((format) => format.ending === ending)?.write(toDataSet());
      if (text !== undefined)
        await host.writeFile(path, typeof text === 'string' ? new TextEncoder().encode(text) : text);
      else if (ending === '.npz') await host.writeFile(path, toNpz());
      else if (ending === '.svg') await host.writeFile(path, new TextEncoder().encode(toSvg(options)));
      else await host.writeFile(path, kind.plot ? await host.rasterize(toSvg(options)) : toPng(options));
    },
  };
}

/** @throws FileError unless the name has one of the endings. */
function endingOf(path: string, endings: readonly string[]): string {
  const found = endings.find((ending) => path.toLowerCase().endsWith(ending));
  if (found === undefined) throw new FileError(path, `expected a name that ends in ${endings.join(' or ')}`);
  return found;
}
