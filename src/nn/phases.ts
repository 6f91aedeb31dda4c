/**
 * @file Dilated convolutions. Pixels that are d apart form one of the d^2 phases of an image, and a convolution of dilation d
 * is a plain one of each phase.
 */
import { pad, reshape, slice, transpose } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';

/**
 * Applies a function of images, which keeps their size and takes zeros around them, to every phase of x `[B, C, H, W]` as an
 * image of its own.
 */
export function onPhases(x: Node, dilation: number, f: (phases: Node) => Node): Node {
  if (dilation === 1) return f(x);
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const [rows, columns] = [Math.ceil(height / dilation), Math.ceil(width / dilation)];
  let h = pad(x, 2, { before: 0, after: rows * dilation - height });
  h = pad(h, 3, { before: 0, after: columns * dilation - width });
  h = reshape(h, [batch, channels, rows, dilation, columns, dilation]);
  h = transpose(h, [0, 3, 5, 1, 2, 4]); // [B, d, d, C, rows, columns]
  const y = f(reshape(h, [batch * dilation ** 2, channels, rows, columns]));
  const [, out = 1] = y.shape;
  h = transpose(reshape(y, [batch, dilation, dilation, out, rows, columns]), [0, 3, 4, 1, 5, 2]);
  h = reshape(h, [batch, out, rows * dilation, columns * dilation]);
  return slice(slice(h, 2, { begin: 0, end: height }), 3, { begin: 0, end: width });
}
