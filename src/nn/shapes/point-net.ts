/** @file A network from clouds of points to what they have in common. */
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import { maximum, reshape, silu, slice, standardize } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { averageFan, fill } from '../initializer.ts';
import { dense } from '../layers.ts';
import { network, within, type Network, type Scope } from '../network.ts';

const layer = (scope: Scope, h: Node, size: number): Node =>
  dense(scope, h, { size, init: averageFan(1), biasInit: fill(0) });

/** The largest value of each unit over the points of h `[B, N, W]`, `[B, W]`: halves that may overlap are compared until one is left. */
function largest(h: Node): Node {
  const count = dimensionOf(h, 1);
  if (count === 1) return reshape(h, [dimensionOf(h, 0), dimensionOf(h, 2)]);
  const half = Math.ceil(count / 2);
  const part = (begin: number): Node => slice(h, 1, { begin, end: begin + half });
  return largest(maximum(part(0), part(count - half)));
}

/**
 * Dense layers of each point, the largest value of each unit over all points, and dense layers of that: clouds `[B, N, 3]` to latents `[B, K]` of mean 0 and
 * variance 1 each, whatever the order of the points.
 * @param width - units of the last layer of points; those before it have a half and a quarter
 * @see Qi et al. 2017, "PointNet", section 4.2
 */
export function pointNet(sampleShape: Shape, { width, latent }: Readonly<Record<'width' | 'latent', number>>): Network {
  const [points = 1] = sampleShape;
  return network('point-net', sampleShape, (scope, x) => {
    const batch = dimensionOf(x, 0);
    let h = reshape(x, [batch * points, 3]);
    for (const [i, size] of [width / 4, width / 2, width].entries()) {
      const own = layer(within(scope, `point.${i}`), h, size);
      h = silu(standardize(own, 1e-5));
    }
    const all = largest(reshape(h, [batch, points, width]));
    const inner = silu(standardize(layer(within(scope, 'all.0'), all, width), 1e-5));
    return standardize(layer(within(scope, 'all.1'), inner, latent), 1e-5);
  });
}
