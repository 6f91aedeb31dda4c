/** @file What U-Nets are made of: residual blocks, attention, and layers that halve and double images. */
import { add, averagePool, matmul, mul, pad, reshape, silu, softmax, upsample } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { averageFan, fill } from '../initializer.ts';
import { convolution, dense, groupsWithin, normalization, perChannel, transposedConvolution } from '../layers.ts';
import { within, type Scope } from '../network.ts';
import { alongBoth, doubledRow, fir, firDown, firUp, halvedRow } from './resample.ts';

/** How a layer changes the size of images. */
export type Resample = 'down' | 'up';

/** What all blocks of a network share. */
export interface BlockStyle {
  readonly skipRescale: boolean;
  readonly fir: boolean;
  readonly dropout: number;
  readonly attentionInit: number;
}

/** Initial values with a variance scale over the average fan, and biases of 0. */
export const scaled = (scale: number): { init: ReturnType<typeof averageFan>; biasInit: ReturnType<typeof fill> } => ({
  init: averageFan(scale),
  biasInit: fill(0),
});

/** A dense layer with variance scale 1. */
export function started(scope: Scope, x: Node, size: number): Node {
  return dense(scope, x, { size, ...scaled(1) });
}

/** Group normalization in at most 32 groups of at least 4 channels. */
export function normalized(scope: Scope, x: Node): Node {
  const [, channels = 4] = x.shape;
  return normalization(scope, x, { groups: groupsWithin(channels, Math.min(channels >> 2, 32)), epsilon: 1e-6 });
}

/** The sum of two branches, as large as each of them if it is rescaled. */
export function joined(a: Node, b: Node, { skipRescale }: Pick<BlockStyle, 'skipRescale'>): Node {
  return skipRescale ? mul(add(a, b), Math.SQRT1_2) : add(a, b);
}

/** Images, or rows where the scope says so, at half or twice their size, without parameters. */
export function resampled({ alongRow = false }: Scope, x: Node, how: Resample, style: Pick<BlockStyle, 'fir'>): Node {
  if (style.fir) return (how === 'down' ? firDown : firUp)(x, { alongRow });
  if (alongRow) return (how === 'down' ? halvedRow : doubledRow)(x);
  return (how === 'down' ? averagePool : upsample)(x, 2);
}

/** Images at half or twice their size by a convolution to a number of channels. */
export function resampledByConvolution(
  scope: Scope,
  x: Node,
  options: Pick<BlockStyle, 'fir'> & { how: Resample; channels: number },
): Node {
  return (options.how === 'down' ? convolutionDown : convolutionUp)(scope, x, options);
}

function convolutionDown(scope: Scope, x: Node, options: Pick<BlockStyle, 'fir'> & { channels: number }): Node {
  // Without the filter the zeros are at the far side alone, as in the published networks.
  const wide = options.fir
    ? alongBoth(x, (size) => fir(size, { pad: [2, 2] }), scope)
    : (scope.alongRow === true ? [3] : [2, 3]).reduce((h, axis) => pad(h, axis, { before: 0, after: 1 }), x);
  return convolution(scope, wide, { channels: options.channels, stride: 2, pad: 0, ...scaled(1) });
}

function convolutionUp(scope: Scope, x: Node, options: Pick<BlockStyle, 'fir'> & { channels: number }): Node {
  const { channels } = options;
  if (!options.fir) return convolution(scope, resampled(scope, x, 'up', options), { channels, ...scaled(1) });
  const [, , height = 1, width = 1] = x.shape;
  const size = [scope.alongRow === true ? 1 : 2 * height + 1, 2 * width + 1] as const;
  const { init, biasInit } = scaled(1);
  const spread = transposedConvolution(scope, x, { channels, kernel: 3, stride: 2, size, bias: false, init });
  const bias = scope.param({ name: 'bias', shape: [channels], init: biasInit, trainable: true });
  const smooth = alongBoth(spread, (n) => fir(n, { gain: 2, pad: [1, 1] }), scope);
  return add(smooth, perChannel(bias));
}

/**
 * A residual block: normalization, SiLU and convolution twice, with a shift from the time between them, beside a skip that is
 * a 1x1 convolution where channels or size change. Resampling, if any, comes before the first convolution.
 * @see Song et al. 2021, appendix H.1; Brock et al. 2019, appendix B
 */
export function residual(
  scope: Scope,
  x: Node,
  options: BlockStyle & { time: Node; channels: number; resample?: Resample },
): Node {
  const { time, channels, dropout, resample } = options;
  const resized = (y: Node): Node => (resample === undefined ? y : resampled(scope, y, resample, options));
  let h = resized(silu(normalized(within(scope, 'norm0'), x)));
  h = convolution(within(scope, 'conv0'), h, { channels, ...scaled(1) });
  h = add(h, perChannel(started(within(scope, 'dense'), time, channels)));
  h = silu(normalized(within(scope, 'norm1'), h));
  const mask = scope.mask(h.shape, dropout);
  h = convolution(within(scope, 'conv1'), mask === undefined ? h : mul(h, mask), { channels, ...scaled(0) });
  let skip = resized(x);
  if (x.shape[1] !== channels || resample !== undefined)
    skip = convolution(within(scope, 'skip'), skip, { channels, kernel: 1, ...scaled(1) });
  return joined(skip, h, options);
}

/** Single-head attention over the pixels. */
export function selfAttention(scope: Scope, x: Node, style: BlockStyle): Node {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const h = normalized(within(scope, 'norm'), x);
  const project = (name: string): Node => {
    const y = convolution(within(scope, name), h, { channels, kernel: 1, ...scaled(style.attentionInit) });
    return reshape(y, [batch, channels, height * width]);
  };
  const [q, k, v] = [project('q'), project('k'), project('v')];
  const weights = softmax(mul(matmul(q, k, { transposeA: true }), channels ** -0.5)); // [B, HW, HW]
  const mixed = reshape(matmul(v, weights, { transposeB: true }), [batch, channels, height, width]);
  const y = convolution(within(scope, 'proj'), mixed, { channels, kernel: 1, ...scaled(0) });
  return joined(x, y, style);
}
