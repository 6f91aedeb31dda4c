/** @file Whether posterior samples spread as they should: ranks of the truth among them, and coverage of credible sets. */
import { checkOptions, positiveInteger } from '../base/check.ts';
import { NumericalError, ShapeError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { indexOf, uniform } from '../base/random.ts';
import { batchOf, expectShape, sizeOf, type Tensor } from '../base/tensor.ts';
import { chiSquareTest, type TestResult } from './goodness-of-fit.ts';

/** A number of one sample, such as a coordinate, a norm, a log density or the distance from a point. */
export type Quantity = (x: Float64Array, index: number) => number;

/** Truths drawn from the prior, each with independent samples of the posterior given its measurement. */
export interface Simulations {
  /** `[N, …]` */
  readonly truths: Tensor;
  /** `[N, M, …]` */
  readonly draws: Tensor;
}

/** Rank of each truth among its M draws: integers of 0 to M. */
export interface Ranks {
  readonly ranks: readonly number[];
  /** M. */
  readonly draws: number;
}

/**
 * Ranks of simulation-based calibration: how many draws have a smaller quantity than the truth, ties broken at random.
 * They are uniform on 0 to M if the draws are those of the posterior. Draws of a Markov chain have to be thinned until they
 * are independent.
 * @param quantity - of a sample and the index of its truth, so that it may depend on the measurement
 * @throws ShapeError if the draws do not match the truths.
 * @throws NumericalError if a quantity is not finite.
 * @see Talts et al. 2018, "Validating Bayesian inference algorithms with simulation-based calibration", theorem 1
 */
export function simulationRanks(key: Key, { truths, draws }: Simulations, quantity: Quantity): Ranks {
  const n = batchOf(truths);
  const [, m = 0] = draws.shape;
  expectShape(draws, [n, m, ...truths.shape.slice(1)], 'draws');
  const size = sizeOf(truths.shape.slice(1));
  const ranks = Array.from({ length: n }, (_, i) => {
    const of = (set: Tensor, row: number, name: string): number => {
      const value = quantity(set.data.subarray(row * size, (row + 1) * size), i);
      if (Number.isFinite(value)) return value;
      throw new NumericalError(`simulationRanks: expected a finite quantity of each sample, got ${value} of ${name}`);
    };
    const truth = of(truths, i, `truth ${i}`);
    const values = Array.from({ length: m }, (__, k) => of(draws, i * m + k, `draw ${k} for truth ${i}`));
    const below = values.filter((value) => value < truth).length;
    const equal = values.filter((value) => value === truth).length;
    return below + (equal === 0 ? 0 : indexOf(uniform(foldIn(key, i), 1)[0]!, equal + 1));
  });
  return { ranks, draws: m };
}

/** A histogram of ranks and the test that they are uniform. */
export interface RankTest extends TestResult {
  readonly counts: readonly number[];
  /** Of a right posterior, one per count. */
  readonly expected: readonly number[];
}

/**
 * Pearson's test that ranks are uniform. Draws too narrow give ranks at both ends, draws too wide ranks in the middle.
 * @param options.bins - each of M + 1 possible ranks over bins; by default as many as have 10 truths each, 20 at most
 * @throws ConfigError unless there are 2 to M + 1 bins.
 */
export function rankTest({ ranks, draws }: Ranks, options: { readonly bins?: number } = {}): RankTest {
  const fit = Math.max(2, Math.min(20, draws + 1, Math.floor(ranks.length / 10)));
  const { bins = fit } = options;
  checkOptions(positiveInteger('bins', bins), [
    bins >= 2 && bins <= draws + 1,
    'bins',
    `expected 2 to ${draws + 1}, the number of possible ranks, got ${bins}`,
  ]);
  const binOf = (rank: number): number => Math.floor((rank * bins) / (draws + 1));
  const counts = new Array<number>(bins).fill(0);
  for (const rank of ranks) counts[binOf(rank)]! += 1;
  const sizes = new Array<number>(bins).fill(0); // Possible ranks in each bin, unequal where bins do not divide M + 1.
  for (let rank = 0; rank <= draws; rank++) sizes[binOf(rank)]! += 1;
  const expected = sizes.map((size) => (ranks.length * size) / (draws + 1));
  return { ...chiSquareTest(counts, sizes), counts, expected };
}

/** How often credible sets contained the truth. */
export interface Coverage {
  /** Share of the truths that lay in their sets. */
  readonly covered: number;
  /** What a right posterior covers: the level, rounded to whole ranks and down to equal tails. */
  readonly nominal: number;
  /** Standard error of the share under a right posterior. */
  readonly standardError: number;
}

/**
 * Coverage of the credible sets of a level by the ranks of the truth: 'central' sets lie between two tails of equally many
 * ranks, one or more; 'lowest' sets contain the smallest quantities, and are those of highest density for minus the log
 * density, or balls for a distance.
 * @param level - in (0, 1)
 * @throws ConfigError unless the level is in (0, 1), and contains one of M + 1 ranks or more but not all.
 */
export function coverage({ ranks, draws }: Ranks, level: number, set: 'central' | 'lowest' = 'central'): Coverage {
  const total = draws + 1;
  const inside = Math.round(level * total);
  const tail = set === 'central' ? Math.ceil((total - inside) / 2) : 0;
  const kept = set === 'central' ? total - 2 * tail : inside;
  const most = set === 'central' ? total - 2 : draws;
  checkOptions([
    level > 0 && level < 1 && inside < total && kept >= 1,
    'level',
    `expected a number in (0, 1) that contains 1 to ${most} of the ${total} ranks, got ${level}`,
  ]);
  if (ranks.length === 0) throw new ShapeError('coverage: expected ranks, got none');
  const covered = ranks.filter((rank) => rank >= tail && rank < tail + kept).length / ranks.length;
  const nominal = kept / total;
  return { covered, nominal, standardError: Math.sqrt((nominal * (1 - nominal)) / ranks.length) };
}
