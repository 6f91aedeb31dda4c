/** @file The tables of the discrete-time models whose limits the VE and VP SDEs are. */
import { above, checkOptions, positive, positiveInteger } from '../base/check.ts';

/** Options of `smldSigmas`. */
export interface SmldOptions {
  readonly sigmaMin?: number;
  readonly sigmaMax?: number;
  readonly levels?: number;
}

/**
 * The noise levels of SMLD (NCSN), a geometric sequence from sigmaMin up to sigmaMax.
 * @throws ConfigError unless 0 < sigmaMin < sigmaMax and there are two levels or more.
 * @see Song and Ermon 2019, "Generative modeling by estimating gradients of the data distribution"
 */
export function smldSigmas({ sigmaMin = 0.01, sigmaMax = 50, levels = 1000 }: SmldOptions = {}): Float64Array {
  checkOptions(
    positive('sigmaMin', sigmaMin),
    above('sigmaMax', sigmaMax, ['sigmaMin', sigmaMin]),
    positiveInteger('levels', levels),
    above('levels', levels, ['the constant', 1]),
  );
  const growth = Math.log(sigmaMax / sigmaMin) / (levels - 1);
  return Float64Array.from({ length: levels }, (_, i) => sigmaMin * Math.exp(i * growth));
}

/** Options of `ddpmTables`. */
export interface DdpmOptions {
  /** Noise rate at t = 0 of the VP SDE that the chain approximates. */
  readonly betaMin?: number;
  /** Noise rate at t = 1. */
  readonly betaMax?: number;
  readonly steps?: number;
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
 * The DDPM chain x_i = sqrt(1 - beta_i) x_{i-1} + sqrt(beta_i) z with beta linear from betaMin / steps to betaMax / steps.
 * @throws ConfigError unless 0 < betaMin < betaMax < steps: a beta of 1 or more leaves nothing of the data.
 * @see Ho et al. 2020, "Denoising diffusion probabilistic models", eq. 2 to 7
 */
export function ddpmTables({ betaMin = 0.1, betaMax = 20, steps = 1000 }: DdpmOptions = {}): DdpmTables {
  checkOptions(
    positive('betaMin', betaMin),
    above('betaMax', betaMax, ['betaMin', betaMin]),
    positiveInteger('steps', steps),
    [
      steps > Math.max(1, betaMax),
      'steps',
      `expected more than betaMax = ${betaMax} steps (and 2 or more), so that every beta_i is below 1, got ${steps}`,
    ],
  );
  const beta = Float64Array.from(
    { length: steps },
    (_, i) => (betaMin + (i / (steps - 1)) * (betaMax - betaMin)) / steps,
  );
  let logAlphaBar = 0;
  let noiseBefore = 0; // 1 - alphaBar of the step before
  const alphaBar = new Float64Array(steps);
  const posteriorVariance = new Float64Array(steps);
  beta.forEach((b, i) => {
    logAlphaBar += Math.log1p(-b);
    const noise = -Math.expm1(logAlphaBar);
    alphaBar[i] = Math.exp(logAlphaBar);
    posteriorVariance[i] = (b * noiseBefore) / noise;
    noiseBefore = noise;
  });
  return { beta, alphaBar, posteriorVariance };
}
