/** @file Total variation: the classical reconstruction that later methods are compared with. */
import { combine, dotPerSample, map, scale } from '../../base/arith.ts';
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { key } from '../../base/key.ts';
import { normalBatch } from '../../base/random.ts';
import { batchOf, expectShape, zeros, type Tensor } from '../../base/tensor.ts';
import type { LinearOperator } from '../operator/operator.ts';
import { imageShape, type ImageShape } from '../operator/shapes.ts';

/** Options of `totalVariation`. */
export interface TotalVariationOptions {
  /** lambda, in the units of y^2 / x. */
  readonly weight: number;
  /** Number of iterations of Chambolle and Pock's method; 300 by default. */
  readonly iterations?: number;
  /** Bounds of x; none by default. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * The x that minimizes |A x - y|^2 / 2 + lambda TV(x), with the isotropic total variation of every channel, sum of |(x
 * right - x, x below - x)|, by the primal-dual method of Chambolle and Pock.
 * @param y - `[B, ...shapeOut]`
 * @returns `[B, C, H, W]`
 * @throws ShapeError if the operator is not one of images, or y not a batch of its measurements; ConfigError unless
 * the weight is positive and the range not empty.
 * @see Rudin, Osher and Fatemi 1992; Chambolle and Pock 2011, algorithm 1; Sidky, Jorgensen and Pan 2012, algorithm 4
 */
export function totalVariation(operator: LinearOperator, y: Tensor, options: TotalVariationOptions): Tensor {
  const { weight, iterations = 300, range: [low, high] = [-Infinity, Infinity] } = options;
  checkOptions(positive('weight', weight), positiveInteger('iterations', iterations), [
    low < high,
    'range',
    `expected a lower and a higher bound, got [${low}, ${high}]`,
  ]);
  const image = imageShape('totalVariation', operator.shapeIn);
  expectShape(y, [undefined, ...operator.shapeOut], `${operator.kind}: y`);
  // |K|^2 <= |A|^2 + 8 for K = (A, grad); the operator is scaled to norm 1 in its row, so that both rows are alike.
  const norm = operatorNorm(operator) || 1;
  const length = 1 / Math.sqrt(1 + gradientNormSquared);
  // Any ratio of the two steps converges; for x of the order of one this was among the fastest over weights of 1e-4 to 0.1.
  const ratio = Math.min(1, 3 * Math.sqrt(weight));
  const [primalStep, dualStep] = [length / ratio, length * ratio];
  const shape = [batchOf(y), ...operator.shapeIn];
  const [x, ahead] = [zeros(shape), zeros(shape)];
  let misfit = zeros(y.shape);
  const slopes: Slopes = { across: zeros(shape), down: zeros(shape) };
  for (let k = 0; k < iterations; k++) {
    // F(z) = |norm z - y|^2 / 2 for z = A x / norm: its dual's proximal map.
    const fitted = combine([1, misfit], [dualStep / norm, operator.apply(ahead)]);
    misfit = combine([norm ** 2 / (norm ** 2 + dualStep), fitted], [(-dualStep * norm) / (norm ** 2 + dualStep), y]);
    ascend(slopes, { x: ahead, step: dualStep, radius: weight }, image);
    const pull = combine([1 / norm, operator.adjoint(misfit)], [1, gradientAdjoint(slopes, image)]);
    for (let i = 0; i < x.data.length; i++) {
      const before = x.data[i]!;
      const next = Math.min(high, Math.max(low, before - primalStep * pull.data[i]!));
      x.data[i] = next;
      ahead.data[i] = 2 * next - before;
    }
  }
  return x;
}

/** The norm of the gradient is below sqrt(8). */
const gradientNormSquared = 8;

/** Differences to the right and to the pixel below; 0 at the last column and row. */
interface Slopes {
  readonly across: Tensor;
  readonly down: Tensor;
}

/** Visits the pixels of a batch of images, with the pixel to the right and the one below, which are the pixel itself where there is none. */
function forEachPixel(
  { data }: Tensor,
  { height, width }: ImageShape,
  visit: (pixel: number, right: number, below: number) => void,
): void {
  for (let row = 0; row * width < data.length; row++) {
    const step = row % height < height - 1 ? width : 0;
    const last = (row + 1) * width - 1;
    for (let i = row * width; i < last; i++) visit(i, i + 1, i + step);
    visit(last, last, last + step);
  }
}

function gradient(x: Tensor, image: ImageShape): Slopes {
  const { data, shape } = x;
  const slopes: Slopes = { across: zeros(shape), down: zeros(shape) };
  forEachPixel(x, image, (i, right, below) => {
    slopes.across.data[i] = data[right]! - data[i]!;
    slopes.down.data[i] = data[below]! - data[i]!;
  });
  return slopes;
}

function gradientAdjoint({ across, down }: Slopes, image: ImageShape): Tensor {
  const out = zeros(across.shape);
  const { data } = out;
  forEachPixel(out, image, (i, right, below) => {
    data[i]! -= across.data[i]! + down.data[i]!;
    data[right]! += across.data[i]!;
    data[below]! += down.data[i]!;
  });
  return out;
}

/** Adds step times the gradient of x to a field, and brings every vector of it into the ball of a radius. */
function ascend(
  { across, down }: Slopes,
  { x: { data }, step, radius }: { readonly x: Tensor; readonly step: number; readonly radius: number },
  image: ImageShape,
): void {
  forEachPixel(across, image, (i, right, below) => {
    const a = across.data[i]! + step * (data[right]! - data[i]!);
    const d = down.data[i]! + step * (data[below]! - data[i]!);
    const shrink = Math.min(1, radius / Math.sqrt(a * a + d * d));
    across.data[i] = a * shrink;
    down.data[i] = d * shrink;
  });
}

/**
 * Total variation of each sample, sum over pixels of |(x right - x, x below - x)|.
 * @param x - `[B, C, H, W]`
 */
export function totalVariationOf(x: Tensor): Float64Array {
  const { across, down } = gradient(x, imageShape('totalVariation', x.shape.slice(1)));
  const sizes = map(across, (value, i) => Math.hypot(value, down.data[i]!));
  return dotPerSample(
    sizes,
    map(sizes, () => 1),
  );
}

/**
 * The largest singular value: from the decomposition where there is one, else by power iterations from a fixed random
 * start, with one per cent to spare.
 */
export function operatorNorm(operator: LinearOperator): number {
  if (operator.svd !== undefined) return operator.svd.singularValues.reduce((a, b) => Math.max(a, b), 0);
  let x = normalBatch([key(0)], operator.shapeIn);
  let squared = 0;
  for (let k = 0; k < 50; k++) {
    x = scale(1 / Math.sqrt(dotPerSample(x, x)[0]!), x);
    const image = operator.apply(x);
    squared = dotPerSample(image, image)[0]!;
    x = operator.adjoint(image);
  }
  return 1.01 * Math.sqrt(squared);
}
