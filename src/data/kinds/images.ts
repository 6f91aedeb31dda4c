/** @file What can be done with sets of images. */
import { mapInto } from '../../base/map-into.ts';
import { sizeOf } from '../../base/tensor.ts';
import { imagesInSameUnits, imagesInUnitsOf, unitValues } from '../float-images.ts';
import { momentsOf } from '../moments.ts';
import { shrink } from '../pictures/resize.ts';
import { centered, commonFactor, unit, type Scaler } from '../scaler.ts';
import { arrayOfImages, imagesOfArray, imagesOfSamples } from './image-arrays.ts';
import { loadImages } from './image-batches.ts';
import { setOfImages } from './image-set.ts';
import type { ImageSet, Numbers, SetKind } from './set-kind.ts';

/** Sets of images `[channels, height, width]` of bytes, or of floats from black to white. */
export const imageSets: SetKind<ImageSet> = Object.freeze<SetKind<ImageSet>>({
  name: 'images',
  shapeOk: (shape) => shape.length === 3,
  sampleShape: ({ channels, height, width }) => [channels, height, width],
  firstOf: (set, count) => {
    const length = count * set.channels * set.height * set.width;
    const floats = set.floats && { floats: { ...set.floats, values: set.floats.values.subarray(0, length) } };
    return { ...set, count, pixels: set.pixels.subarray(0, length), ...floats };
  },
  content: (set) => [valuesOf(set)],
  extraBytes: ({ floats, pixels }) => (floats === undefined ? 0 : pixels.byteLength),
  describe: (set) => ({
    ...momentsOf(valuesOf(set), { groups: set.channels, area: set.height * set.width }),
    flips: set.flips,
  }),
  scalerOf: ({ floats }, { range = 'centered' }) =>
    floats === undefined ? { unit, centered }[range] : ofFloats(range, floats.range),
  load: loadImages,
  inCommonUnits: (set, scaler) => ({ factor: commonFactor(scaler), data: valuesOf(set) }),
  inUnitsOf: imagesInUnitsOf,
  inSameUnits: imagesInSameUnits,
  features: 'random',
  numbers,
  toArray: arrayOfImages,
  toSet: imagesOfSamples,
  fromArray: imagesOfArray,
  standIn: (shape) => {
    const [channels = 1, height = 1, width = 1] = shape;
    const pixels = new Uint8Array(2 * sizeOf(shape));
    return setOfImages({ name: 'a stand-in', count: 2, channels, height, width, pixels });
  },
  pictures: {
    side: ({ height, width }) => Math.min(height, width),
    shrink,
    withFlips: (set, flips) => ({ ...set, flips }),
    mirrored: (set) => (set.flips ? mirrorImages(set) : undefined),
    unitValues,
    bytes: ({ floats, pixels }) => (floats === undefined ? pixels : undefined),
  },
});

function mirrorImages(set: ImageSet): ImageSet {
  const { width, pixels, floats } = set;
  const mirror = <T extends Numbers>(values: T): T => {
    const out = values.slice() as T;
    for (let line = 0; line < out.length; line += width) out.subarray(line, line + width).reverse();
    return out;
  };
  return { ...set, pixels: mirror(pixels), ...(floats && { floats: { ...floats, values: mirror(floats.values) } }) };
}

function valuesOf({ floats, pixels }: ImageSet): Numbers {
  return floats?.values ?? pixels;
}

/** Images of floats: from black to white is the whole of the model's range, [-1, 1] or [0, 1]. */
function ofFloats(kind: 'centered' | 'unit', range: readonly [low: number, high: number]): Scaler {
  const [low, high] = range;
  return kind === 'unit'
    ? { kind, factor: 1 / (high - low), shift: [low], range }
    : { kind, factor: 2 / (high - low), shift: [(low + high) / 2], range };
}

/** Of bytes the middles of their bins; of floats, where bytes are read, what they are of 256. */
function numbers(given: ImageSet, rows: readonly number[], scaler: Scaler): Float64Array {
  const { range } = scaler;
  const set = range === undefined ? given : imagesInUnitsOf(scaler, given);
  const size = set.channels * set.height * set.width;
  const values = new Float64Array(rows.length * size);
  rows.forEach((row, i) => {
    const to = values.subarray(i * size, (i + 1) * size);
    if (range !== undefined && set.floats !== undefined)
      to.set(set.floats.values.subarray(row * size, (row + 1) * size));
    else mapInto(to, unitValues(set, row), (value) => 256 * value);
  });
  return values;
}
