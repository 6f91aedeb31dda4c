/** @file Images whose sides are no multiples of what a network needs: zeros around them on the way in, cut off on the way out. */
import { dimensionOf } from '../../base/tensor.ts';
import { pad, slice } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import type { Scope } from '../network.ts';

/** The least multiple of `step` that is at least `size`. */
export function roundedUp(size: number, step: number): number {
  return Math.ceil(size / step) * step;
}

/** Zeros before and after an axis. */
function around(size: number, step: number): { readonly before: number; readonly after: number } {
  const more = roundedUp(size, step) - size;
  return { before: more >> 1, after: more - (more >> 1) };
}

/** Images `[B, C, H, W]` in the middle of zeros, with sides (of series the length alone) that are multiples of `step`; the images alone where they are already. */
export function padded(x: Node, step: number, { alongRow = false }: Pick<Scope, 'alongRow'> = {}): Node {
  const [, , height = 1, width = 1] = x.shape;
  return pad(alongRow ? x : pad(x, 2, around(height, step)), 3, around(width, step));
}

/** The inverse of `padded`: the middle of `x`, as large as `like`. */
export function cropped(x: Node, like: Node, step: number): Node {
  return [2, 3].reduce((h, axis) => {
    const size = dimensionOf(like, axis);
    const { before } = around(size, step);
    return h.shape[axis] === size ? h : slice(h, axis, { begin: before, end: before + size });
  }, x);
}
