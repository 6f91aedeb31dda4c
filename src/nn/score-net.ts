/** @file The U-Net of Song's tutorial on score-based models, for images of any size that its levels fit. */
import { ConfigError } from '../base/errors.ts';
import type { Shape } from '../base/tensor.ts';
import { add, concat, silu } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { convSize } from '../graph/shape-rules.ts';
import { convolution, dense, fourierFeatures, normalization, perChannel, transposedConvolution } from './layers.ts';
import { network, within, type Network, type Scope } from './network.ts';

/** Options of `scoreNet`. */
export interface ScoreNetOptions {
  /** Channels of each level, finest first; multiples of 32. */
  readonly channels?: readonly number[];
  /** Features of the time label. */
  readonly features?: number;
}

const kernel = 3;

/**
 * Unpadded 3x3 convolutions of stride 1, 2, 2, … and the transposed ones back, joined level by level; each is followed by
 * a shift from the time, group normalisation and SiLU.
 * @param sampleShape - `[C, H, W]`
 * @throws ConfigError if the image is too small for the levels.
 * @see Song 2021, "Generative modeling by estimating gradients of the data distribution" (blog) and its notebook
 */
export function scoreNet(sampleShape: Shape, options: ScoreNetOptions = {}): Network {
  const { channels = [32, 64, 128, 256], features = 256 } = options;
  const [imageChannels = 1, height = 1, width = 1] = sampleShape;
  checkLevels(Math.min(height, width), channels.length);
  return network('score-net', sampleShape, (scope, x, label) => {
    const embedding = dense(
      within(scope, 'embed'),
      fourierFeatures(within(scope, 'fourier'), label, { size: features, scale: 30 }),
      { size: features },
    );
    const time = silu(embedding);
    const block = (h: Node, names: { dense: string; norm: string }, groups: number): Node => {
      const shift = dense(within(scope, names.dense), time, { size: h.shape[1] ?? 1 });
      return silu(normalization(within(scope, names.norm), add(h, perChannel(shift)), { groups, epsilon: 1e-5 }));
    };
    const skips: Node[] = [];
    let h = x;
    for (const [i, size] of channels.entries()) {
      const stride = i === 0 ? 1 : 2;
      h = convolution(within(scope, `conv.${i}`), h, { channels: size, kernel, stride, pad: 0, bias: false });
      h = block(h, { dense: `dense.${i}`, norm: `norm.${i}` }, i === 0 ? Math.min(4, size) : Math.min(32, size));
      skips.push(h);
    }
    skips.pop();
    for (const [i, skip] of skips.toReversed().entries()) {
      const size = skip.shape[1] ?? 1;
      h = upward(within(scope, `tconv.${i}`), h, { channels: size, stride: 2, bias: false, like: skip });
      h = block(h, { dense: `tdense.${i}`, norm: `tnorm.${i}` }, Math.min(32, size));
      h = concat([h, skip], 1);
    }
    return upward(within(scope, 'out'), h, { channels: imageChannels, stride: 1, bias: true, like: x });
  });
}

function upward(scope: Scope, h: Node, options: { channels: number; stride: number; bias: boolean; like: Node }): Node {
  const [, , height = 1, width = 1] = options.like.shape;
  return transposedConvolution(scope, h, { ...options, kernel, size: [height, width] });
}

function checkLevels(size: number, levels: number): void {
  let rest = size;
  for (let level = 0; level < levels; level++) {
    rest = convSize(rest, kernel, { stride: level === 0 ? 1 : 2, pad: 0 });
    if (rest < 1)
      throw new ConfigError([
        {
          path: 'channels',
          message: `expected at most ${level} levels for images of ${size} pixels, got ${levels}`,
        },
      ]);
  }
}
