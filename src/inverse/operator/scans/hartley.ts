/** @file The Hartley transform: the real Fourier basis in which operators on real images are diagonal. */
import { fft2Into } from '../../../base/fft.ts';
import { batchOf, sizeOf, type Shape, type Tensor } from '../../../base/tensor.ts';

/**
 * The orthonormal Hartley transform of every plane of a batch, Re F x - Im F x: its own inverse.
 * @param shapeIn - `[channels, height, width]`
 * @returns `[B, C H W]`
 * @see Hartley 1942; Bracewell 1983
 */
export function hartley({ shape, data }: Tensor, shapeIn: Shape): Tensor {
  const [, height = 1, width = 1] = shapeIn;
  const re = data.slice();
  const im = new Float64Array(data.length);
  fft2Into({ re, im }, height, width);
  return { shape: [batchOf({ shape }), sizeOf(shapeIn)], data: re.map((value, i) => value - im[i]!) };
}

/** The place of the negative of a frequency of `[height, width]`. */
export function negativeOf(place: number, height: number, width: number): number {
  const [y, x] = [Math.floor(place / width), place % width];
  return ((height - y) % height) * width + ((width - x) % width);
}
