/** @file The tables of the discrete-time models whose limits the VE and VP SDEs are. */
import { above, atLeast, checkOptions, positive, positiveInteger } from '../../base/check.ts';

/** Options of `smldSigmas`. */
export interface SigmaOptions {
  /** Smallest noise level. Default 0.01. */
  readonly sigmaMin?: number;
  /** Largest noise level. Default 50. */
  readonly sigmaMax?: number;
  /** How many noise levels. Default 1000. */
  readonly levels?: number;
}

/**
 * The noise levels of SMLD (NCSN), a geometric sequence from sigmaMin up to sigmaMax.
 * @throws ConfigError unless 0 < sigmaMin < sigmaMax and there are two levels or more.
 * @see Song and Ermon 2019, "Generative modeling by estimating gradients of the data distribution"
 */
export function smldSigmas({ sigmaMin = 0.01, sigmaMax = 50, levels = 1000 }: SigmaOptions = {}): Float64Array {
  checkOptions(
    positive('sigmaMin', sigmaMin),
    above('sigmaMax', sigmaMax, ['sigmaMin', sigmaMin]),
    positiveInteger('levels', levels),
    above('levels', levels, ['the constant', 1]),
  );
  const growth = Math.log(sigmaMax / sigmaMin) / (levels - 1);
  return Float64Array.from({ length: levels }, (_, i) => sigmaMin * Math.exp(i * growth));
}

/** Options of `linearBetas` and `quadraticBetas`. */
export interface BetaOptions {
  /** Noise rate (variance per unit of time) at t = 0 of the VP SDE that the chain approximates. Default 0.1. */
  readonly betaMin?: number;
  /** Noise rate (variance per unit of time) at t = 1. Default 20. */
  readonly betaMax?: number;
  /** Steps of the chain. Default 1000. */
  readonly steps?: number;
}

/**
 * The betas of DDPM, evenly spaced from betaMin / steps to betaMax / steps.
 * @throws ConfigError unless 0 < betaMin <= betaMax < steps: a beta of 1 or more leaves nothing of the data.
 * @see Ho et al. 2020, "Denoising diffusion probabilistic models", section 4
 */
export function linearBetas(options: BetaOptions = {}): Float64Array {
  return betas(options, (min, max, part) => min + part * (max - min));
}

/**
 * Betas whose square roots are evenly spaced from sqrt(betaMin / steps) to sqrt(betaMax / steps).
 * @throws ConfigError unless 0 < betaMin <= betaMax < steps: a beta of 1 or more leaves nothing of the data.
 * @see Ho et al. 2020, code, `beta_schedule='quad'`
 */
export function quadraticBetas(options: BetaOptions = {}): Float64Array {
  return betas(options, (min, max, part) => (Math.sqrt(min) + part * (Math.sqrt(max) - Math.sqrt(min))) ** 2);
}

function betas(
  { betaMin = 0.1, betaMax = 20, steps = 1000 }: BetaOptions,
  between: (min: number, max: number, part: number) => number,
): Float64Array {
  checkOptions(
    positive('betaMin', betaMin),
    atLeast('betaMax', betaMax, ['betaMin', betaMin]),
    positiveInteger('steps', steps),
    [
      steps > Math.max(1, betaMax),
      'steps',
      `expected more than betaMax = ${betaMax} steps (and 2 or more), so that every beta_i is below 1, got ${steps}`,
    ],
  );
  return Float64Array.from({ length: steps }, (_, i) => between(betaMin, betaMax, i / (steps - 1)) / steps);
}

/**
 * Betas whose alphaBar falls like cos((t + offset) / (1 + offset) pi / 2)^2, cut at maxBeta.
 * @param options - `steps`: length of the chain, default 1000; `offset` keeps the first betas from being tiny, default 0.008;
 * `maxBeta`: largest beta, default 0.999
 * @throws ConfigError unless there are two steps or more, offset > 0 and maxBeta is in (0, 1).
 * @see Nichol and Dhariwal 2021, "Improved denoising diffusion probabilistic models", eq. 17
 */
export function cosineBetas({
  steps = 1000,
  offset = 0.008,
  maxBeta = 0.999,
}: {
  readonly steps?: number;
  readonly offset?: number;
  readonly maxBeta?: number;
} = {}): Float64Array {
  checkOptions(
    positiveInteger('steps', steps),
    above('steps', steps, ['the constant', 1]),
    positive('offset', offset),
    [maxBeta > 0 && maxBeta < 1, 'maxBeta', `expected 0 to 1, both excluded, got ${maxBeta}`],
  );
  const angle = (i: number): number => ((i / steps + offset) / (1 + offset)) * (Math.PI / 2);
  return Float64Array.from({ length: steps }, (_, i) => {
    const [before, after] = [angle(i), angle(i + 1)];
    // 1 - cos(after)^2 / cos(before)^2 without its cancellation.
    return Math.min(maxBeta, (Math.sin(after - before) * Math.sin(after + before)) / Math.cos(before) ** 2);
  });
}

/** One entry per step of the chain, from data to noise. */
export interface DdpmTables {
  /** Variance that the step adds. */
  readonly beta: Float64Array;
  /** Product of 1 - beta up to and with the step: the square of alpha. */
  readonly alphaBar: Float64Array;
  /** Variance of the state before the step given the state after it and the data. */
  readonly posteriorVariance: Float64Array;
}

/**
 * The DDPM chain x_i = sqrt(1 - beta_i) x_{i-1} + sqrt(beta_i) z, of `linearBetas` by default.
 * @param betas - one per step
 * @throws ConfigError unless there are two betas or more, each above 0 and below 1.
 * @see Ho et al. 2020, "Denoising diffusion probabilistic models", eq. 2 to 7
 */
export function ddpmTables(betas: ArrayLike<number> = linearBetas()): DdpmTables {
  const beta = Float64Array.from(betas);
  const wrong = beta.findIndex((b) => !(b > 0 && b < 1));
  checkOptions(
    [beta.length > 1, 'betas', `expected 2 or more, got ${beta.length}`],
    [wrong < 0, 'betas', `expected numbers above 0 and below 1, got ${beta[wrong]} at ${wrong}`],
  );
  let logAlphaBar = 0;
  let noiseBefore = 0; // 1 - alphaBar of the step before
  const alphaBar = new Float64Array(beta.length);
  const posteriorVariance = new Float64Array(beta.length);
  beta.forEach((b, i) => {
    logAlphaBar += Math.log1p(-b);
    const noise = -Math.expm1(logAlphaBar);
    alphaBar[i] = Math.exp(logAlphaBar);
    posteriorVariance[i] = (b * noiseBefore) / noise;
    noiseBefore = noise;
  });
  return { beta, alphaBar, posteriorVariance };
}
