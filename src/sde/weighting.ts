/** @file Weights of the denoising loss over time, and the times at which it is taken. */
import { checkOptions, positive } from '../base/check.ts';
import { noiseRatio, timeOfNoiseRatio } from './noise-ratio.ts';
import { probit } from './probit.ts';
import type { Sde } from './sde.ts';

/**
 * The factor lambda(t) of the loss lambda(t) ||s(x_t, t) - grad log p(x_t | x_0)||^2.
 * @see Song et al. 2021, eq. 7
 */
export type Weighting = (t: number) => number;

/** Quantile function of the training times: a uniform number of (0, 1) to a time. */
export type TimeDistribution = (u: number) => number;

/**
 * lambda = sigma^2, under which the loss is ||sigma s + z||^2 and every noise level counts alike.
 * @see Song and Ermon 2019, section 4.2
 */
export function sigmaSquaredWeighting(sde: Sde): Weighting {
  return (t) => sde.sigma(t) ** 2;
}

/**
 * lambda = g^2, under which half the loss bounds the negative log likelihood up to a constant.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", theorem 1
 */
export function likelihoodWeighting(sde: Sde): Weighting {
  return (t) => sde.g(t) ** 2;
}

/**
 * EDM's weight: the published (r^2 + sigmaData^2) / (r sigmaData)^2 of ||D - x_0||^2 with r = sigma / alpha, times
 * sigma^4 / alpha^2 since s - grad log p(x_t | x_0) = alpha (D - x_0) / sigma^2.
 *
 * It is 1 / out^2 of `edmParametrization`, so that the network's own targets count alike at all times.
 * @param options.sigmaData - standard deviation of the scaled data
 * @throws ConfigError unless sigmaData > 0.
 * @see Karras et al. 2022, eq. 8 and appendix B.6
 */
export function edmWeighting(sde: Sde, { sigmaData = 0.5 }: { readonly sigmaData?: number } = {}): Weighting {
  checkOptions(positive('sigmaData', sigmaData));
  return (t) => {
    const signal = (sde.alpha(t) * sigmaData) ** 2;
    const noise = sde.sigma(t) ** 2;
    return (noise * (noise + signal)) / signal;
  };
}

/** Times uniform over [tMin, tMax]. */
export function uniformTimes(sde: Sde): TimeDistribution {
  return (u) => sde.tMin + u * (sde.tMax - sde.tMin);
}

/**
 * Times whose noise ratio sigma / alpha is log-normal, brought to the nearer end where they leave [tMin, tMax].
 * @param options.mean - of log(sigma / alpha)
 * @param options.std - of log(sigma / alpha)
 * @throws ConfigError unless std > 0 and mean is finite.
 * @see Karras et al. 2022, table 1
 */
export function logNormalTimes(
  sde: Sde,
  { mean = -1.2, std = 1.2 }: { readonly mean?: number; readonly std?: number } = {},
): TimeDistribution {
  checkOptions([Number.isFinite(mean), 'mean', `expected a finite number, got ${mean}`], positive('std', std));
  return (u) => timeOfNoiseRatio(sde, Math.exp(mean + std * probit(u)));
}

/**
 * Times uniform in log(sigma / alpha), whose density is in proportion to g^2 / sigma^2: since
 * g^2 / sigma^2 = 2 d log(sigma / alpha) / dt for every affine SDE, the loss with weights sigma^2 at these times is, up to
 * the factor `likelihoodNormalizer`, the loss with weights g^2 at uniform times, with less variance.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", section 5.1
 */
export function importanceTimes(sde: Sde): TimeDistribution {
  const low = Math.log(noiseRatio(sde, sde.tMin));
  const high = Math.log(noiseRatio(sde, sde.tMax));
  return (u) => timeOfNoiseRatio(sde, Math.exp(low + u * (high - low)));
}

/** Z, the integral of g^2 / sigma^2 over [tMin, tMax]. */
export function likelihoodNormalizer(sde: Sde): number {
  return 2 * Math.log(noiseRatio(sde, sde.tMax) / noiseRatio(sde, sde.tMin));
}
