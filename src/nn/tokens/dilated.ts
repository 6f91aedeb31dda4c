/** @file A network of dilated convolutions over tokens. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import { add, concat, mul, pad, reshape, silu, slice } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { fill, gaussianInitializer } from '../initializer.ts';
import { dense } from '../layers.ts';
import { network, within, type Network } from '../network.ts';
import { embedding, tokenOdds } from './embedding.ts';
import { addLabel, layerNorm, type TokenNetOptions } from './transformer.ts';

/** Options of `dilated`. */
export interface DilatedOptions extends TokenNetOptions {
  /** Units of each position, at least 1. Default 128. */
  readonly width?: number;
  /** Residual blocks; block i sees positions 2^(i mod `cycle`) away on both sides. Default 8. */
  readonly depth?: number;
  /** After how many blocks the distance begins at 1 again. Default 6. */
  readonly cycle?: number;
  /** Part of the activations that training drops in each block. Default 0. */
  readonly dropout?: number;
}

/** Options of the dilated network where none are given. */
export const dilatedDefaults = { width: 128, depth: 8, cycle: 6, dropout: 0 } as const;

/**
 * Residual blocks of layer normalization, a convolution of three positions at growing distances, SiLU and a dense layer, with nothing
 * beyond the ends: from tokens `[B, L]` of 0 to K to log-odds `[B, L, K]`. It begins with nearly even odds.
 * @param sampleShape - `[L]`
 * @throws ConfigError if an option is out of its range.
 * @see van den Oord et al. 2016, section 2.1; Kong et al. 2021, section 3 (both directions)
 */
export function dilated(sampleShape: Shape, options: DilatedOptions): Network {
  const { tokens, timed = false, width, depth, cycle, dropout } = { ...dilatedDefaults, ...options };
  checkOptions(
    [sampleShape.length === 1, 'kind', `expected sequences [L], got samples [${sampleShape}]`],
    positiveInteger('tokens', tokens),
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    positiveInteger('cycle', cycle),
  );
  return network('dilated', sampleShape, (scope, x, label) => {
    const [batch, length] = [dimensionOf(x, 0), dimensionOf(x, 1)];
    let h = embedding(within(scope, 'embed'), x, { tokens, width });
    if (timed) h = addLabel(within(scope, 'label'), h, label, { batch, length, width });
    for (let i = 0; i < depth; i++) {
      const own = within(scope, `block.${i}`);
      const seen = neighbors(layerNorm(within(own, 'norm'), h), { batch, length, distance: 2 ** (i % cycle) });
      const inner = silu(dense(within(own, 'conv'), seen, { size: 2 * width }));
      const mask = scope.mask(inner.shape, dropout);
      h = add(
        h,
        dense(within(own, 'dense'), mask === undefined ? inner : mul(inner, mask), {
          size: width,
          init: gaussianInitializer(0.02 / Math.sqrt(depth)),
          biasInit: fill(0),
        }),
      );
    }
    return tokenOdds(scope, layerNorm(within(scope, 'norm'), h), { batch, length, tokens });
  });
}

/** Each row of h `[B L, width]` beside those of the positions at a distance before and after it, zeros beyond the ends: `[B L, 3 width]`. */
function neighbors(
  h: Node,
  { batch, length, distance }: Readonly<Record<'batch' | 'length' | 'distance', number>>,
): Node {
  const width = dimensionOf(h, 1);
  const rows = reshape(h, [batch, length, width]);
  const near = Math.min(distance, length);
  const cut = (begin: number): Node => slice(rows, 1, { begin, end: begin + length - near });
  const before = near === length ? undefined : pad(cut(0), 1, { before: near, after: 0 });
  const after = near === length ? undefined : pad(cut(near), 1, { before: 0, after: near });
  const nothing = mul(rows, 0);
  return reshape(concat([before ?? nothing, rows, after ?? nothing], 2), [batch * length, 3 * width]);
}
