/** @file Images as squares of pixels: fewer positions with more channels, so that convolutions are larger matrix products. */
import { reshape, transpose } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { dimensionOf } from '../../base/tensor.ts';

/** Images `[B, C, H, W]` as `[B, C patch^2, H / patch, W / patch]`; channel (c patch + i) patch + j is pixel (i, j) of each square. */
export function toPatches(x: Node, patch: number): Node {
  if (patch === 1) return x;
  const [batch, channels, height, width] = sidesOf(x);
  const [rows, columns] = [height / patch, width / patch];
  const squares = reshape(x, [batch, channels, rows, patch, columns, patch]);
  return reshape(transpose(squares, [0, 1, 3, 5, 2, 4]), [batch, channels * patch ** 2, rows, columns]);
}

/** The inverse of `toPatches`. */
export function fromPatches(x: Node, patch: number): Node {
  if (patch === 1) return x;
  const [batch, all, rows, columns] = sidesOf(x);
  const channels = all / patch ** 2;
  const squares = transpose(reshape(x, [batch, channels, patch, patch, rows, columns]), [0, 1, 4, 2, 5, 3]);
  return reshape(squares, [batch, channels, rows * patch, columns * patch]);
}

function sidesOf(x: Node): [batch: number, channels: number, height: number, width: number] {
  return [dimensionOf(x, 0), dimensionOf(x, 1), dimensionOf(x, 2), dimensionOf(x, 3)];
}
