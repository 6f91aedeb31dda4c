/** @file Time grids that stand at the noise levels of a few betas, by which vocoders are sampled. */
import { checkOptions, positiveInteger } from '../../base/check.ts';
import { ddpmTables } from '../processes/discrete.ts';
import { noiseRatio, timeOfNoiseRatio } from './noise-ratio.ts';
import type { TimeGrid } from './time-grid.ts';

/**
 * The betas of fast sampling of DiffWave, six steps.
 * @see Kong et al. 2021, "DiffWave", appendix B
 */
export const diffwaveBetas: readonly number[] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5];

/**
 * Six betas for WaveGrad, one of each power of ten, as a search for the least error of log-mel spectrograms chooses them.
 * @see Chen et al. 2021, "WaveGrad", section 4.3
 */
export const wavegradBetas: readonly number[] = [1e-6, 1.9e-5, 1.2e-4, 1e-3, 1.1e-2, 6e-2];

/**
 * Times at which the noise ratio is that of the steps of a short chain, r_n = sqrt((1 - A_n) / A_n) with A_n the product of 1 - beta up to n. The first is that of tMax, pure noise, in the
 * place of the chain's own, which is less; the last is that of the first beta or tEnd, whichever is later, and levels below it are left out. In as many steps as there are levels but one these are all; another
 * number of steps divides the logarithms between them.
 * @param betas - from data to noise
 * @throws ConfigError unless there are two betas or more, each above 0 and below 1.
 */
export function betaGrid(betas: readonly number[]): TimeGrid {
  const logs = Array.from(ddpmTables(betas).alphaBar, (kept) => 0.5 * Math.log((1 - kept) / kept));
  return (sde, steps) => {
    checkOptions(positiveInteger('steps', steps));
    const [least, most] = [sde.tEnd, sde.tMax].map((t) => Math.log(noiseRatio(sde, t))) as [number, number];
    const first = Math.max(logs[0] ?? least, least);
    const between = logs.filter((level) => level > first && level < most);
    const levels = [first, ...(between.length > 0 ? between : [most])];
    const last = levels.length - 1;
    return Array.from({ length: steps + 1 }, (_, i) => {
      if (i === 0) return sde.tMax;
      const place = last * (1 - i / steps);
      const below = Math.min(Math.floor(place), last - 1);
      const [low = 0, high = 0] = [levels[below], levels[below + 1]];
      return timeOfNoiseRatio(sde, Math.exp(low + (place - below) * (high - low)));
    });
  };
}
