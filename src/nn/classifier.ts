/** @file Classifiers of noised samples: networks whose output is a row of log-odds. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import { add, mean, silu } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { convolution, dense, sinusoidalFeatures } from './layers.ts';
import { network, within, type Forward, type Network, type Scope } from './network.ts';
import { padded } from './unet/padding.ts';
import { normalized, residual, scaled, started } from './unet/unet-blocks.ts';
import { ddpmppStyle } from './unet/unet-options.ts';

/** Options of `classifier`. */
export interface ClassifierOptions {
  /** K, how many classes it predicts. */
  readonly classes: number;
  /** Units of each layer of points; channels of the first level of images, doubled at the second. Default 64. */
  readonly width?: number;
  /** Hidden layers of points; levels of images, each half as large as the one before. Default 3. */
  readonly depth?: number;
  /** Of images: pixels from one place of the first convolution to the next; 2 is a quarter of the work. Default 1. */
  readonly stride?: number;
}

/** Levels of images, or layers of points, where nothing else is asked for. */
export const classifierDepth = 3;

/** Features of the label, for points. */
const labelFeatures = 64;

/**
 * A network from x and the label of its noise level to log-odds `[B, K]`: dense layers for points `[d]`, the way down of
 * DDPM++ and a mean over what is left of the pixels for images `[C, H, W]`. It begins with even odds.
 * Images whose sides cannot be halved at every level stand in the middle of zeros.
 * @throws ConfigError if an option is out of its range, or images have more levels than halvings.
 * @see Dhariwal and Nichol 2021, "Diffusion models beat GANs on image synthesis", section 4
 */
export function classifier(
  sampleShape: Shape,
  { classes, width = 64, depth = classifierDepth, stride = 1 }: ClassifierOptions,
): Network {
  const [, ...sides] = sampleShape;
  const parts = stride * 2 ** (depth - 1);
  checkOptions(
    [Number.isInteger(classes) && classes >= 2, 'classes', `expected a whole number of 2 or more, got ${classes}`],
    positiveInteger('depth', depth),
    positiveInteger('stride', stride),
    [stride === 1 || sides.length > 0, 'stride', `expected 1 for points, got ${stride}`],
    [Number.isInteger(width) && width >= 4 && width % 4 === 0, 'width', `expected a multiple of 4, got ${width}`],
    [
      sides.length === 0 || parts <= Math.max(...sides),
      'depth',
      `expected at most ${Math.floor(Math.log2(Math.max(1, ...sides) / stride)) + 1} levels${stride === 1 ? '' : ` after a stride of ${stride}`} for images of ${sides.join('x')} pixels, got ${depth}`,
    ],
  );
  const last = (scope: Scope, h: Node): Node => dense(within(scope, 'out'), h, { size: classes, ...scaled(0) });
  const pointFeatures: Forward = (scope, x, label) => {
    const time = started(within(scope, 'time'), sinusoidalFeatures(label, labelFeatures), width);
    let h = add(started(within(scope, 'hidden.0'), x, width), time);
    for (let i = 1; i < depth; i++) h = started(within(scope, `hidden.${i}`), silu(h), width);
    return silu(h);
  };
  const imageFeatures: Forward = (scope, x, label) => {
    const hidden = silu(started(within(scope, 'time0'), sinusoidalFeatures(label, width), 4 * width));
    const time = silu(started(within(scope, 'time1'), hidden, 4 * width));
    let h = convolution(within(scope, 'conv_in'), padded(x, parts), { channels: width, stride, ...scaled(1) });
    for (let level = 0; level < depth; level++) {
      const options = { ...ddpmppStyle, time, channels: level === 0 ? width : 2 * width };
      if (level > 0) h = residual(within(scope, `halve.${level}`), h, { ...options, resample: 'down' });
      h = residual(within(scope, `level.${level}`), h, options);
    }
    return mean(silu(normalized(within(scope, 'norm'), h)), [2, 3]);
  };
  const features = sampleShape.length === 1 ? pointFeatures : imageFeatures;
  const odds: Forward = (scope, x, label) => last(scope, features(scope, x, label));
  return { ...network('classifier', sampleShape, odds), features };
}
