/** @file The largest value of a window around each pixel. */
import { dimensionOf } from '../../base/tensor.ts';
import { concat, maximum, slice } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';

/** Maximum over a window of `size` pixels (an odd number) around each pixel of `[B, C, H, W]`, as far as it is in the image. */
export function windowMax(x: Node, size: number): Node {
  return [2, 3].reduce((image, axis) => alongAxis(image, axis, (size - 1) / 2), x);
}

/** Pixels at the ends repeat themselves, which adds no value to a window that lacks it. */
function alongAxis(x: Node, axis: number, radius: number): Node {
  const size = dimensionOf(x, axis);
  const part = (of: Node, begin: number, end: number): Node => slice(of, axis, { begin, end });
  const repeated = (pixel: number): Node[] => Array.from({ length: radius }, () => part(x, pixel, pixel + 1));
  const wide = concat([...repeated(0), x, ...repeated(size - 1)] as [Node, ...Node[]], axis);
  return Array.from({ length: 2 * radius + 1 }, (_, shift) => part(wide, shift, shift + size)).reduce(maximum);
}
