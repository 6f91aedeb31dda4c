/** @file How well noise is predicted at each noise level, beside what is known without training, and where a network memorizes. */
import { combine, dotPerSample } from '../base/arith.ts';
import { sampleSize, type Tensor } from '../base/tensor.ts';
import type { ScoreFn } from '../sde/score-fn.ts';
import type { Sde } from '../sde/sde.ts';
import { geometricTimes } from '../sde/time/discrete-times.ts';
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import { meanEstimate, type Estimate } from './estimate.ts';

/** A noise level. */
export interface NoiseLevel {
  readonly t: number;
  /** sigma / alpha at t. */
  readonly noiseRatio: number;
}

/**
 * Noise levels from tEnd to tMax, evenly spaced in log(sigma / alpha); of a discrete model the nearest of its own, each once.
 * @param count - 2 or more
 */
export function noiseLevels(sde: Sde, count: number): readonly NoiseLevel[] {
  const times = geometricTimes(sde, count);
  const { levels } = sde;
  const log = (t: number): number => Math.log(noiseRatio(sde, t));
  const own = times.map(
    (t) =>
      levels?.reduce((best, level) => (Math.abs(log(level) - log(t)) < Math.abs(log(best) - log(t)) ? level : best)) ??
      t,
  );
  return [...new Set(own)].map((t) => ({ t, noiseRatio: noiseRatio(sde, t) }));
}

/**
 * ||z - z'||^2 / D of each sample, where z' = -sigma s(alpha x_0 + sigma z, t) is the noise that a score predicts.
 * @param options.x0 - `[B, …]`
 * @param options.z - its noise, shaped like `x0`
 */
export async function noiseErrors(
  { sde, score }: { readonly sde: Sde; readonly score: ScoreFn },
  { x0, z }: { readonly x0: Tensor; readonly z: Tensor },
  t: number,
): Promise<Float64Array> {
  const [alpha, sigma] = [sde.alpha(t), sde.sigma(t)];
  const error = combine([sigma, await score(combine([alpha, x0], [sigma, z]), t)], [1, z]);
  return dotPerSample(error, error).map((square) => square / sampleSize(x0));
}

/** Errors of predicted noise at one level, of each sample. The first three are of the same samples with the same noise. */
export interface LevelErrors extends NoiseLevel {
  readonly network: Float64Array;
  readonly linear: Float64Array;
  readonly empirical: Float64Array;
  /** Of samples that the network was trained on; undefined where the others are such. */
  readonly training?: Float64Array | undefined;
}

/** How a network stands at one noise level: errors E||z - z'||^2 / D of predicted noise, with standard errors. */
export interface LevelReport extends NoiseLevel {
  readonly network: Estimate;
  /** Of the best linear score: the Wiener filter of the covariance of the data. */
  readonly linear: Estimate;
  /** Of the empirical score of the training data: of a network that had memorized them and learned nothing else. */
  readonly empirical: Estimate;
  /** Which of the two is the ceiling: the smaller one. */
  readonly ceiling: 'linear' | 'empirical';
  /** The error of the network over the ceiling, less 1, paired: above 0 the network is worse than a closed form. */
  readonly excess: Estimate;
  /** Of samples that the network was trained on. */
  readonly training: Estimate | undefined;
  /** The error of new samples less that of `training`. */
  readonly gap: Estimate | undefined;
}

/** Statistics of the errors at one level. */
export function levelReport({ t, noiseRatio, ...errors }: LevelErrors): LevelReport {
  const [network, linear, empirical] = [errors.network, errors.linear, errors.empirical].map(meanEstimate) as [
    Estimate,
    Estimate,
    Estimate,
  ];
  const ceiling = linear.value <= empirical.value ? 'linear' : 'empirical';
  const [value, least] = [network.value, Math.min(linear.value, empirical.value)];
  const ratio = value / least;
  // The error of a ratio of means is that of the mean of (a - ratio b) / mean(b).
  const { standardError } = meanEstimate(
    errors.network.map((error, i) => (error - ratio * errors[ceiling][i]!) / least),
  );
  const training = errors.training && meanEstimate(errors.training);
  return {
    ...{ t, noiseRatio, network, linear, empirical, ceiling, training },
    excess: { value: ratio - 1, standardError },
    gap: training && {
      value: value - training.value,
      standardError: Math.hypot(network.standardError, training.standardError),
    },
  };
}

/** Standard errors at which a difference is taken for one. */
const significant = 3;

/** Whether an estimate is above zero by more than its error explains. */
export function isAboveZero({ value, standardError }: Estimate): boolean {
  return value > significant * standardError;
}

/**
 * The largest noise ratio at which a network predicts the noise of samples of its training better than that of new ones, by more than three
 * standard errors: from there down it memorizes. Undefined where it nowhere does.
 */
export function memorizesFrom(levels: readonly LevelReport[]): number | undefined {
  const found = levels.filter(({ gap }) => gap !== undefined && isAboveZero(gap)).map(({ noiseRatio: ratio }) => ratio);
  return found.length === 0 ? undefined : Math.max(...found);
}
