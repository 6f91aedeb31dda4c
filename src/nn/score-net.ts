/** @file The U-Net of Song's tutorial on score-based models, for images of any size that its levels fit. */
import { checkOptions } from '../base/check.ts';
import { dimensionOf, type Shape } from '../base/tensor.ts';
import { add, concat, silu } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { convSize } from '../graph/shape-rules.ts';
import {
  convolution,
  dense,
  fourierFeatures,
  groupsWithin,
  normalization,
  perChannel,
  transposedConvolution,
} from './layers.ts';
import { network, within, type Network, type Scope } from './network.ts';

/** Options of `scoreNet`. */
export interface ScoreNetOptions {
  /** Channels of each level, finest first. Default [32, 64, 128, 256]. */
  readonly channels?: readonly number[];
  /** Features of the time label, an even number. Default 256. */
  readonly features?: number;
}

const kernel = 3;

/** Channels of the levels of the tutorial's network. */
export const scoreNetChannels: readonly number[] = [32, 64, 128, 256];

/**
 * Unpadded 3x3 convolutions of stride 1, 2, 2, … and the transposed ones back, joined level by level; each is followed by
 * a shift from the time, group normalization and SiLU.
 * @param sampleShape - `[C, H, W]`
 * @throws ConfigError if the samples are no images or too small for the levels, or an option is out of its range.
 * @see Song 2021, "Generative modeling by estimating gradients of the data distribution" (blog) and its notebook
 */
export function scoreNet(sampleShape: Shape, options: ScoreNetOptions = {}): Network {
  const { channels = scoreNetChannels, features = 256 } = options;
  const [imageChannels = 1] = sampleShape;
  check(sampleShape, { channels, features });
  return network('score-net', sampleShape, (scope, x, label) => {
    const embedding = dense(
      within(scope, 'embed'),
      fourierFeatures(within(scope, 'fourier'), label, { size: features, scale: 30 }),
      { size: features },
    );
    const time = silu(embedding);
    const block = (h: Node, names: { dense: string; norm: string }, mostGroups: number): Node => {
      const [, size = 1] = h.shape;
      const groups = groupsWithin(size, mostGroups);
      const shift = dense(within(scope, names.dense), time, { size });
      return silu(normalization(within(scope, names.norm), add(h, perChannel(shift)), { groups, epsilon: 1e-5 }));
    };
    const skips: Node[] = [];
    let h = x;
    for (const [i, size] of channels.entries()) {
      const stride = i === 0 ? 1 : 2;
      h = convolution(within(scope, `conv.${i}`), h, { channels: size, kernel, stride, pad: 0, bias: false });
      h = block(h, { dense: `dense.${i}`, norm: `norm.${i}` }, i === 0 ? 4 : 32);
      skips.push(h);
    }
    skips.pop();
    for (const [i, skip] of skips.toReversed().entries()) {
      const size = dimensionOf(skip, 1);
      h = upward(within(scope, `tconv.${i}`), h, { channels: size, stride: 2, bias: false, like: skip });
      h = block(h, { dense: `tdense.${i}`, norm: `tnorm.${i}` }, 32);
      h = concat([h, skip], 1);
    }
    return upward(within(scope, 'out'), h, { channels: imageChannels, stride: 1, bias: true, like: x });
  });
}

function upward(scope: Scope, h: Node, options: { channels: number; stride: number; bias: boolean; like: Node }): Node {
  const [, , height = 1, width = 1] = options.like.shape;
  return transposedConvolution(scope, h, { ...options, kernel, size: [height, width] });
}

function check(sampleShape: Shape, { channels, features }: Required<ScoreNetOptions>): void {
  const [, height = 0, width = 0] = sampleShape;
  const size = Math.min(height, width);
  const levels = sampleShape.length === 3 ? scoreNetLevels(size) : 1;
  checkOptions(
    [sampleShape.length === 3, 'kind', `expected images [C, H, W], got samples [${sampleShape}]`],
    [
      channels.length > 0 && channels.every((n) => Number.isInteger(n) && n > 0),
      'channels',
      `expected positive integers, got [${channels}]`,
    ],
    [
      levels > 0,
      'kind',
      `score-net needs images of at least ${kernel} pixels a side, got ${height}x${width}; ddpmpp takes images of any size`,
    ],
    [
      levels === 0 || channels.length <= levels,
      'channels',
      `expected at most ${levels} levels for images of ${size} pixels, got ${channels.length}; such as [${channels.slice(0, levels).join(', ')}]`,
    ],
    [features > 0 && features % 2 === 0, 'features', `expected a positive even number, got ${features}`],
  );
}

/** How often an image of this shorter side can be convolved, at stride 1 and then 2. */
export function scoreNetLevels(size: number): number {
  let levels = 0;
  for (let rest = size; rest >= kernel; levels++)
    rest = convSize(rest, kernel, { stride: levels === 0 ? 1 : 2, pad: 0 });
  return levels;
}
