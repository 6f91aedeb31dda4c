/** @file Layers: functions that ask a scope for their parameters. Names and shapes of parameters are PyTorch's. */
import { ShapeError } from '../base/errors.ts';
import { dimensionOf, sizeOf } from '../base/tensor.ts';
import {
  add,
  concat,
  constant,
  conv,
  convInputGrad,
  cos,
  groupNorm,
  matmul,
  mul,
  pad as padWithZeros,
  reshape,
  sin,
  slice,
} from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import type { ConvAttrs } from '../graph/op.ts';
import { fill, gaussianInitializer, inverseFanIn, type Initializer } from './initializer.ts';
import type { Scope } from './network.ts';
import { onPhases } from './phases.ts';

/** x W^T + b for x `[B, in]`. */
export function dense(
  scope: Scope,
  x: Node,
  options: { size: number; init?: Initializer; biasInit?: Initializer },
): Node {
  const { size, init = inverseFanIn(), biasInit = inverseFanIn(dimensionOf(x, 1)) } = options;
  const weight = scope.param({ name: 'weight', shape: [size, dimensionOf(x, 1)], init, trainable: true });
  const bias = scope.param({ name: 'bias', shape: [size], init: biasInit, trainable: true });
  return add(matmul(x, weight, { transposeB: true }), bias);
}

/** Options of a convolution; padding keeps the size at stride 1 by default. */
export interface ConvolutionOptions {
  readonly channels: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly pad?: number;
  /** Pixels between the inputs of neighboring weights; above 1 the size is kept. */
  readonly dilation?: number;
  readonly bias?: boolean;
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
}

/** Convolution of x `[B, C, H, W]`, by kernels one row high where the scope says that x is one row high. */
export function convolution(scope: Scope, x: Node, options: ConvolutionOptions): Node {
  const { channels, kernel = 3, stride = 1, pad = (kernel - 1) / 2, bias = true, init = inverseFanIn() } = options;
  const { around = [], alongRow = false } = scope;
  const shape = [channels, dimensionOf(x, 1), alongRow ? 1 : kernel, kernel];
  const weight = scope.param({ name: 'weight', shape, init, trainable: true });
  const biasInit = options.biasInit ?? inverseFanIn(sizeOf(shape.slice(1)));
  const weights = bias
    ? { kernel: weight, bias: scope.param({ name: 'bias', shape: [channels], init: biasInit, trainable: true }) }
    : { kernel: weight };
  if (pad > 0 && (alongRow || around.length > 0)) {
    const axes = alongRow ? [3] : [2, 3];
    return conv(bordered(x, { axes, width: pad, around }), weights, { stride, pad: 0 });
  }
  return onPhases(x, options.dilation ?? 1, (image) => conv(image, weights, { stride, pad }));
}

/** Images with their other end around those of the axes that are periodic, and zeros around the others. */
function bordered(
  x: Node,
  { axes, width, around }: { axes: readonly number[]; width: number; around: readonly number[] },
): Node {
  return axes.reduce((h, axis) => {
    if (!around.includes(axis)) return padWithZeros(h, axis, { before: width, after: width });
    const size = dimensionOf(h, axis);
    if (size < width) throw new ShapeError(`convolution: expected a periodic axis of at least ${width}, got ${size}`);
    const ends = [
      slice(h, axis, { begin: size - width, end: size }),
      slice(h, axis, { begin: 0, end: width }),
    ] as const;
    return concat([ends[0], h, ends[1]], axis);
  }, x);
}

/** Transposed convolution of x `[B, C, H, W]`, without padding, to images of a given size. */
export function transposedConvolution(
  scope: Scope,
  x: Node,
  options: {
    channels: number;
    kernel: number;
    stride: number;
    bias?: boolean;
    init?: Initializer;
    size: readonly [number, number];
  },
): Node {
  const { channels, kernel, stride, bias = true, init: kernelInit = inverseFanIn(), size } = options;
  const attrs: ConvAttrs = { stride, pad: 0 };
  const rows = scope.alongRow === true ? 1 : kernel;
  const shape = [dimensionOf(x, 1), channels, rows, kernel];
  const weight = scope.param({ name: 'weight', shape, init: kernelInit, trainable: true });
  const y = convInputGrad(x, weight, { ...attrs, shape: [dimensionOf(x, 0), channels, ...size] });
  if (!bias) return y;
  const init = inverseFanIn(channels * rows * kernel);
  return add(y, perChannel(scope.param({ name: 'bias', shape: [channels], init, trainable: true })));
}

/** `[C]` as `[1, C, 1, 1]`, or `[B, C]` as `[B, C, 1, 1]`. */
export function perChannel(x: Node): Node {
  return x.shape.length === 1
    ? reshape(x, [1, dimensionOf(x, 0), 1, 1])
    : reshape(x, [dimensionOf(x, 0), dimensionOf(x, 1), 1, 1]);
}

/** The largest number of equal groups of channels that is not above `most`. */
export function groupsWithin(channels: number, most: number): number {
  let groups = Math.min(channels, most);
  while (channels % groups !== 0) groups--;
  return groups;
}

/** Group normalization with trained gain and bias. */
export function normalization(scope: Scope, x: Node, attrs: { groups: number; epsilon: number }): Node {
  const shape = [dimensionOf(x, 1)];
  const gain = scope.param({ name: 'weight', shape, init: fill(1), trainable: true });
  const bias = scope.param({ name: 'bias', shape, init: fill(0), trainable: true });
  return groupNorm(x, { gain, bias }, attrs);
}

/**
 * Random Fourier features [sin 2 pi w t, cos 2 pi w t] of t `[B]`, with fixed w ~ N(0, scale^2): `[B, size]`.
 * @see Tancik et al. 2020, "Fourier features let networks learn high frequency functions in low dimensional domains"
 */
export function fourierFeatures(scope: Scope, t: Node, { size, scale }: { size: number; scale: number }): Node {
  const frequencies = scope.param({ name: 'W', shape: [size / 2], init: gaussianInitializer(scale), trainable: false });
  const angle = mul(mul(reshape(t, [dimensionOf(t, 0), 1]), reshape(frequencies, [1, size / 2])), 2 * Math.PI);
  return concat([sin(angle), cos(angle)], 1);
}

/**
 * Sinusoidal features [sin w_k t, cos w_k t] of t `[B]`, with w_k falling from 1 to 1/10000 geometrically: `[B, size]`.
 * @see Vaswani et al. 2017, section 3.5
 */
export function sinusoidalFeatures(t: Node, size: number): Node {
  const half = size / 2;
  const frequencies = Float64Array.from({ length: half }, (_, k) => Math.exp((-k * Math.log(10000)) / (half - 1)));
  const angle = mul(reshape(t, [dimensionOf(t, 0), 1]), constant(t.graph, frequencies, [1, half]));
  return concat([sin(angle), cos(angle)], 1);
}
