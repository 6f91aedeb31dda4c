/** @file How much of a sample each component of a known mixture accounts for. */
import { checkOptions } from '../base/check.ts';
import { batchOf, expectShape, sampleSize, type Tensor } from '../base/tensor.ts';
import { normalizedLogs, spreadOf, type GaussianMixture } from '../sde/exact/gaussian-mixture.ts';
import { meanEstimate, type Estimate } from './estimate.ts';
import { chiSquareTest } from './goodness-of-fit.ts';

/** Weights found in samples, beside those of the mixture. */
export interface ModeWeights {
  readonly found: readonly Estimate[];
  readonly expected: readonly number[];
  /**
   * Of Pearson's test of the expected weights; where components overlap it is too large, never too small. Its law holds
   * where each component expects 5 samples or more.
   */
  readonly pValue: number;
}

/**
 * Mean responsibility of each component for the samples, r_k(x) = w_k N(x; m_k, s_k^2) / p(x): without bias, however much
 * components overlap, because E r_k = w_k for samples of the mixture.
 * @param x - independent samples, `[N, …]`
 * @throws ShapeError if the shapes of samples and means differ, or there is not one weight and deviation for each mean.
 * @throws ConfigError unless weights and standard deviations are positive.
 * @example
 * ```ts
 * import { tensor } from 'scorefield';
 * import { modeWeights } from 'scorefield/evaluate';
 *
 * const samples = tensor([-2.1, -1.9, 2, 2.2, 1.7], [5, 1]);
 * console.log(modeWeights(samples, { means: tensor([-2, 2], [2, 1]), stds: 0.5 }));
 * ```
 */
export function modeWeights(x: Tensor, mixture: GaussianMixture): ModeWeights {
  const { means } = mixture;
  const [n, components, size] = [batchOf(x), batchOf(means), sampleSize(means)];
  expectShape(x, [undefined, ...means.shape.slice(1)], 'x');
  const logWeights = normalizedLogs(mixture.weights, components);
  const spread = spreadOf(mixture);
  const perComponent = spread.length / components; // 1 or D
  checkOptions([spread.every((std) => std > 0), 'stds', 'expected positive numbers']);
  const stdOf = (k: number, j: number): number => (perComponent === 1 ? spread[k]! : spread[k * size + j]!);
  const expected = Array.from(logWeights, Math.exp);
  const logTerm = (i: number, k: number): number => {
    let sum = logWeights[k]!;
    for (let j = 0; j < size; j++) {
      const std = stdOf(k, j);
      sum -= ((x.data[i * size + j]! - means.data[k * size + j]!) / std) ** 2 / 2 + Math.log(std);
    }
    return sum;
  };
  const shares = expected.map(() => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const logs = expected.map((_, k) => logTerm(i, k));
    const largest = Math.max(...logs);
    const total = logs.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    logs.forEach((value, k) => (shares[k]![i] = Math.exp(value - largest) / total));
  }
  const found = shares.map(meanEstimate);
  // The covariance of responsibilities is at most that of the labels they are means of, whose law is Pearson's.
  const { pValue } = chiSquareTest(
    found.map(({ value }) => n * value),
    expected,
  );
  return { found, expected, pValue };
}
