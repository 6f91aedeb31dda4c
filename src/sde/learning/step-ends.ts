/** @file How networks are given where a step of the flow ends: a row of numbers beside the label of the time. */
import { noiseRatio } from '../time/noise-ratio.ts';
import type { Sde } from '../sde.ts';

/**
 * The rows by which a network is given the end of a step. A row of zeros is no step: the estimate is then E[x_0 given x_t], that of the score. Else
 * it is the D(x, t, s) whose DDIM step alpha_s D + sigma_s (x - alpha_t D) / sigma_t ends where the flow does.
 */
export interface StepEnds {
  /** E, the numbers of a row. */
  readonly columns: number;
  /** What the rows are, in a word and its numbers, for programs that make them without this package. */
  readonly about: Readonly<Record<string, string | number | readonly number[]>>;
  /** The row of a step from a time to an earlier one. */
  row(sde: Sde, from: number, to: number): readonly number[];
}

/**
 * One-hot rows of steps that divide the way from tMax to tEnd into 1, 2, 4, … equal parts of the angle arctan(sigma / alpha), as `cosineGrid`
 * does; of `sections` parts and more a row is zero, since the flow is nearly straight there. Of other steps it is the row of the nearest.
 * @param sections - M, a power of two of at least 2; rows have log2 M columns
 * @see Frans et al. 2025, "One step diffusion via shortcut models", section 3.1
 */
export function sectionEnds(sections: number): StepEnds {
  const columns = Math.log2(sections);
  return Object.freeze({
    columns,
    about: { kind: 'sections', sections },
    row: (sde: Sde, from: number, to: number) => {
      const [whole, own] = [angleBetween(sde, sde.tMax, sde.tEnd), angleBetween(sde, from, to)];
      const place = Math.max(0, Math.round(Math.log2(whole / own)));
      return Array.from({ length: columns }, (_, k) => Number(k === place));
    },
  });
}

function angleBetween(sde: Sde, from: number, to: number): number {
  return Math.atan(noiseRatio(sde, from)) - Math.atan(noiseRatio(sde, to));
}

/** Waves over the whole way that a length is given by. Faster ones make the derivative by the length large, which MeanFlow has in its targets. */
const waves = [0.125, 0.25, 0.5] as const;

/**
 * Rows of the length d of a step in the time sigma / (alpha + sigma) of rectified flow, from 0 to 1: d, and sin(w d) and 1 - cos(w d) of slow
 * waves, divided by the square root of one more than their number.
 */
export const lengthEnds: StepEnds = Object.freeze({
  columns: 1 + 2 * waves.length,
  about: { kind: 'lengths', waves },
  row: (sde: Sde, from: number, to: number) => {
    const d = rectifiedTime(sde, from) - rectifiedTime(sde, to);
    const sines = waves.flatMap((turns) => [Math.sin(2 * Math.PI * turns * d), 1 - Math.cos(2 * Math.PI * turns * d)]);
    return [d, ...sines].map((value) => value / Math.sqrt(1 + waves.length));
  },
});

/**
 * sigma / (alpha + sigma), the time at which x_t / (alpha + sigma) lies on the straight path (1 - tau) x_0 + tau z: every affine SDE is
 * rectified flow in this time.
 */
export function rectifiedTime(sde: Sde, t: number): number {
  const sigma = sde.sigma(t);
  return sigma / (sde.alpha(t) + sigma);
}
