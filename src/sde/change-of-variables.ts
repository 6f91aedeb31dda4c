/** @file The score of one SDE from the score of another: x / alpha has the same law wherever sigma / alpha is the same. */
import { scale } from '../base/arith.ts';
import { checkOptions } from '../base/check.ts';
import { noiseRatio, timeOfNoiseRatio } from './time/noise-ratio.ts';
import { timesOf, type ScoreFn } from './score-fn.ts';
import type { Sde } from './sde.ts';

/** Noise ratios this close count as equal: times are found by bisection, and ends by rounding. */
const tolerance = 1e-9;

/**
 * The score of `to` by the score of `from`, without training: with sigma_from(u) / alpha_from(u) = sigma_to(t) / alpha_to(t)
 * and c = alpha_from(u) / alpha_to(t), s_to(x, t) = c s_from(c x, u). A network of DDPM is so one of SMLD, which is the
 * equality of their losses.
 * @throws ConfigError at a time whose noise ratio `from` does not have.
 * @see Song et al. 2021, section 3.4; Karras et al. 2022, appendix B.2
 */
export function changeOfVariables(score: ScoreFn, { from, to }: Readonly<Record<'from' | 'to', Sde>>): ScoreFn {
  const timeOf = (t: number): number => {
    const ratio = noiseRatio(to, t);
    const u = timeOfNoiseRatio(from, ratio);
    const [least, most] = [noiseRatio(from, from.tMin), noiseRatio(from, from.tMax)];
    checkOptions([
      Math.abs(noiseRatio(from, u) / ratio - 1) < tolerance,
      't',
      `expected a time with sigma / alpha of ${least} to ${most}, which ${from.kind} has, got ${t} with ${ratio}`,
    ]);
    return u;
  };
  return async (x, t, rows) => {
    const shared = typeof t === 'number' ? timeOf(t) : undefined;
    const times = timesOf(t, x).map((time) => ({ time, u: shared ?? timeOf(time) }));
    const factors = times.map(({ time, u }) => from.alpha(u) / to.alpha(time));
    const s = await score(
      scale(factors, x),
      times.map(({ u }) => u),
      rows,
    );
    return scale(factors, s);
  };
}
