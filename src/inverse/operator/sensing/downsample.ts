/** @file Averages of blocks of pixels: super-resolution. */
import { checkOptions } from '../../../base/check.ts';
import { zeros, type Shape, type Tensor } from '../../../base/tensor.ts';
import type { LinearOperator } from '../operator.ts';
import { partialOrthonormal } from './partial-orthonormal.ts';
import { imageShape, type ImageShape } from '../shapes.ts';

/**
 * Means of blocks of factor x factor pixels, for super-resolution: `[C, H, W]` to `[C, H / factor, W / factor]`. All
 * singular values are 1 / factor.
 * @throws ConfigError if the factor does not divide both sides.
 */
export function downsample(shapeIn: Shape, factor: number): LinearOperator {
  const image = imageShape('downsample', shapeIn);
  const { channels, height, width } = image;
  checkOptions([
    Number.isSafeInteger(factor) && factor > 0 && height % factor === 0 && width % factor === 0,
    'factor',
    `expected a factor of both sides of ${height} x ${width} pixels, got ${factor}`,
  ]);
  const places = blockPlaces(image, factor);
  const area = factor * factor;
  const reflect = reflection(places, area);
  const kept = Array.from({ length: places.length / area }, (_, block) => places[block * area]!);
  const shapeOut = [channels, height / factor, width / factor];
  const transform = { forward: reflect, inverse: reflect };
  return partialOrthonormal({ kind: 'downsample', shapeIn, shapeOut, transform, kept, gain: 1 / factor });
}

/** Places of the pixels, block by block in reading order. */
function blockPlaces({ channels, height, width }: ImageShape, factor: number): Uint32Array {
  const places = new Uint32Array(channels * height * width);
  let at = 0;
  for (let top = 0; top < channels * height; top += factor)
    for (let left = 0; left < width; left += factor)
      for (let i = 0; i < factor * factor; i++)
        places[at++] = (top + Math.floor(i / factor)) * width + left + (i % factor);
  return places;
}

/**
 * The reflection of each group of N values that exchanges (1, 0, ..., 0) and (1, ..., 1) / sqrt(N): symmetric,
 * orthonormal, and its first coordinate is the sum over sqrt(N).
 * @see Householder 1958
 */
function reflection(places: Uint32Array, group: number): (x: Tensor) => Tensor {
  const root = Math.sqrt(group);
  return (x) => {
    if (group === 1) return x;
    const out = zeros(x.shape);
    const n = places.length;
    for (let start = 0; start < x.data.length; start += n) {
      for (let block = 0; block < n; block += group) {
        let sum = 0;
        for (let i = 0; i < group; i++) sum += x.data[start + places[block + i]!]!;
        const head = x.data[start + places[block]!]!;
        const shift = (sum - root * head) / (group - root);
        out.data[start + places[block]!] = sum / root;
        for (let i = 1; i < group; i++) {
          const at = start + places[block + i]!;
          out.data[at] = x.data[at]! - shift;
        }
      }
    }
    return out;
  };
}
