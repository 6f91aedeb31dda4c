/** @file Features of images that no data have shaped: convolutions with random weights. */
import { checkOptions } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import { averagePool, concat, mean, reshape, silu } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { convolution, dense } from './layers.ts';
import { network, within, type Network, type Scope } from './network.ts';
import { scaled } from './unet/unet-blocks.ts';

/** Channels of the three levels of convolutions. */
const widths = [16, 32, 32] as const;
/** Projections of what the last level sees, place by place. */
const projections = 32;

/**
 * Three levels of convolutions of random weights, each followed by SiLU and, while the sides are even, a halving. Features
 * are the means of the last level over the image, which see texture and color, and random projections of it, which see
 * where things are: `[B, 64]`. It is to be initialized and never trained.
 * @param sampleShape - `[C, H, W]`
 * @throws ConfigError if samples are no images.
 */
export function randomFeatures(sampleShape: Shape): Network {
  checkOptions([sampleShape.length === 3, 'sampleShape', `expected images [C, H, W], got [${sampleShape}]`]);
  // Twice the variance makes up for the half of each input that SiLU takes away.
  const convolved = (scope: Scope, x: Node, channels: number): Node =>
    silu(convolution(scope, x, { channels, ...scaled(2) }));
  return network('random features', sampleShape, (scope, x) => {
    let h = x;
    for (const [level, channels] of widths.entries()) {
      h = convolved(within(scope, `level.${level}`), h, channels);
      const [, , height = 1, width = 1] = h.shape;
      if (height % 2 === 0 && width % 2 === 0) h = averagePool(h, 2);
    }
    const [batch = 1, ...rest] = h.shape;
    const flat = reshape(h, [batch, rest.reduce((a, b) => a * b, 1)]);
    // Projections of unit variance weights over the root of the fan-in, as of a dense layer.
    return concat([mean(h, [2, 3]), dense(within(scope, 'places'), flat, { size: projections, ...scaled(1) })], 1);
  });
}
