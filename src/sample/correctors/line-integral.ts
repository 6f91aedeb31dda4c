/** @file Ratios of densities by line integrals of the score, for networks that have no energy. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { batchOf } from '../../base/tensor.ts';
import type { LogRatio, ScoreFn } from '../../sde/score-fn.ts';

/** Nodes and weights of Gauss-Legendre quadrature on [0, 1], by the number of points. */
const rules: Readonly<Record<number, readonly (readonly [node: number, weight: number])[]>> = {
  1: [[0.5, 1]],
  2: symmetric([[0.5773502691896257, 0.5]]),
  3: [[0.5, 4 / 9], ...symmetric([[0.7745966692414834, 5 / 18]])],
  4: symmetric([
    [0.3399810435848563, 0.3260725774312731],
    [0.8611363115940526, 0.1739274225687269],
  ]),
  5: [
    [0.5, 64 / 225],
    ...symmetric([
      [0.5384693101056831, 0.2393143352496832],
      [0.906179845938664, 0.1184634425280945],
    ]),
  ],
};

/** Both nodes of each pair around the middle, from nodes on [-1, 1]. */
function symmetric(
  pairs: readonly (readonly [number, number])[],
): readonly (readonly [node: number, weight: number])[] {
  return pairs.flatMap(([node, weight]) => [-1, 1].map((sign) => [(1 + sign * node) / 2, weight] as const));
}

/**
 * log p_t(y) - log p_t(x) = integral over c from 0 to 1 of s(x + c (y - x), t) . (y - x), by Gauss-Legendre quadrature with so many evaluations of
 * the score: exact where log p_t is a polynomial of at most twice as many degrees along the line, such as a Gaussian. The score of a network
 * that is no gradient has no such ratios, and what this gives depends on the line.
 * @param options.evaluations - evaluations of the score for each ratio, 1 to 5. Default 3
 * @throws ConfigError unless evaluations is 1 to 5.
 * @see Du et al. 2023, "Reduce, reuse, recycle: compositional generation with energy-based diffusion models and MCMC", appendix
 * @example
 * ```ts
 * import { gaussian, tensor } from 'scorefield';
 * import { lineIntegral } from 'scorefield/sample';
 * import { edm } from 'scorefield/sde';
 *
 * const { score } = gaussian(edm(), { mean: tensor([0], [1]), std: 1 });
 * const ratio = await lineIntegral(score)(tensor([0], [1, 1]), tensor([2], [1, 1]), 1);
 * console.log(ratio[0]); // -(2^2) / (2 (1 + 1)) = -1
 * ```
 */
export function lineIntegral(score: ScoreFn, { evaluations = 3 }: { readonly evaluations?: number } = {}): LogRatio {
  const rule = rules[evaluations] ?? [];
  checkOptions([rule.length > 0, 'evaluations', `expected a whole number of 1 to 5, got ${evaluations}`]);
  return async (x, y, t) => {
    const way = combine([1, y], [-1, x]);
    const total = new Float64Array(batchOf(x));
    for (const [node, weight] of rule) {
      const along = dotPerSample(await score(combine([1 - node, x], [node, y]), t), way);
      along.forEach((value, i) => (total[i] = (total[i] ?? 0) + weight * value));
    }
    return total;
  };
}
