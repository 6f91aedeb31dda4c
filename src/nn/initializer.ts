/** @file Distributions of parameters before training. */
import { normal, uniform } from '../base/random.ts';
import { sizeOf, type Shape } from '../base/tensor.ts';
import type { Key } from '../base/key.ts';

/** Values of a parameter of a shape, from a key. */
export type Initializer = (key: Key, shape: Shape) => Float64Array;

/** Elements of one output unit (fan in) and one input unit (fan out) of `[out, in, …]`. */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const [out = 1, into = 1] = shape;
  const field = sizeOf(shape.slice(2));
  return { fanIn: into * field, fanOut: out * field };
}

const within = (key: Key, n: number, bound: number): Float64Array => uniform(key, n).map((u) => (2 * u - 1) * bound);

/** One value everywhere. */
export const fill =
  (value: number): Initializer =>
  (_key, shape) =>
    new Float64Array(sizeOf(shape)).fill(value);

/** N(mean, std^2). */
export const gaussianInitializer =
  (std: number, mean = 0): Initializer =>
  (key, shape) =>
    normal(key, sizeOf(shape)).map((z) => mean + z * std);

/**
 * Uniform with variance scale / mean of fan in and fan out; scale 0 means 1e-10, so that the layer starts near zero.
 * @see Ho et al. 2020, whose released networks begin this way
 */
export const averageFan =
  (scale: number): Initializer =>
  (key, shape) => {
    const { fanIn, fanOut } = fans(shape);
    return within(key, sizeOf(shape), Math.sqrt((6 * Math.max(scale, 1e-10)) / (fanIn + fanOut)));
  };

/** Uniform within 1 / sqrt(fan in), for kernels and for the bias that belongs to them. */
export const inverseFanIn =
  (fanIn?: number): Initializer =>
  (key, shape) =>
    within(key, sizeOf(shape), 1 / Math.sqrt(fanIn ?? fans(shape).fanIn));
