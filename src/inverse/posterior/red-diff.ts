/** @file RED-diff: one likely solution, found by optimization with the score as regularizer. */
import { combine, map, meanOfEach } from '../../base/arith.ts';
import { atLeast, checkOptions, positive } from '../../base/check.ts';
import { normalBatch } from '../../base/random.ts';
import { zeros, type Tensor } from '../../base/tensor.ts';
import { alongGrid, foldAll, type TimeGridOptions } from '../../sample/along-grid.ts';
import { noiseRatio } from '../../sde/time/noise-ratio.ts';
import { suitedGrid } from '../../sde/time/time-grid.ts';
import { scoreAndDenoised } from '../guidance/denoised.ts';
import { measured, type Measurement } from '../measurement.ts';
import { countProblem, type PosteriorSampler } from '../problem.ts';

/** Options of `redDiff`. */
export interface RedDiffOptions extends Omit<TimeGridOptions, 'denoiseLast'> {
  /** Learning rate of Adam, in the units of x. Default 0.1. */
  readonly rate?: number;
  /** lambda: the weight of the prior against the misfit; 0 leaves the misfit alone. Default 0.25. */
  readonly priorWeight?: number;
}

/**
 * Adam on mu, along the times of a grid, with the gradient - A^T (y - A mu) + lambda sigma / alpha (z' - z), where
 * z' = - sigma s(alpha mu + sigma z) is what the score takes for the noise z. Takes operators that are not linear.
 *
 * A mode of the posterior rather than a sample: seeds hardly differ, and the noise of y is not asked for, lambda stands
 * for it. It begins at the denoised estimate of a draw at tMax, the mean of the data, where the published code begins at
 * A+ y, in which small singular values are noise.
 * @throws ConfigError unless steps is a positive integer, rate positive and priorWeight at least 0.
 * @see Mardani et al. 2024, "A variational perspective on solving inverse problems with diffusion models", algorithm 1
 */
export function redDiff(options: RedDiffOptions = {}): PosteriorSampler {
  const { steps = 1000, grid = suitedGrid, rate = 0.1, priorWeight = 0.25 } = options;
  checkOptions(positive('rate', rate), atLeast('priorWeight', priorWeight, ['the constant', 0]));
  return async function* ({ shape, keys, ...request }) {
    const { problem, evals } = countProblem(request, keys.length);
    const { sde, measurement } = problem;
    const { operator } = measurement;
    const optimize = alongGrid({ steps, grid, denoiseLast: false }, (run) => {
      const descend = adam(rate);
      return async (x, { index, from, to }) => {
        const mu = index === 0 ? (await scoreAndDenoised(problem, { x, t: from })).denoised : x;
        const z = normalBatch(foldAll(run.keys, index), shape);
        const score = await problem.score(combine([sde.alpha(to), mu], [sde.sigma(to), z]), to);
        const misfit = misfitOf(measurement, mu);
        const weight = priorWeight * noiseRatio(sde, to);
        const gradient = combine([-1, operator.vjp(mu, misfit)], [-weight * sde.sigma(to), score], [-weight, z]);
        const next = descend(mu, gradient);
        return { x: next, mean: next };
      };
    });
    const result = yield* optimize({ sde, score: problem.score, shape, keys });
    return { ...result, evals: evals() };
  };
}

/** y - A mu; of counts the gradient of their log-likelihood, times the mean of their variances, which is that for equal ones. */
function misfitOf(measurement: Measurement, mu: Tensor): Tensor {
  const [y, clean] = [measured(measurement, mu), measurement.operator.apply(mu)];
  const { noise } = measurement;
  if (noise === undefined) return combine([1, y], [-1, clean]);
  return combine([meanOfEach(noise.varianceOf(y)), noise.gradient(y, clean)]);
}

/** Adam with the published decay rates of the method; it remembers the moments of the gradients. */
function adam(rate: number): (x: Tensor, gradient: Tensor) => Tensor {
  const [beta1, beta2] = [0.9, 0.99];
  let step = 0;
  let first: Tensor | undefined;
  let second: Tensor | undefined;
  return (x, gradient) => {
    step++;
    first = combine([beta1, first ?? zeros(x.shape)], [1 - beta1, gradient]);
    second = combine([beta2, second ?? zeros(x.shape)], [1 - beta2, map(gradient, (g) => g * g)]);
    const squares = second.data;
    const [rest1, rest2] = [1 - beta1 ** step, 1 - beta2 ** step];
    const direction = map(first, (m, i) => m / rest1 / (Math.sqrt((squares[i] ?? 0) / rest2) + 1e-8));
    return combine([1, x], [-rate, direction]);
  };
}
