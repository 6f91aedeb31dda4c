/** @file The pairs of times that consistency models are trained at, which draw closer as training goes on. */
import { indexOf } from '../../base/random.ts';
import { probit } from '../../base/probit.ts';
import type { Sde } from '../../sde/sde.ts';
import { noiseRatio, timeOfNoiseRatio } from '../../sde/time/noise-ratio.ts';
import { karrasGrid } from '../../sde/time/time-grid.ts';
import { logNormalTimes } from '../../sde/learning/weighting.ts';
import type { ConsistencyOptions } from './consistency.ts';

/** A way to draw pairs. */
type Pairs = ConsistencyOptions['pairs'];

/** Mean and standard deviation of log(sigma / alpha) of the published times. */
const logNormal = { mean: -1.1, std: 2 } as const;

/** How neighboring levels of a grid are drawn. */
export interface NeighborOptions {
  /** Levels of the noise ratio at a training step, 2 or more. */
  readonly levels: (n: number) => number;
  /** Whether all pairs are as likely, or as likely as their noise ratios are under a log-normal law. Default uniform. */
  readonly law?: 'uniform' | 'log-normal';
}

/**
 * Neighbors among the levels of EDM's grid from tMax to tEnd.
 * @see Song et al. 2023, "Consistency models", section 3; Song and Dhariwal 2023, eq. 10 for the log-normal law
 */
export function neighboringPairs(sde: Sde, { levels, law = 'uniform' }: NeighborOptions): Pairs {
  const made = new Map<number, readonly number[]>();
  const gridOf = (count: number): readonly number[] => {
    const times = made.get(count) ?? karrasGrid()(sde, count - 1);
    made.set(count, times);
    return times;
  };
  const [low, high] = [sde.tEnd, sde.tMax].map((t) => quantileOf(Math.log(noiseRatio(sde, t)))) as [number, number];
  return (u, n) => {
    const times = gridOf(levels(n));
    const pairs = times.length - 1;
    const i = law === 'uniform' ? indexOf(u, pairs) : pairWith(sde, times, low + u * (high - low));
    return { from: times[i] ?? sde.tMax, to: times[i + 1] ?? sde.tEnd };
  };
}

/** The part of the log-normal law below a log noise ratio, by bisection of its quantile function to the last bit. */
function quantileOf(log: number): number {
  const z = (log - logNormal.mean) / logNormal.std;
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (probit(middle) < z) low = middle;
    else high = middle;
  }
}

/** The number of the pair of a descending grid that a quantile of the law lies in. */
function pairWith(sde: Sde, times: readonly number[], p: number): number {
  const ratio = Math.exp(logNormal.mean + logNormal.std * probit(p));
  const after = times.findIndex((t) => noiseRatio(sde, t) <= ratio);
  return Math.min(Math.max(0, after - 1), times.length - 2);
}

/** How many levels there are at a training step: they double in each stage, from `first` + 1 to `last` + 1. */
export interface LevelStages {
  /** Intervals of the first stage. Default 10. */
  readonly first?: number;
  /** Intervals of the last stage. Default 1280. */
  readonly last?: number;
  /** Training steps of a stage. Default 500. */
  readonly stageSteps?: number;
}

/**
 * min(first 2^j, last) + 1 levels in stage j = floor((n - 1) / stageSteps).
 * @see Song and Dhariwal 2023, section 3.4
 */
export function doublingLevels({ first = 10, last = 1280, stageSteps = 500 }: LevelStages = {}): (n: number) => number {
  return (n) => Math.min(first * 2 ** Math.floor((n - 1) / stageSteps), last) + 1;
}

/** How the pairs of easy consistency tuning draw closer. */
export interface EasyOptions {
  /** Factor by which the gap of the two times shrinks in each stage. Default 2. */
  readonly ratio?: number;
  /** Training steps of a stage. Default 250. */
  readonly stageSteps?: number;
  /** Number of stages, at least 1, of which the last one does not end. Default 8. */
  readonly stages?: number;
}

/**
 * The noise ratio of the target of a sample at noise ratio t: max(0, t (1 - (1 + 8 sigmoid(-t)) / ratio^(j + 1))) in stage j. In
 * stage 0 most targets are the data themselves, which is nearly the training of a denoiser.
 * @see Geng et al. 2024, "Consistency models made easy", section 3.2
 */
export function easyTarget(t: number, stage: number, ratio = 2): number {
  return Math.max(0, t * (1 - (1 + 8 / (1 + Math.exp(t))) / ratio ** (stage + 1)));
}

/**
 * Times whose noise ratio is log-normal, with those of `easyTarget`.
 * @see Geng et al. 2024, "Consistency models made easy", appendix A
 */
export function easyPairs(sde: Sde, { ratio = 2, stageSteps = 250, stages = 8 }: EasyOptions = {}): Pairs {
  const times = logNormalTimes(sde, logNormal);
  const least = noiseRatio(sde, sde.tMin);
  return (u, n) => {
    const from = times(u);
    const stage = Math.min(Math.floor((n - 1) / stageSteps), stages - 1);
    const target = easyTarget(noiseRatio(sde, from), stage, ratio);
    return { from, to: target <= least ? undefined : timeOfNoiseRatio(sde, target) };
  };
}
