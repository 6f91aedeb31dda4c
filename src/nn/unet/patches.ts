/** @file Images as squares of pixels, and series as stretches of values: fewer positions with more channels, so that convolutions are larger matrix products. */
import { reshape, transpose } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { dimensionOf } from '../../base/tensor.ts';
import type { Scope } from '../network.ts';

/** Whether patches are stretches of the row that an image is. */
type AlongRow = Pick<Scope, 'alongRow'>;

/**
 * Images `[B, C, H, W]` as `[B, C patch^2, H / patch, W / patch]`; channel (c patch + i) patch + j is pixel (i, j) of each square. Series, which are one row high, have `[B, C patch, 1, W / patch]`.
 */
export function toPatches(x: Node, patch: number, own: AlongRow = {}): Node {
  if (patch === 1) return x;
  const [batch, channels, height, width] = sidesOf(x);
  const high = own.alongRow === true ? 1 : patch;
  const [rows, columns] = [height / high, width / patch];
  const squares = reshape(x, [batch, channels, rows, high, columns, patch]);
  return reshape(transpose(squares, [0, 1, 3, 5, 2, 4]), [batch, channels * high * patch, rows, columns]);
}

/** The inverse of `toPatches`. */
export function fromPatches(x: Node, patch: number, own: AlongRow = {}): Node {
  if (patch === 1) return x;
  const [batch, all, rows, columns] = sidesOf(x);
  const high = own.alongRow === true ? 1 : patch;
  const channels = all / (high * patch);
  const squares = transpose(reshape(x, [batch, channels, high, patch, rows, columns]), [0, 1, 4, 2, 5, 3]);
  return reshape(squares, [batch, channels, rows * high, columns * patch]);
}

function sidesOf(x: Node): [batch: number, channels: number, height: number, width: number] {
  return [dimensionOf(x, 0), dimensionOf(x, 1), dimensionOf(x, 2), dimensionOf(x, 3)];
}
