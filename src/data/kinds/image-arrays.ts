/** @file Images as arrays in the layout of files, and as stacks of planes of bytes. */
import { ShapeError } from '../../base/errors.ts';
import { sizeOf, type Tensor } from '../../base/tensor.ts';
import { levelsOf } from '../float-images.ts';
import { toBytes, toFloats } from '../scaler.ts';
import { setOfImages } from './image-set.ts';
import { countOf } from './sample-count.ts';
import type { ImageSet, Labeled, SampleArray, SetKind, Units } from './set-kind.ts';

/** Images with separate channels `[count, channels, height, width]`. */
export type Stack = Pick<ImageSet, 'count' | 'channels' | 'height' | 'width' | 'pixels'>;

/** Samples in the model's range `[n, C, H, W]` as bytes. */
export function stackOf({ shape, scaler }: Units, x: Tensor): Stack {
  const [channels = 1, height = 1, width = 1] = shape;
  return { count: x.data.length / sizeOf(shape), channels, height, width, pixels: toBytes(scaler, x) };
}

/** Samples in the model's range as images. */
export function imagesOfSamples(x: Tensor, units: Units, about: Labeled & { readonly name: string }): ImageSet {
  const { range } = units.scaler;
  const floats = range && { floats: { values: toFloats(units.scaler, x), range } };
  return setOfImages({ ...about, ...stackOf(units, x), ...floats });
}

/** Samples in the layout of files: bytes, or float32 for images of floats, `[n, H, W]` or `[n, H, W, C]`. */
export function arrayOfImages(x: Tensor, units: Units): SampleArray {
  const stack = stackOf(units, x);
  const { count, channels, height, width } = stack;
  const pixels = units.scaler.range === undefined ? stack.pixels : toFloats(units.scaler, x);
  if (channels === 1) return { shape: [count, height, width], data: pixels };
  const interleaved = pixels.slice();
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < height * width; p++)
        interleaved[(i * height * width + p) * channels + c] = pixels[(i * channels + c) * height * width + p] ?? 0;
  return { shape: [count, height, width, channels], data: interleaved };
}

/**
 * The images of an array in the layout of files: bytes, or floats where the scaler is of floats.
 * @throws ShapeError if the array has not the shape of the samples, or images are not whole numbers of 0 to 255.
 */
export function imagesOfArray(
  { shape, data }: Parameters<SetKind['fromArray']>[0],
  { shape: [channels = 1, height = 1, width = 1], scaler: { range } }: Units,
  name: string,
): ImageSet {
  const colors = channels === 1 && shape.at(-1) !== 1 ? [] : [channels];
  const count = countOf(shape, [height, width, ...colors], data, name);
  const values = range === undefined ? new Uint8Array(data.length) : new Float32Array(data.length);
  const area = height * width;
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < area; p++) {
        const value = data[(i * area + p) * channels + c] ?? NaN;
        if (range === undefined ? !Number.isInteger(value) || value < 0 || value > 255 : !Number.isFinite(value))
          throw new ShapeError(
            `${name}: expected images of ${range ? 'floats, finite numbers' : 'bytes, whole numbers of 0 to 255'}, got ${value}`,
          );
        values[(i * channels + c) * area + p] = value;
      }
  const about = { name, count, channels, height, width };
  if (values instanceof Uint8Array || range === undefined)
    return setOfImages({ ...about, pixels: Uint8Array.from(values) });
  return setOfImages({ ...about, pixels: levelsOf(values, range), floats: { values, range } });
}
