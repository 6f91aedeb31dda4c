/** @file The variational bound of the reverse SDE in continuous time. */
import { dotPerSample } from '../base/arith.ts';
import { checkOptions, positiveInteger } from '../base/check.ts';
import { foldIn } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { batchOf, sampleSize, type Tensor } from '../base/tensor.ts';
import { priorDivergence } from '../sde/reverse-chain.ts';
import { importanceTimes, likelihoodNormalizer } from '../sde/learning/weighting.ts';
import { meanPerSample } from './bits-per-dim.ts';
import { denoise, type BoundRequest, type VariationalBound } from './denoising-error.ts';

/** Times at which each draw looks unless another number is given. */
export const defaultTimes = 32;

/** Options of `continuousBound`. */
export interface ContinuousBoundOptions {
  /** Times at which each draw looks, 32 by default: one in each of as many equal parts of log(sigma / alpha). */
  readonly times?: number;
  /** Independent estimates, 1 by default; two or more show their error. */
  readonly draws?: number;
}

/**
 * Lower bound of the log density of samples under the reverse SDE of a score that begins in the prior and ends at tMin,
 * followed by the Gaussian N(x_0; Tweedie's mean, sigma^2 / alpha^2) at tMin:
 * log p(x_0) >= -KL(q(x_tMax | x_0) || prior) - 1/2 int g^2 E ||s - grad log q(x_t | x_0)||^2 dt + E log p(x_0 | x_tMin).
 *
 * With e(t) = ||sigma s + z||^2 the integral is Z E e at the times of `importanceTimes`, and the last term is
 * -D/2 log(2 pi sigma^2 / alpha^2) - e(tMin) / 2. In expectation this is the published form with its prior, divergence and
 * reconstruction terms; what is known in closed form is not estimated. For the exact score it is tight up to the last term, whose
 * Gaussian is the true one as sigma(tMin) goes to zero.
 * @param x0 - `[B, …]`, in the model's range
 * @throws ShapeError unless there is one key per sample.
 * @throws ConfigError unless times and draws are positive integers.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", theorem 3
 */
export async function continuousBound(
  request: BoundRequest,
  x0: Tensor,
  { times = defaultTimes, draws = 1 }: ContinuousBoundOptions = {},
): Promise<VariationalBound> {
  checkOptions(positiveInteger('times', times), positiveInteger('draws', draws));
  const { sde, keys } = request;
  const [batch, size] = [batchOf(x0), sampleSize(x0)];
  const timeAt = importanceTimes(sde);
  const weight = likelihoodNormalizer(sde) / times;
  const width = (sde.sigma(sde.tMin) / sde.alpha(sde.tMin)) ** 2;
  const prior = dotPerSample(x0, x0).map((squares) => priorDivergence(sde, sde.tMax, { squares, size }));
  const byDraw = new Float64Array(batch * draws);
  for (let m = 0; m < draws; m++) {
    const own = { ...request, keys: keys.map((key) => foldIn(key, m)) };
    const add = (i: number, nats: number): void => {
      byDraw[i * draws + m] = (byDraw[i * draws + m] ?? 0) + nats;
    };
    const places = own.keys.map((key) => uniform(foldIn(key, 'times'), times));
    for (let k = 0; k < times; k++) {
      const t = places.map((u) => timeAt((k + (u[k] ?? 0)) / times));
      (await denoise(own, x0, t, `noise.${k}`)).squares.forEach((e, i) => add(i, -0.5 * weight * e));
    }
    const start = keys.map(() => sde.tMin);
    const last = await denoise(own, x0, start, 'reconstruction');
    last.squares.forEach((e, i) => add(i, -0.5 * (e + size * Math.log(2 * Math.PI * width)) - (prior[i] ?? 0)));
  }
  return {
    lowerBoundNats: meanPerSample(byDraw, batch),
    byDrawNats: { shape: [batch, draws], data: byDraw },
    evals: keys.map(() => draws * (times + 1)),
  };
}
