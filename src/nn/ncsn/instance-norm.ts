/** @file InstanceNorm++: instance normalization that keeps what the means of the channels say of one another. */
import { dimensionOf } from '../../base/tensor.ts';
import { add, concat, constant, matmul, mean, mul, reshape, standardize, step, sub } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { fill, gaussianInitializer, type Initializer } from '../initializer.ts';
import { perChannel } from '../layers.ts';
import type { Scope } from '../network.ts';

const epsilon = 1e-5;
const nearOne = gaussianInitializer(0.02, 1);

/**
 * gain (InstanceNorm(x) + alpha (mu - m) / sqrt(v + 1e-5)) + bias for x `[B, C, H, W]` and factors per channel, where m and v
 * are the mean and the unbiased variance of the channels' means mu.
 * @see Song and Ermon 2019, appendix A
 */
function normalizedPlus(x: Node, factors: { gain: Node; alpha: Node; bias: Node }): Node {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const instances = standardize(reshape(x, [batch, channels, height * width]), epsilon);
  // Unbiased: v = C / (C - 1) times the variance that `standardize` takes.
  const part = (channels - 1) / channels;
  const means = mul(standardize(mean(x, [2, 3]), epsilon * part), Math.sqrt(part)); // [B, C]
  const shifted = add(reshape(instances, x.shape), mul(perChannel(factors.alpha), perChannel(means)));
  return add(mul(perChannel(factors.gain), shifted), perChannel(factors.bias));
}

/** The factors of a normalization, each of a shape that ends with the channels. */
function factorsOf(scope: Scope, shape: readonly number[]): { gain: Node; alpha: Node; bias: Node } {
  const param = (name: string, init: Initializer): Node => scope.param({ name, shape, init, trainable: true });
  return { gain: param('weight', nearOne), alpha: param('alpha', nearOne), bias: param('bias', fill(0)) };
}

/** InstanceNorm++ with trained factors. */
export function instanceNormPlus(scope: Scope, x: Node): Node {
  const [, channels = 1] = x.shape;
  return normalizedPlus(x, factorsOf(scope, [channels]));
}

/**
 * InstanceNorm++ with trained factors for each level.
 * @param levels - one-hot rows `[B, L]`
 */
export function conditionalInstanceNormPlus(scope: Scope, x: Node, levels: Node): Node {
  const [, channels = 1] = x.shape;
  const { gain, alpha, bias } = factorsOf(scope, [dimensionOf(levels, 1), channels]);
  return normalizedPlus(x, {
    gain: matmul(levels, gain),
    alpha: matmul(levels, alpha),
    bias: matmul(levels, bias),
  });
}

/** One-hot rows `[B, L]` of the levels nearest to positions `[B]` on the scale 0, 1, …, L - 1. */
export function nearestLevel(position: Node, levels: number): Node {
  const [batch = 1] = position.shape;
  const borders = Float64Array.from({ length: levels - 1 }, (_, i) => i + 0.5);
  const passed = step(sub(reshape(position, [batch, 1]), constant(position.graph, borders, [1, levels - 1])));
  const ends = (value: number): Node => constant(position.graph, new Float64Array(batch).fill(value), [batch, 1]);
  return sub(concat([ends(1), passed], 1), concat([passed, ends(0)], 1));
}
