/** @file The network of DiffWave: gated convolutions along one axis at growing distances, for series and sounds, and for waves given their mel spectrograms. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { dimensionOf, type Shape } from '../base/tensor.ts';
import { add, concat, conv, mul, pad, reshape, sigmoid, silu, slice, tanh } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { averageFan, fill, type Initializer } from './initializer.ts';
import { dense, fourierFeatures, sinusoidalFeatures } from './layers.ts';
import { knownColumns, knownParts } from './known.ts';
import { frameRules, framesOf } from './frames.ts';
import { network, within, type Network, type Scope } from './network.ts';
import { fromPatches, toPatches } from './unet/patches.ts';

/** Options of `diffwave`. */
export interface DiffwaveOptions {
  /** Channels of each layer. Default 64. */
  readonly width?: number;
  /** Residual layers. Default twice the cycle. */
  readonly depth?: number;
  /** Layers after which the distance, 2^(i mod cycle) places on both sides of layer i, begins at 1 again; at least 1. By default up to a quarter of the series. */
  readonly cycle?: number;
  /** Features of the label, an even number. Default 128. */
  readonly features?: number;
  /** Random Fourier features of the label, or sines and cosines of fixed periods, for labels of 0 to thousands. Default fourier. */
  readonly embedding?: 'fourier' | 'positional';
  /** Whether the end of the series is beside its beginning. Default false. */
  readonly periodic?: boolean;
  /** How many classes the network is conditional on; 0 for none. Default 0. */
  readonly classes?: number;
  /** Whether it reads which numbers are known, and their values. Default true without classes and bands. */
  readonly known?: boolean;
  /** Neighboring values that are one place of the layers; the length is a multiple of it. Default 1, as published. */
  readonly patch?: number;
  /** Bands of the spectrograms that it is conditional on, one for each sample; 0 for none. Default 0. */
  readonly bands?: number;
  /** With bands: numbers of the wave from one frame of the spectrogram to the next, at least 1 and a multiple of `patch`. Default 64. */
  readonly hop?: number;
}

/** Distances up to a quarter of the length; the longest of a cycle is at most 2^11. */
function usualCycle(length: number): number {
  return Math.min(12, Math.max(1, Math.floor(Math.log2(Math.max(2, length / 2)))));
}

/**
 * Residual layers y = x + proj(e); h = conv3(y, distance) + W m; (sigmoid(h1) tanh(h2)) to a residual (x + r) / sqrt(2) and a skip; the sum of all skips, over sqrt(depth), through
 * two layers. e are Fourier features of the label, and of the class, behind two dense layers; m is the spectrogram, of as many frames as there are places (`upsampledFrames`).
 * @param sampleShape - `[C, L]`
 * @throws ConfigError if the samples are no series, or an option is out of its range.
 * @see Kong et al. 2021, "DiffWave", section 3 and figure 2; values and marks of known numbers are Tashiro et al. 2021, "CSDI", section 4.2
 */
export function diffwave(sampleShape: Shape, options: DiffwaveOptions = {}): Network {
  const [channels = 1, length = 1] = sampleShape;
  const { width = 64, features = 128, periodic = false, classes = 0, patch = 1, bands = 0, hop = 64 } = options;
  const { known = classes === 0 && bands === 0, embedding = 'fourier' } = options;
  const places = length / patch;
  const { cycle = usualCycle(places), depth = 2 * cycle } = options;
  checkOptions(
    [sampleShape.length === 2, 'kind', `expected series [C, L], got samples [${sampleShape}]`],
    positiveInteger('width', width),
    positiveInteger('depth', depth),
    positiveInteger('cycle', cycle),
    [features >= 2 && features % 2 === 0, 'features', `expected an even number of at least 2, got ${features}`],
    [Number.isInteger(classes) && classes >= 0, 'classes', `expected a whole number of 0 or more, got ${classes}`],
    positiveInteger('patch', patch),
    [Number.isInteger(places), 'patch', `expected a divisor of the length of the samples, ${length}, got ${patch}`],
    [!known || classes === 0, 'known', 'expected false for a network of classes, got true'],
    ...frameRules({ bands, hop, patch, known, classes }, sampleShape),
    [
      !periodic || 2 ** (cycle - 1) <= places,
      'cycle',
      `expected distances of at most the length of a periodic series, ${places}, got ${2 ** (cycle - 1)}`,
    ],
  );
  return network(
    'diffwave',
    sampleShape,
    (scope, x, label, rows) => {
      const batch = dimensionOf(x, 0);
      const seen = known && rows !== undefined ? concat([x, ...knownParts(rows, sampleShape)], 1) : x;
      const waves =
        embedding === 'positional'
          ? sinusoidalFeatures(label, features)
          : fourierFeatures(within(scope, 'fourier'), label, { size: features, scale: 1 });
      const first = layer(within(scope, 'time.0'), waves, 2 * width);
      const given =
        known || bands > 0 || rows === undefined
          ? first
          : add(first, layer(within(scope, 'class'), mul(rows, Math.sqrt(classes)), 2 * width));
      const time = silu(layer(within(scope, 'time.1'), silu(given), 2 * width));
      const image = asPlaces(seen, patch);
      const frames = bands === 0 || rows === undefined ? undefined : framesOf(scope, rows, { bands, hop, patch });
      let h = silu(pointwise(within(scope, 'in'), image, width));
      let skips: Node | undefined;
      for (let i = 0; i < depth; i++) {
        const own = within(scope, `layer.${i}`);
        const shift = reshape(layer(within(own, 'time'), time, width), [batch, width, 1, 1]);
        const wide = atDistance(within(own, 'conv'), add(h, shift), {
          ...{ channels: 2 * width, periodic },
          distance: 2 ** (i % cycle),
        });
        const heard = frames === undefined ? wide : add(wide, pointwise(within(own, 'frames'), frames, 2 * width));
        const half = (begin: number): Node => slice(heard, 1, { begin, end: begin + width });
        const both = pointwise(within(own, 'out'), mul(sigmoid(half(0)), tanh(half(width))), 2 * width);
        const part = (begin: number): Node => slice(both, 1, { begin, end: begin + width });
        h = mul(add(h, part(0)), Math.SQRT1_2);
        skips = skips === undefined ? part(width) : add(skips, part(width));
      }
      const sum = mul(skips ?? h, 1 / Math.sqrt(depth));
      const last = silu(pointwise(within(scope, 'end.0'), sum, width));
      return fromPlaces(pointwise(within(scope, 'end.1'), last, channels * patch, averageFan(0)), patch);
    },
    known
      ? { classes: knownColumns(sampleShape), known }
      : bands > 0
        ? { classes: bands * (length / hop), ofSample: true }
        : { classes },
  );
}

/** Series `[B, C, L]` as `[B, C patch, 1, L / patch]`: a place has the values of `patch` neighbors. */
function asPlaces(x: Node, patch: number): Node {
  const image = reshape(x, [dimensionOf(x, 0), dimensionOf(x, 1), 1, dimensionOf(x, 2)]);
  return toPatches(image, patch, { alongRow: true });
}

/** The inverse of `asPlaces`. */
function fromPlaces(h: Node, patch: number): Node {
  const image = fromPatches(h, patch, { alongRow: true });
  return reshape(image, [dimensionOf(image, 0), dimensionOf(image, 1), dimensionOf(image, 3)]);
}

function layer(scope: Scope, h: Node, size: number): Node {
  return dense(scope, h, { size, init: averageFan(1), biasInit: fill(0) });
}

/** A convolution of kernel 1 of `[B, C, 1, L]`. */
function pointwise(scope: Scope, h: Node, channels: number, init: Initializer = averageFan(1)): Node {
  return convolved(scope, h, { channels, kernel: [1, 1], init });
}

function convolved(
  scope: Scope,
  h: Node,
  { channels, kernel, init }: { channels: number; kernel: readonly [number, number]; init: Initializer },
): Node {
  const shape = [channels, dimensionOf(h, 1), ...kernel];
  const weight = scope.param({ name: 'weight', shape, init, trainable: true });
  const bias = scope.param({ name: 'bias', shape: [channels], init: fill(0), trainable: true });
  return conv(h, { kernel: weight, bias }, { stride: 1, pad: 0 });
}

/**
 * A convolution of three places of h `[B, C, 1, L]` at a distance d, with zeros or the other end of the series around it. What stands around is as long as makes the length a
 * multiple of d, and place i d + j of that is row i and column j of an image, so that neighbors at distance d are rows beside each other.
 */
function atDistance(
  scope: Scope,
  h: Node,
  { channels, distance, periodic }: { channels: number; distance: number; periodic: boolean },
): Node {
  const [batch, from, length] = [dimensionOf(h, 0), dimensionOf(h, 1), dimensionOf(h, 3)];
  const init = averageFan(1);
  const whole = Math.ceil(length / distance) * distance;
  const [before, after] = [distance, distance + whole - length];
  const around = (periodic ? wrapped : padded)(h, before, after);
  if (distance === 1) return convolved(scope, around, { channels, kernel: [1, 3], init });
  const rows = reshape(around, [batch, from, whole / distance + 2, distance]);
  const y = reshape(convolved(scope, rows, { channels, kernel: [3, 1], init }), [batch, channels, 1, whole]);
  return whole === length ? y : slice(y, 3, { begin: 0, end: length });
}

function padded(h: Node, before: number, after: number): Node {
  return pad(h, 3, { before, after });
}

/** The end before the beginning, and the beginning behind the end, zeros where that is not enough, which no place reads. */
function wrapped(h: Node, before: number, after: number): Node {
  const length = dimensionOf(h, 3);
  const more = Math.min(after, length);
  const ends = [slice(h, 3, { begin: length - before, end: length }), h, slice(h, 3, { begin: 0, end: more })] as const;
  const joined = concat(ends, 3);
  return more === after ? joined : pad(joined, 3, { before: 0, after: after - more });
}
