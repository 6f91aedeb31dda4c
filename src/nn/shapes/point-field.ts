/** @file A score of points given the latent of their shape, one point at a time. */
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import { add, concat, reshape, silu, standardize } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { averageFan, fill } from '../initializer.ts';
import { dense, fourierFeatures } from '../layers.ts';
import { network, within, type Network, type Scope } from '../network.ts';

/** Features of the label. */
const features = 32;

/**
 * Residual blocks h + W2 silu(W1 n(h) + P x + C c) of each point x, where n standardizes and c is a layer of the latent and of Fourier features of the label.
 * No point sees another one, so that the output of a cloud `[B, N, 3]` is that of its points in their order, and N may be any number.
 * @see Cai et al. 2020, "Learning gradient fields for shape generation", section 3.2 (without batch normalization, whose statistics mix noise levels)
 */
export function pointField(
  sampleShape: Shape,
  { width, depth, latent }: Readonly<Record<'width' | 'depth' | 'latent', number>>,
): Network {
  const [points = 1] = sampleShape;
  const layer = (scope: Scope, h: Node, size: number, scale = 1): Node =>
    dense(scope, h, { size, init: averageFan(scale), biasInit: fill(0) });
  return network(
    'point-field',
    sampleShape,
    (scope, x, label, rows) => {
      const batch = dimensionOf(x, 0);
      const each = reshape(x, [batch * points, 3]);
      const waves = fourierFeatures(within(scope, 'fourier'), label, { size: features, scale: 0.3 });
      const given = rows === undefined ? waves : concat([rows, waves], 1);
      const context = silu(layer(within(scope, 'context'), given, width));
      let h = layer(within(scope, 'in'), each, width);
      for (let i = 0; i < depth; i++) {
        const inner = within(scope, `block.${i}`);
        const own = add(
          layer(within(inner, 'first'), standardize(h, 1e-5), width),
          layer(within(inner, 'point'), each, width),
        );
        const shape = reshape(layer(within(inner, 'context'), context, width), [batch, 1, width]);
        const joined = reshape(add(reshape(own, [batch, points, width]), shape), [batch * points, width]);
        h = add(h, layer(within(inner, 'second'), silu(joined), width, 0));
      }
      const out = layer(within(scope, 'out'), silu(standardize(h, 1e-5)), 3, 0);
      return reshape(out, [batch, points, 3]);
    },
    { classes: latent },
  );
}
