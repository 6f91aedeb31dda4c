/** @file How noisy gradients are: the batch above which larger ones hardly make steps better. */
import { checkOptions } from '../base/check.ts';
import { meanEstimate, jackknifeError, type Estimate } from './estimate.ts';

/** Squared norms of two gradients of half a batch each, and of their mean. */
export interface GradientNorms {
  readonly halves: readonly [number, number];
  readonly whole: number;
}

/** Squared norms of the gradient of a batch, and of its equal parts in the mean. */
export interface PartNorms {
  readonly whole: number;
  readonly part: number;
}

/** What the gradients of a batch say of its gradient's size and noise. */
export interface SignalAndNoise {
  readonly signal: number;
  readonly noise: number;
}

/**
 * |G|^2 = (p |G_B|^2 - |G_{B/p}|^2) / (p - 1) and tr(Sigma) = B (|G_{B/p}|^2 - |G_B|^2) / (p - 1), both without bias, of a batch of B samples in p parts.
 * @param norms - with the mean of |G_{B/p}|^2 over the parts
 * @param parts - p, at least 2
 * @see McCandlish et al. 2018, "An empirical model of large-batch training", appendix A.1
 */
export function signalAndNoise({ whole, part }: PartNorms, batch: number, parts: number): SignalAndNoise {
  return { signal: (parts * whole - part) / (parts - 1), noise: (batch * (part - whole)) / (parts - 1) };
}

/** The gradient noise scale. */
export interface GradientNoise {
  /** |G|^2 of the gradient of all data. */
  readonly signal: Estimate;
  /** tr(Sigma), the variance of the gradient of one sample. */
  readonly noise: Estimate;
  /** B_simple = tr(Sigma) / |G|^2, in samples, with its standard error by the jackknife. */
  readonly scale: Estimate;
}

/**
 * The noise scale from pairs of gradients of half a batch, independent from pair to pair, by `signalAndNoise` of each; both are averaged apart, as their ratio has a
 * bias.
 * @param batch - B
 * @throws ConfigError unless there are two pairs or more.
 * @see McCandlish et al. 2018, "An empirical model of large-batch training", appendix A.1
 */
export function gradientNoise(pairs: readonly GradientNorms[], batch: number): GradientNoise {
  checkOptions([pairs.length >= 2, 'pairs', `expected 2 or more, got ${pairs.length}`]);
  const both = pairs.map(({ halves: [a, b], whole }) => signalAndNoise({ whole, part: (a + b) / 2 }, batch, 2));
  const mean = (of: 'signal' | 'noise', without = -1): number =>
    meanEstimate(both.filter((_, i) => i !== without).map((one) => one[of])).value;
  const left = Float64Array.from(both, (_, i) => mean('noise', i) / mean('signal', i));
  return {
    signal: meanEstimate(both.map(({ signal }) => signal)),
    noise: meanEstimate(both.map(({ noise }) => noise)),
    scale: { value: mean('noise') / mean('signal'), standardError: jackknifeError(left) },
  };
}
