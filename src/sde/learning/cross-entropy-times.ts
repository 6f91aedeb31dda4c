/**
 * @file At which times the cross entropy of latents and their score is estimated, and with which weights: the integral of g^2 / (2 sigma^2) ||z - z'||^2 over
 * time, of the noise z and what is predicted of it, for the encoder, and the same or a gentler one for the score.
 */
import { mapInto } from '../../base/map-into.ts';
import { noiseRatio, timeOfNoiseRatio } from '../time/noise-ratio.ts';
import type { Sde } from '../sde.ts';
import { importanceTimes, likelihoodNormalizer, uniformTimes, type TimeDistribution } from './weighting.ts';

/** Times of an estimate of the cross entropy, and the weights of ||z - z'||^2 there. */
export interface CrossEntropyTimes {
  readonly at: TimeDistribution;
  /** For the cross entropy itself: g^2 / (2 sigma^2) over the density of the times. */
  readonly entropy: (t: number) => number;
  /** For the network of the score. */
  readonly score: (t: number) => number;
}

/** Variance of the noise in a state whose signal and noise have the variance 1 together: sigma^2 of a VP process. */
function noiseShare(sde: Sde, t: number): number {
  const [signal, noise] = [sde.alpha(t) ** 2, sde.sigma(t) ** 2];
  return noise / (signal + noise);
}

/** Half of d log(sigma^2 / alpha^2) / dt. */
const rate = (sde: Sde, t: number): number => sde.g(t) ** 2 / (2 * sde.sigma(t) ** 2);

/** g^2 / (2 sigma^2) at uniform times, for both. */
function likelihoodUniform(sde: Sde): CrossEntropyTimes {
  const entropy = (t: number): number => (sde.tMax - sde.tMin) * rate(sde, t);
  return { at: uniformTimes(sde), entropy, score: entropy };
}

/** One weight for both, at times uniform in log(sigma / alpha). */
function likelihoodImportance(sde: Sde): CrossEntropyTimes {
  const weight = likelihoodNormalizer(sde) / 2;
  return { at: importanceTimes(sde), entropy: () => weight, score: () => weight };
}

/**
 * For the score the loss whose weight is 1 at uniform times, at times whose density falls with the share of the signal, 1 - s^2 for the share s^2 of the noise: of a VP process exp(-B) with
 * the integral B of its rate. The normalizer is the integral of that density itself; the closed form of the released code has b0 in the place of b0^2, and is 0.2 % too large.
 */
function unweighted(sde: Sde): CrossEntropyTimes {
  const { at, total } = byShareOfSignal(sde);
  const score = (t: number): number => total / (1 - noiseShare(sde, t));
  return { at, score, entropy: (t) => score(t) * rate(sde, t) };
}

/** For the score g^2 / 2 of a VP process, without the division by sigma^2, at times uniform in the share s^2 of the noise. */
function withoutVariance(sde: Sde): CrossEntropyTimes {
  const [low, high] = [noiseShare(sde, sde.tMin), noiseShare(sde, sde.tMax)];
  const score = (t: number): number => (high - low) / (2 * (1 - noiseShare(sde, t)));
  return {
    at: (u) => {
      const share = low + u * (high - low);
      return timeOfNoiseRatio(sde, Math.sqrt(share / (1 - share)));
    },
    score,
    entropy: (t) => score(t) / noiseShare(sde, t),
  };
}

/** Pieces of the integral of 1 - s^2, which are even in the angle arctan(sigma / alpha): its error falls with their square. */
const pieces = 4096;

function byShareOfSignal(sde: Sde): { readonly at: TimeDistribution; readonly total: number } {
  const [low, high] = [sde.tMin, sde.tMax].map((t) => Math.atan(noiseRatio(sde, t))) as [number, number];
  const times = mapInto(new Float64Array(pieces + 1), new Float64Array(pieces + 1), (_, i) =>
    timeOfNoiseRatio(sde, Math.tan(low + (i / pieces) * (high - low))),
  );
  const sums = new Float64Array(pieces + 1);
  for (let i = 1; i <= pieces; i++) {
    const [from, to] = [times[i - 1] ?? NaN, times[i] ?? NaN];
    sums[i] = (sums[i - 1] ?? NaN) + (to - from) * (1 - (noiseShare(sde, from) + noiseShare(sde, to)) / 2);
  }
  const total = sums[pieces] ?? NaN;
  const at = (u: number): number => {
    const wanted = u * total;
    let [below, above] = [0, pieces];
    while (above - below > 1) {
      const middle = (below + above) >> 1;
      if ((sums[middle] ?? NaN) <= wanted) below = middle;
      else above = middle;
    }
    const [first, last] = [sums[below] ?? NaN, sums[above] ?? NaN];
    const share = last > first ? (wanted - first) / (last - first) : 0;
    return (times[below] ?? NaN) + share * ((times[above] ?? NaN) - (times[below] ?? NaN));
  };
  return { at, total };
}

/**
 * The estimates by the names that they were published under; all have the same mean of `entropy` times the errors.
 * @see Vahdat, Kreis and Kautz 2021, "Score-based generative modeling in latent space", table 1 and appendix G
 */
export const crossEntropyTimes = Object.freeze({
  'll-uniform': likelihoodUniform,
  'll-iw': likelihoodImportance,
  'drop-all-iw': unweighted,
  'drop-sigma2-iw': withoutVariance,
});

/** The name of an estimate of the cross entropy. */
export type CrossEntropyKind = keyof typeof crossEntropyTimes;

/**
 * What the cross entropy has besides the integral, in nats of a number z of a latent: that of the noise at tMin, (1 + log(2 pi sigma^2)) / 2, and the divergence of what is left at tMax from
 * the prior, as `constant + square z^2`.
 */
export function crossEntropyEnds(sde: Sde): { readonly constant: number; readonly square: number } {
  const { tMin, tMax, priorStd } = sde;
  const noise = (1 + Math.log(2 * Math.PI * sde.sigma(tMin) ** 2)) / 2;
  const left = sde.sigma(tMax) / priorStd;
  return {
    constant: noise + (left ** 2 - 1) / 2 - Math.log(left),
    square: (sde.alpha(tMax) / priorStd) ** 2 / 2,
  };
}
