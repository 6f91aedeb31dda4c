/** @file Weights of the denoising loss over time, and the times at which it is taken. */
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { indexOf } from '../../base/random.ts';
import { noiseLevel, noiseRatio, timeOfNoiseRatio } from '../time/noise-ratio.ts';
import { probit } from '../../base/probit.ts';
import type { Sde } from '../sde.ts';

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
 * @param sde - the process
 * @param options - `sigmaData`: standard deviation of the scaled data; default 0.5
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

/**
 * The lambda of a loss on the data, weight(SNR) ||D - x_0||^2 with SNR = alpha^2 / sigma^2: since
 * D - x_0 = sigma^2 (s - grad log p(x_t | x_0)) / alpha, it is weight(SNR) sigma^4 / alpha^2. The weight SNR is lambda = sigma^2.
 * @param weight - 1 by default
 * @see Salimans and Ho 2022, "Progressive distillation for fast sampling of diffusion models", section 4
 */
export function dataWeighting(sde: Sde, weight: (snr: number) => number = () => 1): Weighting {
  return (t) => weight(noiseRatio(sde, t) ** -2) * (sde.sigma(t) * noiseRatio(sde, t)) ** 2;
}

/**
 * The weight min(SNR, gamma) of ||D - x_0||^2: that of the noise's error, but no more than gamma close to the data.
 * @throws ConfigError unless gamma > 0.
 * @see Hang et al. 2023, "Efficient diffusion training via min-SNR weighting strategy", section 3.4
 */
export function minSnrWeighting(sde: Sde, { gamma = 5 }: { readonly gamma?: number } = {}): Weighting {
  checkOptions(positive('gamma', gamma));
  return dataWeighting(sde, (snr) => Math.min(snr, gamma));
}

/**
 * The weight max(SNR, 1) of ||D - x_0||^2: the larger of the errors of noise and data.
 * @see Salimans and Ho 2022, section 4
 */
export function truncatedSnrWeighting(sde: Sde): Weighting {
  return dataWeighting(sde, (snr) => Math.max(snr, 1));
}

/**
 * The weight SNR + 1 of ||D - x_0||^2, under which the loss is the squared error of v, the output under `vPrediction`.
 * @see Salimans and Ho 2022, section 4 and appendix D
 */
export function vWeighting(sde: Sde): Weighting {
  return dataWeighting(sde, (snr) => snr + 1);
}

/**
 * lambda = g^4 / 4, under which the loss is the squared error of the velocity f x - g^2 s / 2: flow matching.
 * @see Lipman et al. 2023, "Flow matching for generative modeling", eq. 9
 */
export function flowMatchingWeighting(sde: Sde): Weighting {
  return (t) => sde.g(t) ** 4 / 4;
}

/** Times uniform over [tMin, tMax], or over the levels of a discrete model. */
export function uniformTimes({ tMin, tMax, levels }: Sde): TimeDistribution {
  if (levels !== undefined) return (u) => levels[indexOf(u, levels.length)] ?? tMax;
  return (u) => tMin + u * (tMax - tMin);
}

/**
 * Times whose level l = alpha / sqrt(alpha^2 + sigma^2), the square root of the published alpha-bar, is uniform within one of `segments` parts, each as likely, between the levels at evenly
 * spaced times: the levels of a chain, and all between them.
 * @param options - `segments`: 1000 by default
 * @throws ConfigError unless segments is a whole number of at least 1.
 * @see Chen et al. 2021, "WaveGrad: estimating gradients for waveform generation", section 2.2 and algorithm 1
 */
export function segmentTimes(sde: Sde, { segments = 1000 }: { readonly segments?: number } = {}): TimeDistribution {
  checkOptions(positiveInteger('segments', segments));
  const levelAt = (i: number): number => noiseLevel(sde, Math.max(sde.tMin, (sde.tMax * i) / segments));
  return (u) => {
    const place = u * segments;
    const below = Math.min(segments - 1, Math.floor(place));
    const [high, low] = [levelAt(below), levelAt(below + 1)];
    const level = high + (place - below) * (low - high);
    return timeOfNoiseRatio(sde, Math.sqrt((1 - level) * (1 + level)) / level);
  };
}

/**
 * Times whose noise ratio sigma / alpha is log-normal, brought to the nearer end where they leave [tMin, tMax].
 * @param sde - the process
 * @param options - `mean` (default -1.2) and `std` (default 1.2) of log(sigma / alpha)
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

/**
 * lambda = Z sigma^2 / (tMax - tMin): at `importanceTimes` the loss that `likelihoodWeighting` has at uniform times.
 * @see Song et al. 2021, "Maximum likelihood training of score-based diffusion models", section 5.1
 */
export function importanceWeighting(sde: Sde): Weighting {
  const factor = likelihoodNormalizer(sde) / (sde.tMax - sde.tMin);
  return (t) => factor * sde.sigma(t) ** 2;
}

/** Z, the integral of g^2 / sigma^2 over [tMin, tMax]. */
export function likelihoodNormalizer(sde: Sde): number {
  return 2 * Math.log(noiseRatio(sde, sde.tMax) / noiseRatio(sde, sde.tMin));
}
