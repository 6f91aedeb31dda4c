/** @file A conditional flow q(u | image) on (0, 1)^D: what is added to the bytes of an image so that they have a density. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import type { Shape } from '../base/tensor.ts';
import {
  add,
  concat,
  constant,
  cos,
  exp,
  log,
  maximum,
  mul,
  neg,
  sigmoid,
  silu,
  sin,
  slice,
  sub,
  sum,
  tanh,
} from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { fill } from './initializer.ts';
import { convolution } from './layers.ts';
import { network, withAtMost, within, type Network, type Scope } from './network.ts';

/** Options of `dequantizer`. */
export interface DequantizerOptions {
  /** Coupling layers, at least 2, so that every pixel is moved. Default 4. */
  readonly layers?: number;
  /** Channels of each layer's convolutions. Default 32. */
  readonly width?: number;
}

/** A flow between standard logistic noise and u, given the image; all nodes are `[B, C, H, W]` but for the density, `[B]`. */
export interface Dequantizer {
  /** The parameters; its `forward` is `push` with the image in the place of the noise. */
  readonly net: Network;
  /** From noise to u in (0, 1), with log q(u | image) in nats. */
  readonly push: (scope: Scope, noise: Node, image: Node) => { readonly u: Node; readonly logDensity: Node };
  /** The inverse of `push`. */
  readonly pull: (scope: Scope, u: Node, image: Node) => { readonly noise: Node; readonly logDensity: Node };
}

/** Bytes after which the fine view of an image repeats itself. */
const finePeriod = 16;

/** Pixels of an image, 64 MiB in float32. */
const mostPixels = 2 ** 24;

/** Largest log scale of one layer: a pixel is moved by every second one. */
const mostLogScale = 2;

/**
 * Affine couplings h' = h exp(s) + b of one half of a checkerboard, with s and b convolved from the other half and the
 * image, and u = sigmoid(h) at the end: log q = log f(noise) - sum s - sum log u (1 - u) with the logistic density f.
 * The last convolutions begin at zero, which makes q uniform before training.
 * @param sampleShape - `[C, H, W]`
 * @param options - how many layers, and how wide
 * @param limits - `parameters` that it may have; more are refused before they are built
 * @throws ConfigError unless samples are images of two pixels or more, layers is at least 2 and width positive.
 * @see Dinh, Sohl-Dickstein and Bengio 2017, eq. 7 and 8; Ho et al. 2019, "Flow++", section 3.1
 */
export function dequantizer(
  sampleShape: Shape,
  { layers = 4, width = 32 }: DequantizerOptions = {},
  { parameters = Infinity }: { readonly parameters?: number } = {},
): Dequantizer {
  const [channels = 1, height = 1, columns = 1] = sampleShape;
  checkOptions(
    [sampleShape.length === 3, 'data', `expected images [C, H, W], got samples [${sampleShape}]`],
    [sampleShape.length !== 3 || height * columns > 1, 'data', 'expected images of two pixels or more'],
    [
      height * columns <= mostPixels,
      'data',
      `expected images of at most ${mostPixels} pixels, got ${height}x${columns}`,
    ],
    [Number.isInteger(layers) && layers >= 2, 'layers', `expected an integer of at least 2, got ${layers}`],
    positiveInteger('width', width),
  );
  const axes = [1, 2, 3];
  // Made once, so that all layers share them.
  const boards = [checkerboard(height, columns, 0), checkerboard(height, columns, 1)] as const;

  /** Log scales and shifts of the pixels that a layer moves, zero on the others. */
  const coefficients = (scope: Scope, layer: number, h: Node, image: Node): { s: Node; b: Node } => {
    const own = within(scope, `layer.${layer}`);
    const [moved, kept] = [layer, layer + 1].map((parity) =>
      constant(h.graph, boards[parity % 2 === 0 ? 0 : 1], [1, 1, height, columns]),
    ) as [Node, Node];
    let y = silu(convolution(within(own, 'conv0'), concat([mul(h, kept), ...views(image)], 1), { channels: width }));
    y = silu(convolution(within(own, 'conv1'), y, { channels: width }));
    const zero = { init: fill(0), biasInit: fill(0) };
    y = convolution(within(own, 'conv2'), y, { channels: 2 * channels, ...zero });
    const raw = slice(y, 1, { begin: 0, end: channels });
    const s = mul(mul(tanh(mul(raw, 1 / mostLogScale)), mostLogScale), moved);
    return { s, b: mul(slice(y, 1, { begin: channels, end: 2 * channels }), moved) };
  };
  const push: Dequantizer['push'] = (scope, noise, image) => {
    let h = noise;
    let logDensity = sum(logLogistic(noise), axes);
    for (let layer = 0; layer < layers; layer++) {
      const { s, b } = coefficients(scope, layer, h, image);
      h = add(mul(h, exp(s)), b);
      logDensity = sub(logDensity, sum(s, axes));
    }
    return { u: sigmoid(h), logDensity: sub(logDensity, sum(logLogistic(h), axes)) };
  };
  const pull: Dequantizer['pull'] = (scope, u, image) => {
    let h = sub(log(u), log(sub(1, u)));
    let logDensity = neg(sum(logLogistic(h), axes));
    for (let layer = layers - 1; layer >= 0; layer--) {
      const { s, b } = coefficients(scope, layer, h, image);
      h = mul(sub(h, b), exp(neg(s)));
      logDensity = sub(logDensity, sum(s, axes));
    }
    return { noise: h, logDensity: add(logDensity, sum(logLogistic(h), axes)) };
  };
  const net = withAtMost(parameters, () => network('dequantizer', sampleShape, (scope, x) => push(scope, x, x).u));
  return { net, push, pull };
}

/**
 * An image of byte centers on [-1, 1], coarse and fine: neighboring bytes differ by less than a hundredth there, and a
 * dequantizer must distinguish them.
 * @see Kingma et al. 2021, "Variational diffusion models", appendix C
 */
function views(image: Node): readonly [Node, Node, Node] {
  const angle = mul(image, (2 * Math.PI * 128) / finePeriod);
  return [image, sin(angle), cos(angle)];
}

/** log of the standard logistic density, and of sigmoid(h) sigmoid(-h): -|h| - 2 log(1 + exp(-|h|)). */
function logLogistic(h: Node): Node {
  const size = maximum(h, neg(h));
  return neg(add(size, mul(log(add(exp(neg(size)), 1)), 2)));
}

/** Ones and zeros over the pixels of an image by turns: ones where row + column + parity is even. */
function checkerboard(height: number, width: number, parity: 0 | 1): Float32Array {
  const board = new Float32Array(height * width);
  for (let j = 0; j < board.length; j++) board[j] = (Math.floor(j / width) + (j % width) + parity + 1) % 2;
  return board;
}
