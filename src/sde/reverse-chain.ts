/** @file The discrete reverse process of DDPM on the marginals of any affine SDE. */
import type { Sde } from './sde.ts';
import { transition } from './transition.ts';

/**
 * One step of the reverse chain, from x at time t to the state before it; for the first step, t_1, that is the data.
 * With a = alpha(t) / alpha(before) and v = sigma(t)^2 - a^2 sigma(before)^2, its mean is x / a + gain (sigma s).
 */
export interface ReverseStep {
  readonly t: number;
  /** v / (a sigma(t)). */
  readonly gain: number;
  /** Variance of the state before given x and the data, v sigma(before)^2 / sigma(t)^2: 0 for the first step. */
  readonly posterior: number;
  /** log of the small variance: the posterior's, and for the first step that of the second. */
  readonly logSmall: number;
  /** log of the large variance: v, and for the first step that of the noise of x / a, sigma(t)^2 / alpha(t)^2. */
  readonly logLarge: number;
}

/**
 * The reverse steps of x_T, ..., x_1 and the data, which stand at times t_T > ... > t_1 and 0.
 *
 * Where variances are fixed, the first step decodes with its large one whatever the others take, which is that of the data
 * given x_1 as the noise goes to zero. The released code of DDPM takes its small one, about half of that, which has no limit
 * for finer grids, and beta_1 = (1 - beta_1) sigma^2 / alpha^2 as the large end of a learned variance.
 * @param times - ascending, two or more
 * @returns one step per time, in the same order
 * @see Ho et al. 2020, eq. 6 and 7, and code for the first step; Nichol and Dhariwal 2021, section 3.1
 */
export function reverseChain(sde: Sde, times: readonly number[]): readonly ReverseStep[] {
  const parts = times.map((t, i) => {
    const before = times[i - 1];
    const sigma = sde.sigma(t);
    const { factor, variance } =
      before === undefined
        ? { factor: sde.alpha(t), variance: sigma ** 2 }
        : transition(sde, { earlier: before, later: t });
    const posterior = before === undefined ? 0 : variance * (sde.sigma(before) / sigma) ** 2;
    return { t, gain: variance / (factor * sigma), posterior, variance };
  });
  return parts.map(({ variance, ...step }, i) => ({
    ...step,
    logSmall: Math.log(i === 0 ? (parts[1]?.posterior ?? variance) : step.posterior),
    logLarge: i === 0 ? 2 * Math.log(step.gain) : Math.log(variance),
  }));
}

/**
 * The divergence of x_t given the data from the prior, KL(N(alpha x_0, sigma^2) || N(0, priorStd^2)), in nats.
 * @param sde - the process
 * @param t - time of x_t
 * @param sample - `squares`: ||x_0||^2; `size`: numbers of a sample
 * @see Ho et al. 2020, eq. 5, L_T
 */
export function priorDivergence(
  sde: Sde,
  t: number,
  { squares, size }: { readonly squares: number; readonly size: number },
): number {
  const ratio = (sde.sigma(t) / sde.priorStd) ** 2;
  return 0.5 * (size * (ratio - 1 - Math.log(ratio)) + squares * (sde.alpha(t) / sde.priorStd) ** 2);
}
