/** @file Times of discrete models on any SDE: the T steps of a chain and the L noise levels of an annealing. */
import { above, checkOptions, positiveInteger } from '../../base/check.ts';
import { indexOf } from '../../base/random.ts';
import type { Sde } from '../sde.ts';
import { levelGrid, logSnrGrid, suitedGrid } from './time-grid.ts';
import type { TimeDistribution } from '../learning/weighting.ts';

/**
 * Times t_1 < ... < t_T of a chain of T steps: those of the time grid that suits the SDE, which are the levels of a
 * discrete model; an ancestral sampler of T - 1 steps and a last denoising visits each of them.
 * @param steps - T, by default the number of the SDE's levels, and 1000 where it has none
 * @throws ConfigError unless steps is an integer of 2 or more.
 */
export function chainTimes(sde: Sde, steps: number = sde.levels?.length ?? 1000): readonly number[] {
  checkOptions(positiveInteger('steps', steps), above('steps', steps, ['the constant', 1]));
  return suitedGrid(sde, steps - 1).toReversed();
}

/**
 * Ascending times at which the noise ratio sigma / alpha is a geometric sequence from tEnd to tMax, as the levels of NCSN are.
 * @param levels - L, 2 or more
 * @throws ConfigError unless levels is an integer of 2 or more.
 * @see Song and Ermon 2019, section 4.3
 */
export function geometricTimes(sde: Sde, levels: number): readonly number[] {
  checkOptions(positiveInteger('levels', levels), above('levels', levels, ['the constant', 1]));
  return logSnrGrid(sde, levels - 1).toReversed();
}

/** Times uniform among the given ones. */
export function amongTimes(times: readonly number[]): TimeDistribution {
  return (u) => times[indexOf(u, times.length)] ?? NaN;
}

/**
 * An SDE that is stopped before its data: training and sampling see no times below t, which is the first of the levels
 * that are left of a discrete model.
 */
export function stoppedAt(sde: Sde, t: number): Sde {
  const levels = sde.levels && Object.freeze([t, ...sde.levels.filter((level) => level > t)]);
  return Object.freeze({ ...sde, tMin: t, tEnd: t, ...(levels && { levels, grid: levelGrid(levels) }) });
}

/**
 * The part of an SDE below t, whose time grids begin at t: which is the last of the levels that are left of a discrete model.
 * Its prior is still that of tMax.
 */
export function beginningAt(sde: Sde, t: number): Sde {
  if (t === sde.tMax) return sde;
  const levels = sde.levels && Object.freeze([...sde.levels.filter((level) => level < t), t]);
  return Object.freeze({ ...sde, tMax: t, ...(levels && { levels, grid: levelGrid(levels) }) });
}
