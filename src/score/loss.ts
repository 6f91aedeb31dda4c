/** @file The denoising score matching loss as a graph. */
import { sizeOf } from '../base/tensor.ts';
import { add, input, mul, reshape, square, sum } from '../graph/build.ts';
import type { Graph, Node } from '../graph/node.ts';
import type { Network, Scope } from '../nn/network.ts';
import { lossCoefficients } from './coefficients.ts';

/** A factor per sample, `[B]`, as one that broadcasts over samples of x `[B, …]`. */
export function perSample(factor: Node, x: Node): Node {
  return reshape(
    factor,
    x.shape.map((size, i) => (i === 0 ? size : 1)),
  );
}

/**
 * Denoising score matching: sum_b weight_b ||sigma s(x_t, t) + z||^2 with x_t = alpha x0 + sigma z, which is
 * lambda ||s - grad log p(x_t | x0)||^2 for weight = lambda / sigma^2; nothing is divided by a small sigma.
 * Its inputs are `x0` and `z` `[B, …]`, `weight` `[B]`, and the loss coefficients `[B]`.
 * @returns the loss `[]` and each sample's share of it `[B]`
 * @see Vincent 2011, eq. 11; Song et al. 2021, eq. 7
 */
export function denoisingLoss(
  owner: Graph,
  net: Network,
  { scope, batch }: { scope: Scope; batch: number },
): { loss: Node; losses: Node } {
  const shape = [batch, ...net.sampleShape];
  const [x0, z] = [input(owner, 'x0', shape), input(owner, 'z', shape)];
  const [alpha, sigma, sigmaSkip, sigmaOut, inScale, label] = lossCoefficients.map((name) =>
    input(owner, name, [batch]),
  ) as [Node, Node, Node, Node, Node, Node];
  const x = add(mul(perSample(alpha, x0), x0), mul(perSample(sigma, z), z));
  const raw = net.forward(scope, mul(perSample(inScale, x), x), label);
  const scaledScore = add(mul(perSample(sigmaSkip, x), x), mul(perSample(sigmaOut, raw), raw)); // sigma s
  const axes = shape.map((_, i) => i).slice(1);
  const losses = mul(input(owner, 'weight', [batch]), sum(square(add(scaledScore, z)), axes));
  return { loss: sum(losses), losses };
}

/** How the squares of one sample are joined: their sum, half of it, or their mean. */
export type Reduction = 'sum' | 'halfSum' | 'mean';

/** The factor that turns a sum of squares over a sample into its reduction, averaged over a batch. */
export function reductionFactor(reduction: Reduction, net: Network, batch: number): number {
  const factors: Readonly<Record<Reduction, number>> = { sum: 1, halfSum: 0.5, mean: 1 / sizeOf(net.sampleShape) };
  return factors[reduction] / batch;
}
