/**
 * @file Resampling of images that is linear and separable: a matrix for the rows and one for the columns, so that the rules
 * of `matmul` are all that its derivatives need. The products are small beside any convolution of the same image.
 */
import { ConfigError } from '../../base/errors.ts';
import { concat, constant, matmul, mean, reshape, transpose } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';

/** A linear map of one axis. */
interface AxisMap {
  /** Size of its result. */
  readonly to: number;
  /** Weight of pixel j in pixel i of the result. */
  readonly weight: (i: number, j: number) => number;
  /** Pixels from the first to before the last that may have weight in pixel i of the result. */
  readonly reach: (i: number) => readonly [begin: number, end: number];
}

/** Numbers of the matrix of one axis, 128 MiB of float64: sides of 4096 pixels. */
const mostWeights = 2 ** 24;

/** Maps the last axis of x `[B, C, H, W]`. */
function alongLast(x: Node, { to, weight, reach }: AxisMap): Node {
  const [batch = 1, channels = 1, height = 1, from = 1] = x.shape;
  if (to * from > mostWeights)
    throw new ConfigError([
      {
        path: '',
        message: `expected images of at most ${Math.sqrt(mostWeights)} pixels a side, got ${Math.max(from, to)}`,
      },
    ]);
  const data = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const [begin, end] = reach(i);
    for (let j = Math.max(0, begin); j < Math.min(from, end); j++) data[i * from + j] = weight(i, j);
  }
  const rows = reshape(x, [batch * channels * height, from]);
  const mapped = matmul(rows, constant(x.graph, data, [to, from]), { transposeB: true });
  return reshape(mapped, [batch, channels, height, to]);
}

const swapped = [0, 1, 3, 2];

/** Maps images `[B, C, H, W]` along both axes: `[B, C, H', W']`. */
function separable(x: Node, maps: { readonly vertical: AxisMap; readonly horizontal: AxisMap }): Node {
  const columns = alongLast(transpose(x, swapped), maps.vertical); // [B, C, W, H']
  return alongLast(transpose(columns, swapped), maps.horizontal);
}

/** The same kind of map for the height and the width of images, or for the width alone of what is one row high. */
export function alongBoth(x: Node, mapOf: (size: number) => AxisMap, { alongRow = false } = {}): Node {
  const [, , height = 1, width = 1] = x.shape;
  if (alongRow) return alongLast(x, mapOf(width));
  return separable(x, { vertical: mapOf(height), horizontal: mapOf(width) });
}

/** The binomial filter with which StyleGAN2 and NCSN++ resample. */
const taps = [1, 3, 3, 1];

/** Options of `fir`. */
export interface FirOptions {
  /** Pixels of the finer grid for each pixel of the image, filled with zeros. */
  readonly up?: number;
  /** Pixels of the finer grid for each pixel of the result. */
  readonly down?: number;
  /** Sum of the filter's weights. */
  readonly gain?: number;
  /** Zeros around the finer grid. */
  readonly pad: readonly [before: number, after: number];
}

/**
 * Filtering of an axis with [1, 3, 3, 1] / 8: zeros between its pixels, zeros around them, the filter, every k-th result.
 * @see Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN", whose upfirdn2d it is
 */
export function fir(size: number, { up = 1, down = 1, gain = up, pad: [before, after] }: FirOptions): AxisMap {
  return {
    to: Math.floor((size * up + before + after - taps.length) / down) + 1,
    weight: (i, j) => ((taps[j * up + before - i * down] ?? 0) * gain) / 8,
    reach: (i) => [Math.ceil((i * down - before) / up), Math.ceil((i * down - before + taps.length) / up)],
  };
}

/** Images at half their size, filtered. */
export function firDown(x: Node, own?: { readonly alongRow?: boolean }): Node {
  return alongBoth(x, (size) => fir(size, { down: 2, pad: [1, 1] }), own);
}

/** Images at twice their size, filtered. */
export function firUp(x: Node, own?: { readonly alongRow?: boolean }): Node {
  return alongBoth(x, (size) => fir(size, { up: 2, pad: [2, 1] }), own);
}

/** Rows `[B, C, 1, W]` at half their length, means of neighbors. */
export function halvedRow(x: Node): Node {
  const [batch = 1, channels = 1, , width = 1] = x.shape;
  const pairs = reshape(x, [batch, channels, width / 2, 2]);
  return reshape(mean(pairs, [3]), [batch, channels, 1, width / 2]);
}

/** Rows `[B, C, 1, W]` at twice their length, each value twice. */
export function doubledRow(x: Node): Node {
  const [batch = 1, channels = 1, , width = 1] = x.shape;
  const column = reshape(x, [batch, channels, width, 1]);
  return reshape(concat([column, column], 3), [batch, channels, 1, 2 * width]);
}

/** Linear interpolation that maps the ends of an axis to the ends of the result. */
function linear(from: number, to: number): AxisMap {
  const step = to === 1 ? 0 : (from - 1) / (to - 1);
  return {
    to,
    weight: (i, j) => Math.max(0, 1 - Math.abs(i * step - j)),
    reach: (i) => [Math.floor(i * step), Math.floor(i * step) + 2],
  };
}

/** Images `[B, C, H, W]` at another size by bilinear interpolation with aligned corners. */
export function resizeBilinear(x: Node, [height, width]: readonly [height: number, width: number]): Node {
  const [, , fromHeight = 1, fromWidth = 1] = x.shape;
  if (fromHeight === height && fromWidth === width) return x;
  return separable(x, { vertical: linear(fromHeight, height), horizontal: linear(fromWidth, width) });
}

/** Mean over a window of `size` pixels (an odd number) around each pixel, with zeros outside of the image. */
export function windowMean(x: Node, size: number): Node {
  const radius = (size - 1) / 2;
  return alongBoth(x, (to) => ({ to, weight: () => 1 / size, reach: (i) => [i - radius, i + radius + 1] }));
}
