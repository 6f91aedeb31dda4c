/** @file The last term of the variational bound for data in bins, such as bytes. */
import { add, exp, log, maximum, mul, neg, square, sub, tanh, div } from '../../graph/build.ts';
import type { Node } from '../../graph/node.ts';
import { edgesAround, type Bins } from '../../sde/learning/bins.ts';

/** Distances from each value to the upper and the lower edge of its bin. */
export interface Edges {
  readonly above: Float32Array;
  readonly below: Float32Array;
}

/** Edges of the bins in which values lie; infinity is so far that no Gaussian of a decoder reaches it. */
export function edgesOf(values: Float32Array, bins: Bins): Edges {
  const infinity = 1e4 * bins.width * bins.count;
  return {
    above: values.map((value) => Math.min(infinity, edgesAround(value, bins).above)),
    below: values.map((value) => Math.max(-infinity, edgesAround(value, bins).below)),
  };
}

/**
 * log of the part of a Gaussian between two points, log(F(upper) - F(lower)) for the distribution function
 * F(y) = sigmoid(L(y)) with L(y) = sqrt(8 / pi) (y + 0.044715 y^3), which is that of N(0, 1) to 4e-4. As
 * F(a) - F(b) = F(a) F(-b) (1 - exp(L(b) - L(a))) it loses no digits in the tails and needs no lower limit.
 * @param upper - standardized, above `lower`
 * @see Ho et al. 2020, eq. 13, and the distribution function of their code (Page 1977)
 */
export function logMassBetween(upper: Node, lower: Node): Node {
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
