/** @file How good forecasts by samples are: the continuous ranked probability score, and how often intervals contain what came. */

/**
 * mean |x_i - y| - 1/2 E|x - x'| for samples x of a forecast of y, with all pairs of different samples in the second term, so that it is what the distribution of the samples would
 * have on average, however few there are. Less is better; for a normal forecast of deviation s at its mean it is .2337 s.
 * @param draws - two or more
 * @see Gneiting and Raftery 2007, section 4.2; Ferro 2014, "Fair scores for ensemble forecasts", eq. 6
 */
export function crps(draws: ArrayLike<number>, y: number): number {
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  let [apart, spread] = [0, 0];
  sorted.forEach((x, i) => {
    apart += Math.abs(x - y) / n;
    // Of sorted numbers the differences of all pairs sum to sum_i (2 i - n + 1) x_i.
    spread += (2 * i - n + 1) * x;
  });
  return apart - spread / (n * (n - 1));
}

/**
 * Whether y lies in the middle part of a forecast, by its rank among the samples: between `(1 - level) / 2` and the rest. A rank on the border counts in proportion, so that the mean over
 * forecasts that are right is the level.
 * @param level - in (0, 1)
 */
export function coveredBy(draws: ArrayLike<number>, y: number, level: number): number {
  const n = draws.length;
  let below = 0;
  for (let i = 0; i < n; i++) if (draws[i]! < y) below++;
  // The rank is one of n + 1 equal parts of [0, 1].
  const [low, high] = [(1 - level) / 2, (1 + level) / 2];
  const [from, to] = [below / (n + 1), (below + 1) / (n + 1)];
  return Math.max(0, Math.min(to, high) - Math.max(from, low)) * (n + 1);
}
