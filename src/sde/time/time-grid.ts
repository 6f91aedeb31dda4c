/** @file The times at which a fixed-step sampler stands. */
import { checkOptions, positive, positiveInteger } from '../../base/check.ts';
import { noiseRatio, timeOfNoiseRatio } from './noise-ratio.ts';
import type { Sde, TimeGrid } from '../sde.ts';

export type { TimeGrid } from '../sde.ts';

/** Times that divide [tEnd, tMax] evenly. */
export const uniformGrid: TimeGrid = (sde, steps) =>
  grid(sde, steps, (part) => sde.tMax + part * (sde.tEnd - sde.tMax));

/** The grid that the SDE names as its own, uniform if it names none. */
export const suitedGrid: TimeGrid = (sde, steps) => (sde.grid ?? uniformGrid)(sde, steps);

/** Times whose square roots divide [sqrt(tEnd), sqrt(tMax)] evenly: finer near the data. */
export const quadraticGrid: TimeGrid = (sde, steps) =>
  grid(sde, steps, (part) => (Math.sqrt(sde.tMax) + part * (Math.sqrt(sde.tEnd) - Math.sqrt(sde.tMax))) ** 2);

/**
 * Times whose noise ratios r = sigma / alpha have evenly spaced r^(1/rho).
 *
 * For `edm`, n steps give the n + 1 published noise levels; the published last step to zero is the denoising step.
 * @param options - `rho`: the larger, the finer near the data; default 7
 * @throws ConfigError unless rho > 0.
 * @see Karras et al. 2022, eq. 5
 */
export function karrasGrid({ rho = 7 }: { readonly rho?: number } = {}): TimeGrid {
  checkOptions(positive('rho', rho));
  return (sde, steps) => {
    const first = noiseRatio(sde, sde.tMax) ** (1 / rho);
    const last = noiseRatio(sde, sde.tEnd) ** (1 / rho);
    return grid(sde, steps, (part) => timeOfNoiseRatio(sde, (first + part * (last - first)) ** rho));
  };
}

/**
 * Times whose log-SNR log(alpha^2 / sigma^2) divide its range evenly: a geometric sequence of noise levels.
 * @see Lu et al. 2022, "DPM-Solver", section 3.3; Song and Ermon 2019, section 4.3
 */
export const logSnrGrid: TimeGrid = (sde, steps) => {
  const last = noiseRatio(sde, sde.tEnd);
  const growth = noiseRatio(sde, sde.tMax) / last;
  return grid(sde, steps, (part) => timeOfNoiseRatio(sde, last * growth ** (1 - part)));
};

/**
 * Times whose angles arctan(sigma / (alpha c)) divide their range evenly, sigma_i / alpha_i = c tan(angle_i): most of the steps stand
 * where data and noise are of one size. Of all grids it has the least first-order error for normal data of standard deviation c.
 * @param options - `sigmaData`: the standard deviation c of the scaled data; default 0.5
 * @throws ConfigError unless sigmaData > 0.
 * @see Sabour, Fidler and Kreis 2024, "Align your steps", theorem 3.1
 */
export function arctanGrid({ sigmaData = 0.5 }: { readonly sigmaData?: number } = {}): TimeGrid {
  checkOptions(positive('sigmaData', sigmaData));
  return (sde, steps) => {
    const first = Math.atan(noiseRatio(sde, sde.tMax) / sigmaData);
    const last = Math.atan(noiseRatio(sde, sde.tEnd) / sigmaData);
    return grid(sde, steps, (part) => timeOfNoiseRatio(sde, sigmaData * Math.tan(first + part * (last - first))));
  };
}

/**
 * Times whose angles arctan(sigma / alpha) divide their range evenly, as the cosine schedule has them: `arctanGrid` for data of
 * standard deviation 1.
 * @see Nichol and Dhariwal 2021, "Improved denoising diffusion probabilistic models", eq. 17
 */
export const cosineGrid: TimeGrid = arctanGrid({ sigmaData: 1 });

/** Times of the levels of a discrete model: level i of n stands at i / n. */
export function levelsOf(n: number): readonly number[] {
  return Object.freeze(Array.from({ length: n }, (_, i) => (i + 1) / n));
}

/**
 * Times of a discrete model's levels: all of them in one step less than there are, an even choice of them in fewer
 * steps, and times between them too in more.
 * @param levels - of the SDE, ascending
 * @see Song, Meng and Ermon 2021, "Denoising diffusion implicit models", section 4.2 and appendix D.2
 */
export function levelGrid(levels: readonly number[]): TimeGrid {
  const last = levels.length - 1;
  return (sde, steps) =>
    grid(sde, steps, (part) => {
      const place = last * (1 - part);
      const at = (i: number): number => levels[i] ?? NaN;
      if (steps <= last) return at(Math.round(place));
      const below = Math.min(Math.floor(place), last - 1);
      return at(below) + (place - below) * (at(below + 1) - at(below));
    });
}

/**
 * Both ends are set rather than computed, so that rounding cannot leave [tEnd, tMax]. Of a process that ends where it begins,
 * that time alone: there are no steps to take.
 */
function grid(sde: Sde, steps: number, at: (part: number) => number): readonly number[] {
  checkOptions(positiveInteger('steps', steps));
  if (sde.tMax === sde.tEnd) return [sde.tEnd];
  return Array.from({ length: steps + 1 }, (_, i) => (i === 0 ? sde.tMax : i === steps ? sde.tEnd : at(i / steps)));
}
