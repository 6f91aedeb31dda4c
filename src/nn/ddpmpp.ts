/** @file DDPM++: the residual U-Net with attention of the score SDE paper. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import { add, averagePool, concat, matmul, mul, reshape, silu, softmax, upsample } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { averageFan, fill } from './initializer.ts';
import { convolution, dense, groupsWithin, normalization, perChannel, sinusoidalFeatures } from './layers.ts';
import { network, within, type Network, type Scope } from './network.ts';

/** Options of `ddpmpp`. */
export interface DdpmppOptions {
  /** Channels of the finest level, a multiple of 4. */
  readonly width?: number;
  /** Channels of each level as multiples of `width`, finest first; each level halves the image. */
  readonly multipliers?: readonly number[];
  /** Residual blocks per level. */
  readonly blocks?: number;
  /** Image sizes (pixels) at which levels have attention. */
  readonly attention?: readonly number[];
  /** Part of the activations that training drops in each block, 0 to 1. */
  readonly dropout?: number;
}

type Resample = 'down' | 'up' | undefined;

const invSqrt2 = Math.SQRT1_2;

/**
 * DDPM++ with BigGAN-type residual blocks: every sum of two branches is divided by sqrt(2), and the image is halved and
 * doubled inside extra blocks.
 * @param sampleShape - `[C, H, W]`
 * @throws ConfigError if the samples are no images, cannot be halved once per level, or an option is out of its range.
 * @see Song et al. 2021, appendix H; Ho et al. 2020, appendix B
 */
export function ddpmpp(sampleShape: Shape, options: DdpmppOptions = {}): Network {
  const [channels = 1, height = 1, width = 1] = sampleShape;
  const {
    width: nf = 32,
    multipliers = [1, 2, 2],
    blocks = 2,
    attention = [Math.min(height, width) >> 2],
    dropout = 0,
  } = options;
  check(sampleShape, { width: nf, multipliers, blocks, dropout });
  const attends = (h: Node): boolean => attention.includes(Math.min(h.shape[2] ?? 1, h.shape[3] ?? 1));

  return network('ddpmpp', sampleShape, (scope, x, label) => {
    let time = started(within(scope, 'dense0'), sinusoidalFeatures(label, nf), 4 * nf);
    time = silu(started(within(scope, 'dense1'), silu(time), 4 * nf));
    const block = (name: string, h: Node, to: { channels: number; resample?: Resample }): Node =>
      residual(within(scope, name), h, { time, dropout, ...to });
    const attend = (name: string, h: Node): Node => (attends(h) ? selfAttention(within(scope, name), h) : h);

    let h = convolution(within(scope, 'conv_in'), x, { channels: nf, ...scaled(1) });
    const skips = [h];
    let stage = 0;
    for (const [level, multiplier] of multipliers.entries()) {
      for (let i = 0; i < blocks; i++, stage++) {
        h = attend(`down.${stage}.1`, block(`down.${stage}.0`, h, { channels: nf * multiplier }));
        skips.push(h);
      }
      if (level === multipliers.length - 1) break;
      h = block(`down.${stage++}.0`, h, { channels: nf * multiplier, resample: 'down' });
      skips.push(h);
    }
    const deepest = h.shape[1] ?? 1;
    h = block('mid0', h, { channels: deepest });
    h = selfAttention(within(scope, 'mid_attention'), h);
    h = block('mid1', h, { channels: deepest });
    stage = 0;
    for (const [level, multiplier] of [...multipliers.entries()].reverse()) {
      for (let i = 0; i <= blocks; i++, stage++) {
        const skip = skips.pop();
        h = block(`up.${stage}.0`, skip === undefined ? h : concat([h, skip], 1), { channels: nf * multiplier });
        if (i === blocks) h = attend(`up.${stage}.1`, h);
      }
      if (level > 0) h = block(`up.${stage++}.0`, h, { channels: nf * multiplier, resample: 'up' });
    }
    return convolution(within(scope, 'conv_out'), silu(normalized(within(scope, 'norm_out'), h)), {
      channels,
      ...scaled(0),
    });
  });
}

function check(
  sampleShape: Shape,
  options: Required<Pick<DdpmppOptions, 'width' | 'multipliers' | 'blocks' | 'dropout'>>,
): void {
  const { width, multipliers, blocks, dropout } = options;
  const levels = multipliers.length;
  const sizes = sampleShape.slice(1);
  const whole = multipliers.every((multiplier) => Number.isInteger(multiplier) && multiplier > 0);
  checkOptions(
    [sampleShape.length === 3, 'kind', `expected images [C, H, W], got samples [${sampleShape}]`],
    [width >= 4 && width % 4 === 0, 'width', `expected a positive multiple of 4, got ${width}`],
    [levels > 0 && whole, 'multipliers', `expected positive integers, got [${multipliers}]`],
    [
      sizes.every((size) => size % 2 ** Math.max(levels - 1, 0) === 0),
      'multipliers',
      `${levels} levels need image sizes divisible by ${2 ** (levels - 1)}, got ${sizes.join('x')}`,
    ],
    positiveInteger('blocks', blocks),
    [dropout >= 0 && dropout < 1, 'dropout', `expected 0 to below 1, got ${dropout}`],
  );
}

const scaled = (scale: number): { init: ReturnType<typeof averageFan>; biasInit: ReturnType<typeof fill> } => ({
  init: averageFan(scale),
  biasInit: fill(0),
});

function started(scope: Scope, x: Node, size: number): Node {
  return dense(scope, x, { size, ...scaled(1) });
}

function normalized(scope: Scope, x: Node): Node {
  const [, channels = 4] = x.shape;
  return normalization(scope, x, { groups: groupsWithin(channels, Math.min(channels >> 2, 32)), epsilon: 1e-6 });
}

function resampled(x: Node, how: Resample): Node {
  if (how === undefined) return x;
  return how === 'down' ? averagePool(x, 2) : upsample(x, 2);
}

function residual(
  scope: Scope,
  x: Node,
  options: { time: Node; channels: number; dropout: number; resample?: Resample },
): Node {
  const { time, channels, dropout, resample } = options;
  let h = resampled(silu(normalized(within(scope, 'norm0'), x)), resample);
  h = convolution(within(scope, 'conv0'), h, { channels, ...scaled(1) });
  h = add(h, perChannel(started(within(scope, 'dense'), time, channels)));
  h = silu(normalized(within(scope, 'norm1'), h));
  const mask = scope.mask(h.shape, dropout);
  h = convolution(within(scope, 'conv1'), mask === undefined ? h : mul(h, mask), { channels, ...scaled(0) });
  let skip = resampled(x, resample);
  if (x.shape[1] !== channels || resample !== undefined)
    skip = convolution(within(scope, 'skip'), skip, { channels, kernel: 1, ...scaled(1) });
  return mul(add(skip, h), invSqrt2);
}

/** Single-head attention over the pixels. */
function selfAttention(scope: Scope, x: Node): Node {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const h = normalized(within(scope, 'norm'), x);
  const project = (name: string): Node => {
    const y = convolution(within(scope, name), h, { channels, kernel: 1, ...scaled(0.1) });
    return reshape(y, [batch, channels, height * width]);
  };
  const [q, k, v] = [project('q'), project('k'), project('v')];
  const weights = softmax(mul(matmul(q, k, { transposeA: true }), channels ** -0.5)); // [B, HW, HW]
  const mixed = reshape(matmul(v, weights, { transposeB: true }), [batch, channels, height, width]);
  const y = convolution(within(scope, 'proj'), mixed, { channels, kernel: 1, ...scaled(0) });
  return mul(add(x, y), invSqrt2);
}
