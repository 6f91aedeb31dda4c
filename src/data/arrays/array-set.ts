/**
 * @file Data sets from arrays: points, images of one or three channels, or series, fields and volumes, see `axesOf`.
 * Images of integers are 0 to 255. Images of floats are any finite numbers, which stay floats; see `rangeOf` for what is black and white.
 */
import { allFinite } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { FileError } from '../../base/errors.ts';
import { dimensionOf, sizeOf } from '../../base/tensor.ts';
import { lastPart } from '../../base/words.ts';
import { linesOfBytes, namesOfBytes } from '../class-names.ts';
import { sampleShape, withoutGaps, type DataSet, type Labeled } from '../dataset.ts';
import { floatArraySet, type FormOptions } from '../float-arrays/read-float-array.ts';
import { floatPixels } from '../float-images.ts';
import { setOfImages } from '../kinds/image-set.ts';
import { setOfPoints } from '../kinds/point-set.ts';
import type { Texts } from '../texts/words.ts';
import { areSeries, axesOf, leastSeries, type Layout } from './layout.ts';
import { parseNpy, type NpyArray } from './npy.ts';
import { parseNpz } from './npz.ts';
import { planesInto } from '../pictures/resize.ts';

const labelNames = ['labels', 'y'];
/** Beside labels: the names of the classes as `bytesOfNames` writes them. */
const classNames = 'class_names';
/** The text of each sample, as `bytesOfNames` writes them. */
const textName = 'texts';
/** Beside samples that a flow was followed for: the noise that each comes from. */
const noiseName = 'noise';
/** Beside the noise: 1 of samples whose class or text was given, 0 of those where it was hidden. */
const givenName = 'given';
const besides = [...labelNames, classNames, textName, noiseName, givenName];

/**
 * The data set of the bytes of a .npy file.
 * @param file - the name that errors give; the set is named by its last part
 * @throws FileError if the file is not an array, or not one of points or images.
 */
export function npySet(bytes: Uint8Array, file: string, options: ArrayOptions = {}): DataSet {
  return arraySet(parseNpy(bytes, file), file, options);
}

/**
 * The data set of the bytes of a .npz file: its only array, besides an array `labels` or `y` with the class of each sample and
 * `class_names`, uint8 `[classes, bytes]`, with the name of each class in UTF-8; and an array `texts`, uint8 `[count, bytes]`, with the text of
 * each sample; and `noise` `[n, …]` with the noise of each, with `given` `[n]`, 0 where the class or the text of a sample was hidden, else 1.
 * @throws FileError as `npySet`, and if there are several arrays or the labels, the noise or what was given do not fit.
 */
export function npzSet(bytes: Uint8Array, file: string, options: ArrayOptions = {}): DataSet {
  const arrays = parseNpz(bytes, file, (names) => {
    if (names.filter((name) => !besides.includes(name)).length === 1) return names;
    throw new FileError(file, `expected one array besides labels, found ${JSON.stringify(names)}`);
  });
  const [name, data] = [...arrays].find(([name]) => !besides.includes(name)) as [string, NpyArray];
  const samples = arraySet(data, `${file} (${JSON.stringify(name)})`, options);
  return {
    ...samples,
    name: lastPart(file),
    ...labeledIn(arrays, samples.count, { file, size: sizeOf(sampleShape(samples)) }),
  };
}

/**
 * What an archive says of samples beside themselves: classes, texts, noise.
 * @param of - the name that errors give, and the numbers of a sample
 * @throws FileError if the labels, the texts, the noise or what was given do not fit.
 */
export function labeledIn(
  arrays: ReadonlyMap<string, NpyArray>,
  count: number,
  { file, size }: { readonly file: string; readonly size: number },
): Labeled {
  const said = arrays.get(textName);
  const noise = arrays.get(noiseName);
  const given = arrays.get(givenName);
  const about: Labeled = {
    ...(said && { texts: textsOf(said, count, file) }),
    ...(noise && { noise: noiseOf(noise, count * size, file) }),
    ...(given && { given: givenOf(given, count, file) }),
  };
  const labels = labelNames.map((label) => arrays.get(label)).find((array) => array !== undefined);
  if (labels === undefined) return about;
  const own = labelsOf(labels, count, file);
  const named = arrays.get(classNames);
  return {
    ...about,
    ...(named === undefined ? withoutGaps(own) : { labels: own, classNames: namesOf(named, own, file) }),
  };
}

function textsOf({ shape, data }: NpyArray, count: number, file: string): Texts {
  const texts = linesOfBytes(shape, data);
  if (texts?.length !== count)
    throw new FileError(file, `expected ${textName} of shape [${count}, bytes] of uint8, found shape [${shape}]`);
  return texts.map((text) => (text === '' ? [] : [text]));
}

function noiseOf({ data }: NpyArray, expected: number, file: string): Float32Array {
  if (data.length !== expected || !allFinite(data))
    throw new FileError(
      file,
      `expected noise of ${expected} finite numbers, as the samples have, found ${data.length}`,
    );
  return Float32Array.from(data);
}

function givenOf({ shape, data }: NpyArray, count: number, file: string): Uint8Array {
  if (shape.length !== 1 || shape[0] !== count || !data.every((value) => value === 0 || value === 1))
    throw new FileError(file, `expected ${givenName} of shape [${count}] of zeros and ones, found shape [${shape}]`);
  return Uint8Array.from(data);
}

function namesOf({ shape, data }: NpyArray, labels: Uint8Array, file: string): readonly string[] {
  const names = namesOfBytes(shape, data);
  const most = labels.reduce((a, b) => Math.max(a, b), 0);
  if (names === undefined || names.length <= most || names.length > 256)
    throw new FileError(
      file,
      `expected ${classNames} of shape [classes, bytes] with a name for each of ${most + 1} classes, found shape [${shape}]`,
    );
  return names;
}

function labelsOf({ shape, data }: NpyArray, count: number, file: string): Uint8Array {
  if (shape.length !== 1 || shape[0] !== count)
    throw new FileError(file, `expected labels of shape [${count}], found [${shape}]`);
  const bad = data.find((label) => !isByte(label));
  if (bad !== undefined) throw new FileError(file, `expected labels that are integers of 0 to 255, found ${bad}`);
  return Uint8Array.from(data);
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}

/** How an array becomes a set. */
export interface ArrayOptions extends FormOptions {
  /** What its axes are, where its shape leaves a choice. By default what the shape says. */
  readonly layout?: Layout | undefined;
}

/** Layouts of one or three channels, which pictures have unless something else is said of them. */
const ofPictures: readonly (Layout | undefined)[] = ['nhw', 'nhwc', 'nchw', 'hwc', 'chw', undefined];

/**
 * The data set of an array: points, images of one or three channels, or arrays, which series, volumes, fields of other channels and all that has missing values are.
 * Rows of 16 numbers or more of which neighbors are alike are series unless the layout says that they are points.
 * @throws FileError naming `file` if its shape is none of the layout, or a value is not finite or outside its range.
 */
export function arraySet({ shape, data }: NpyArray, file: string, options: ArrayOptions = {}): DataSet {
  const { layout, ...ofForm } = options;
  const name = lastPart(file);
  const floats = data instanceof Float32Array || data instanceof Float64Array;
  const gaps = floats && data.some(Number.isNaN);
  const asked = Object.values(ofForm).some((value) => value !== undefined);
  const flat = shape.length === 2 && layout === undefined;
  const long = flat && dimensionOf({ shape }, 1) >= leastSeries;
  const rows = flat && (asked || (gaps && long) || areSeries(shape, data));
  const axes = axesOf(shape, rows ? 'nl' : layout, file);
  if ('dimension' in axes) {
    if (!data.every(Number.isFinite))
      throw new FileError(file, 'expected finite numbers, found one that is not; --layout nl takes missing ones (NaN)');
    checkOptions([!asked, 'layout', `expected another than points for names, transforms and periodic axes`]);
    const values = data instanceof Float64Array ? data : Float64Array.from(data);
    return setOfPoints({ name, ...axes, values });
  }
  const { count, channels, order, grid } = axes;
  const isPicture = !rows && ofPictures.includes(layout) && (channels === 1 || channels === 3) && !gaps && !asked;
  if (!isPicture) return floatArraySet({ axes, data }, file, ofForm);
  const [height = 1, width = 1] = grid.map(([, size]) => size);
  const sizes = { count, channels, height, width };
  const about = { name, ...sizes };
  const planar = order === 'first';
  if (floats) {
    if (!data.every(Number.isFinite)) throw new FileError(file, 'expected finite pixels, found one that is not');
    return setOfImages({ ...about, ...floatPixels(planar ? data : inPlanes(data, sizes)) });
  }
  const bytes = bytesOf(data, file);
  return setOfImages({ ...about, pixels: planar ? bytes : inPlanes(bytes, sizes) });
}

/** Images whose channels stand together as images of planes. */
function inPlanes<T extends Uint8Array | Float32Array | Float64Array>(
  values: T,
  { channels, height, width }: Readonly<Record<'channels' | 'height' | 'width', number>>,
): T {
  if (channels === 1) return values;
  const planes = values.slice() as T;
  const size = height * width * channels;
  for (let at = 0; at < values.length; at += size) planesInto(planes, at, values.subarray(at, at + size), channels);
  return planes;
}

function bytesOf(data: Uint8Array | Int32Array, file: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const bad = data.find((value) => !isByte(value));
  if (bad !== undefined)
    throw new FileError(file, `expected integer pixels of 0 to 255, found ${bad}; store other ranges as floats`);
  return Uint8Array.from(data);
}
