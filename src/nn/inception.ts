/** @file The first half of Inception-v3, up to its block mixed5, as features of images. */
import { dimensionOf } from '../base/tensor.ts';
import { concat, conv, maximum, mean, pad as padWithZeros, reshape, slice } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';
import { averageFan, fill } from './initializer.ts';
import { network, type Network, type Scope } from './network.ts';
import { alongBoth } from './unet/resample.ts';

/** Side of the images that Inception-v3 reads. */
const inceptionSide = 299;

/** A convolution with ReLU: channels, and rows and columns of the kernel. */
interface Layer {
  readonly channels: number;
  readonly kernel: readonly [rows: number, columns: number];
  readonly stride?: number;
  /** Whether zeros around the image keep its size. Default true. */
  readonly same?: boolean;
  /** Of what its sums are made before ReLU. */
  readonly sums?: (x: Node) => Node;
}

/** Applies the next layer; names of parameters count the layers. */
type Next = (x: Node, layer: Layer) => Node;

function layersOf(scope: Scope): Next {
  let count = 0;
  return (x, { channels, kernel: [rows, columns], stride = 1, same = true, sums = (h) => h }) => {
    count += 1;
    const shape = [channels, dimensionOf(x, 1), rows, columns];
    const weight = { name: `conv.${count}.weight`, shape, init: averageFan(2), trainable: true };
    const shift = { name: `conv.${count}.bias`, shape: [channels], init: fill(0), trainable: true };
    const weights = { kernel: scope.param(weight), bias: scope.param(shift) };
    const zeros = [rows, columns].map((size) => (same ? (size - 1) / 2 : 0)) as [number, number];
    const [pad] = zeros;
    // Zeros along one axis only, which a convolution has not.
    const wide = pad === zeros[1] ? x : zeros.reduce((h, n, i) => padWithZeros(h, 2 + i, { before: n, after: n }), x);
    return maximum(sums(conv(wide, weights, { stride, pad: wide === x ? pad : 0 })), 0);
  };
}

const square = (channels: number, side: number, more: Partial<Layer> = {}): Layer => ({
  channels,
  kernel: [side, side],
  ...more,
});
const halving = { stride: 2, same: false };

/** The largest of every other window of three along an axis, without values from outside: sizes n become (n - 1) / 2, rounded down. */
function largestOfThree(x: Node, axis: number): Node {
  const size = dimensionOf(x, axis);
  const to = Math.floor((size - 1) / 2);
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  // Pairs of neighbors; what is added at the end is in no window.
  const even = padWithZeros(x, axis, { before: 0, after: Math.max(0, 2 * (to + 1) - size) });
  const pairs = reshape(slice(even, axis, { begin: 0, end: 2 * (to + 1) }), [...before, to + 1, 2, ...after]);
  const phase = (parity: number, begin: number): Node => {
    const one = slice(pairs, axis + 1, { begin: parity, end: parity + 1 });
    return slice(one, axis, { begin, end: begin + to });
  };
  const largest = maximum(maximum(phase(0, 0), phase(1, 0)), phase(0, 1));
  return reshape(largest, [...before, to, ...after]);
}

/** Maximum pooling with windows of 3 x 3 and stride 2. */
function largestPool(x: Node): Node {
  return largestOfThree(largestOfThree(x, 2), 3);
}

/** Average pooling with windows of 3 x 3 and stride 1 over the pixels that there are. */
function neighborMean(x: Node): Node {
  return alongBoth(x, (size) => {
    const reach = (i: number): readonly [number, number] => [Math.max(0, i - 1), Math.min(size, i + 2)];
    return {
      to: size,
      weight: (i) => {
        const [begin, end] = reach(i);
        return 1 / (end - begin);
      },
      reach,
    };
  });
}

/** A convolution of 1 x 1 of the mean of neighbors: the same as the mean of its sums, which are fewer channels. */
function ofNeighbors(next: Next, x: Node, channels: number): Node {
  return next(x, square(channels, 1, { sums: neighborMean }));
}

/** Branches of 1 x 1, 5 x 5 and two of 3 x 3, and of the mean of neighbors: mixed0 to mixed2. */
function fine(next: Next, x: Node, pooled: number): Node {
  const one = next(x, square(64, 1));
  const five = next(next(x, square(48, 1)), square(64, 5));
  const twice = next(next(next(x, square(64, 1)), square(96, 3)), square(96, 3));
  return concat([one, five, twice, ofNeighbors(next, x, pooled)], 1);
}

/** Half as many pixels a side: mixed3. */
function reduced(next: Next, x: Node): Node {
  const one = next(x, square(384, 3, halving));
  const twice = next(next(next(x, square(64, 1)), square(96, 3)), square(96, 3, halving));
  return concat([one, twice, largestPool(x)], 1);
}

/** Branches of 1 x 1, of 7 x 7 in two parts and in four, and of the mean of neighbors: mixed4 and mixed5. */
function coarse(next: Next, x: Node, width: number): Node {
  const across = (channels: number): Layer => ({ channels, kernel: [1, 7] });
  const down = (channels: number): Layer => ({ channels, kernel: [7, 1] });
  const one = next(x, square(192, 1));
  const seven = next(next(next(x, square(width, 1)), across(width)), down(192));
  let twice = next(next(x, square(width, 1)), down(width));
  twice = next(next(next(twice, across(width)), down(width)), across(192));
  return concat([one, seven, twice, ofNeighbors(next, x, 192)], 1);
}

/**
 * Inception-v3 up to its block mixed5, averaged over pixels: `[B, 768]` of images `[B, 3, side, side]` in [-1, 1]. Batch normalizations are part of the weights
 * and biases. Layers are counted as in Keras, so that `conv.k` is its `conv2d_k` with `batch_normalization_k`.
 * @param side - of the images; the published network reads 299 x 299
 * @see Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision", table 1 and figures 5 to 7
 */
export function inceptionFeatures(side = inceptionSide): Network {
  return network('Inception-v3 mixed5', [3, side, side], (scope, x) => {
    const next = layersOf(scope);
    let h = next(next(x, square(32, 3, halving)), square(32, 3, { same: false }));
    h = largestPool(next(h, square(64, 3)));
    h = largestPool(next(next(h, square(80, 1)), square(192, 3, { same: false })));
    for (const pooled of [32, 64, 64]) h = fine(next, h, pooled);
    h = reduced(next, h);
    for (const width of [128, 160]) h = coarse(next, h, width);
    return mean(h, [2, 3]);
  });
}
