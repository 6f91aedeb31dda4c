/** @file The U-Net of DDPM, DDPM++, NCSN++ and EDM: one walk down and up, with their differences as options. */
import { add, concat, mul, reshape, silu } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { dimensionOf, type Shape } from '../../base/tensor.ts';
import { fill, gaussianInitializer } from '../initializer.ts';
import { knownColumns, knownParts } from '../known.ts';
import { convolution, dense, fourierFeatures, sinusoidalFeatures } from '../layers.ts';
import { network, within, type Network, type Scope, type WithoutClasses } from '../network.ts';
import { framesOf } from '../frames.ts';
import { cropped, padded } from './padding.ts';
import { fromPatches, toPatches } from './patches.ts';
import {
  joined,
  normalized,
  resampled,
  resampledByConvolution,
  residual,
  scaled,
  selfAttention,
  started,
  type Resample,
} from './unet-blocks.ts';
import {
  checkUnet,
  defaultAttention,
  periodicAxes,
  sizeStep,
  type UnetStyle,
  type UnetOptions,
} from './unet-options.ts';

/**
 * A U-Net with the options of one style, where nothing else is asked for. Images whose sides cannot be halved once per level stand
 * in the middle of zeros, and series as images one row high, of which that row alone is halved.
 * @throws ConfigError if the samples are no images or series, have more levels than halvings, or an option is out of its range.
 */
export function unet(kind: string, sampleShape: Shape, options: UnetStyle & UnetOptions): Network {
  const {
    classes = 0,
    attention = defaultAttention(sampleShape, options),
    known = false,
    bands = 0,
    hop = 64,
  } = options;
  const periodic = periodicAxes(sampleShape, options.periodic);
  checkUnet(sampleShape, { ...options, attention, classes, periodic, known, bands, hop });
  const around = periodic.map((axis) => (axis === 'h' ? 2 : 3));
  const step = sizeStep(options);
  const alongRow = sampleShape.length === 2;
  const asImage = (h: Node): Node =>
    alongRow ? reshape(h, [dimensionOf(h, 0), dimensionOf(h, 1), 1, dimensionOf(h, 2)]) : h;
  return network(
    kind,
    sampleShape,
    (own, x, label, given) => {
      const scope = around.length === 0 && !alongRow ? own : { ...own, around, alongRow };
      const time = embedded(scope, label, known || bands > 0 ? undefined : given, options);
      const seen = known && given !== undefined ? concat([x, ...knownParts(given, sampleShape)], 1) : x;
      const image = toPatches(padded(asImage(seen), step, scope), options.patch, scope);
      const channels = (sampleShape[0] ?? 1) * options.patch ** (alongRow ? 1 : 2);
      const heard =
        bands === 0 || given === undefined
          ? image
          : concat([image, padded(framesOf(scope, given, { bands, hop, patch: options.patch }), step / options.patch, scope)], 1); // prettier-ignore
      const out = walk(scope, heard, { ...options, attention, time, out: channels });
      return reshape(cropped(fromPatches(out, options.patch, scope), asImage(x), step), x.shape);
    },
    known
      ? { classes: knownColumns(sampleShape), known }
      : bands > 0
        ? { classes: bands * ((sampleShape[1] ?? 0) / hop), ofSample: true }
        : { classes, withoutClasses: withoutClasses(options) },
  );
}

/** Of rows of zeros the layer of classes gives its bias, which the first dense layer reads, or adds to its own. */
function withoutClasses({ classEmbedding = 'features' }: Pick<UnetOptions, 'classEmbedding'>): WithoutClasses {
  return (param) => {
    const [bias, weight, own] = [param('dense0.bias'), param('dense0.weight'), param('class.bias')];
    const read = (row: number): number =>
      own.reduce((sum, value, column) => sum + (weight[row * own.length + column] ?? 0) * value, 0);
    bias.set(bias.map((value, row) => value + (classEmbedding === 'hidden' ? (own[row] ?? 0) : read(row))));
  };
}

/** Features of the label, and of the class, through two dense layers: `[B, 4 width]`. */
function embedded(
  scope: Scope,
  label: Node,
  classes: Node | undefined,
  options: UnetStyle & Pick<UnetOptions, 'classEmbedding'>,
): Node {
  const { width, embedding, fourierScale, classEmbedding = 'features' } = options;
  const features =
    embedding === 'fourier'
      ? fourierFeatures(within(scope, 'fourier'), label, { size: 2 * width, scale: fourierScale })
      : sinusoidalFeatures(label, width);
  const conditioned = (h: Node, where: typeof classEmbedding): Node => {
    if (classes === undefined || where !== classEmbedding) return h;
    const own = within(scope, 'class');
    const [, count = 1] = classes.shape;
    const [, size = 1] = h.shape;
    // A row of squares that sum to 1 has, times sqrt(count), the size of normal noise: mean square 1.
    if (where === 'features') return add(h, started(own, mul(classes, Math.sqrt(count)), size));
    // A table of embeddings: of rows of many columns that were multiplied so, a step of the table would change every unit by sqrt(count) times as
    // much as other layers do, which drives them where SiLU is flat.
    return add(h, dense(own, classes, { size, init: gaussianInitializer(1), biasInit: fill(0) }));
  };
  const hidden = conditioned(started(within(scope, 'dense0'), conditioned(features, 'features'), 4 * width), 'hidden');
  return silu(started(within(scope, 'dense1'), silu(hidden), 4 * width));
}

type WalkOptions = UnetStyle & { readonly attention: readonly number[]; readonly time: Node; readonly out: number };

function walk(scope: Scope, x: Node, options: WalkOptions): Node {
  const skips = down(scope, x, options);
  let h = skips.at(-1) ?? x;
  const channels = dimensionOf(h, 1);
  h = residual(within(scope, 'mid0'), h, { ...options, channels });
  h = selfAttention(within(scope, 'mid_attention'), h, options);
  h = residual(within(scope, 'mid1'), h, { ...options, channels });
  return up(scope, h, { ...options, skips, channels: options.out });
}

function attended(scope: Scope, h: Node, options: WalkOptions): Node {
  const size = scope.alongRow === true ? dimensionOf(h, 3) : Math.min(dimensionOf(h, 2), dimensionOf(h, 3));
  return options.attention.includes(size) ? selfAttention(scope, h, options) : h;
}

/** To the next level at the same number of channels: by a residual block, or by a convolution alone. */
function toLevel(scope: Scope, h: Node, { how, ...options }: WalkOptions & { how: Resample }): Node {
  const channels = dimensionOf(h, 1);
  return options.resblock === 'biggan'
    ? residual(scope, h, { ...options, channels, resample: how })
    : resampledByConvolution(scope, h, { ...options, channels, how });
}

/** The way down: all activations that the way up is joined with, finest first. */
function down(scope: Scope, x: Node, options: WalkOptions): Node[] {
  const { width, multipliers, blocks, progressiveInput } = options;
  let h = convolution(within(scope, 'conv_in'), x, { channels: width, ...scaled(1) });
  let pyramid = x;
  const skips = [h];
  let stage = 0;
  for (const [level, multiplier] of multipliers.entries()) {
    for (let i = 0; i < blocks; i++, stage++) {
      h = residual(within(scope, `down.${stage}.0`), h, { ...options, channels: width * multiplier });
      h = attended(within(scope, `down.${stage}.1`), h, options);
      skips.push(h);
    }
    if (level === multipliers.length - 1) break;
    h = toLevel(within(scope, `down.${stage++}.0`), h, { ...options, how: 'down' });
    if (progressiveInput !== 'none') [h, pyramid] = withInput(within(scope, `input.${level}`), h, pyramid, options);
    skips.push(h);
  }
  return skips;
}

/**
 * The image at the size of h joined with h: either the image itself through a 1x1 convolution, or what convolutions have made
 * of it level by level.
 */
function withInput(scope: Scope, h: Node, pyramid: Node, options: UnetStyle): [h: Node, pyramid: Node] {
  const channels = dimensionOf(h, 1);
  if (options.progressiveInput === 'residual') {
    const smaller = resampledByConvolution(scope, pyramid, { ...options, how: 'down', channels });
    const sum = joined(smaller, h, options);
    return [sum, sum];
  }
  const smaller = resampled(scope, pyramid, 'down', options);
  const image = convolution(scope, smaller, { channels, kernel: 1, ...scaled(1) });
  return [options.combine === 'cat' ? concat([image, h], 1) : add(image, h), smaller];
}

/** The way up, which takes the skips from the end. */
function up(scope: Scope, from: Node, options: WalkOptions & { skips: Node[]; channels: number }): Node {
  const { width, multipliers, blocks, attentionUp, progressive, channels, skips } = options;
  const image = (own: Scope, h: Node, to: { channels: number; init: number }): Node =>
    convolution(within(own, 'conv'), silu(normalized(within(own, 'norm'), h)), {
      channels: to.channels,
      ...scaled(to.init),
    });
  let h = from;
  let pyramid: Node | undefined;
  let stage = 0;
  for (const [level, multiplier] of [...multipliers.entries()].reverse()) {
    for (let i = 0; i <= blocks; i++, stage++) {
      const skip = skips.pop();
      h = skip === undefined ? h : concat([h, skip], 1);
      h = residual(within(scope, `up.${stage}.0`), h, { ...options, channels: width * multiplier });
      if (attentionUp === 'every' || i === blocks) h = attended(within(scope, `up.${stage}.1`), h, options);
    }
    const own = within(scope, `output.${level}`);
    if (progressive === 'output_skip') {
      const part = image(own, h, { channels, init: 0 });
      pyramid = pyramid === undefined ? part : add(resampled(scope, pyramid, 'up', options), part);
    } else if (progressive === 'residual') {
      const size = dimensionOf(h, 1);
      if (pyramid === undefined) pyramid = image(own, h, { channels: size, init: 1 });
      else {
        pyramid = joined(resampledByConvolution(own, pyramid, { ...options, how: 'up', channels: size }), h, options);
        h = pyramid;
      }
    }
    if (level > 0) h = toLevel(within(scope, `up.${stage++}.0`), h, { ...options, how: 'up' });
  }
  if (progressive === 'output_skip' && pyramid !== undefined) return pyramid;
  h = silu(normalized(within(scope, 'norm_out'), h));
  return convolution(within(scope, 'conv_out'), h, { channels, ...scaled(0) });
}
