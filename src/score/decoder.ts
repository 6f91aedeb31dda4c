/** @file The last term of the variational bound for data in bins, such as bytes. */
import { add, exp, log, maximum, mul, neg, square, sub, tanh, div } from '../graph/build.ts';
import type { Node } from '../graph/node.ts';

/** Bins of equal width from `low` upwards, in the model's range; the outer ones reach to infinity. */
export interface Bins {
  readonly low: number;
  readonly width: number;
  readonly count: number;
}

/** Distances from each value to the upper and the lower edge of its bin. */
export interface Edges {
  readonly above: Float32Array;
  readonly below: Float32Array;
}

/** Edges of the bins in which values lie; infinity is so far that no Gaussian of a decoder reaches it. */
export function edgesOf(values: Float32Array, { low, width, count }: Bins): Edges {
  const infinity = 1e4 * width * count;
  const of = (value: number): readonly [above: number, below: number] => {
    const bin = Math.min(count - 1, Math.max(0, Math.floor((value - low) / width)));
    return [
      bin === count - 1 ? infinity : low + width * (bin + 1) - value,
      bin === 0 ? -infinity : low + width * bin - value,
    ];
  };
  return { above: values.map((value) => of(value)[0]), below: values.map((value) => of(value)[1]) };
}

/**
 * log of the part of a Gaussian between two points, log(F(upper) - F(lower)) for the distribution function
 * F(y) = sigmoid(L(y)) with L(y) = sqrt(8 / pi) (y + 0.044715 y^3), which is that of N(0, 1) to 4e-4. As
 * F(a) - F(b) = F(a) F(-b) (1 - exp(L(b) - L(a))) it loses no digits in the tails and needs no lower limit.
 * @param upper - standardised, above `lower`
 * @see Ho et al. 2020, eq. 13, and the distribution function of their code (Page 1977)
 */
export function logBinProbability(upper: Node, lower: Node): Node {
  const [a, b] = [logit(upper), logit(lower)];
  const half = tanh(mul(0.5, maximum(sub(a, b), 1e-12)));
  const inside = log(div(mul(2, half), add(1, half))); // log(1 - exp(b - a))
  return sub(inside, add(softplus(neg(a)), softplus(b)));
}

function logit(y: Node): Node {
  return mul(Math.sqrt(8 / Math.PI), mul(y, add(1, mul(0.044715, square(y)))));
}

/** log(1 + e^x). */
function softplus(x: Node): Node {
  return add(maximum(x, 0), log(add(1, exp(neg(maximum(x, neg(x)))))));
}
