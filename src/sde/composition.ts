/** @file Densities that are made of others at one noise level: products, mixtures and negations. */
import { combine } from '../base/arith.ts';
import { checkOptions, type Rule } from '../base/check.ts';
import { batchOf } from '../base/tensor.ts';
import { timesOf, type LogDensity, type ScoreFn } from './score-fn.ts';

/** A law at every noise level, by its score and, where it is known, its density up to a constant. */
export interface ScoredDensity {
  readonly score: ScoreFn;
  /** log p_t up to a constant that depends on t alone; not known by default. */
  readonly logDensity?: LogDensity | undefined;
}

/** A law with its part in a composition. */
export interface WeightedDensity extends ScoredDensity {
  /** Exponent in a product, positive or negative, or share in a mixture. Default 1. */
  readonly weight?: number | undefined;
}

/**
 * The product of densities, each to the power of its weight: scores and logarithms add up, sum w_i log p_i. A negative weight takes a density away, as
 * log p_1 - w log p_2 does.
 *
 * What this is the product of are the noised laws, which is not the noised product: only without noise are they equal. A sampler that takes the sum
 * for the score of a process ends elsewhere; Markov chains at each level on the way do not.
 * @throws ConfigError unless there is a density and the weights are finite and sum to more than 0.
 * @see Du et al. 2023, "Reduce, reuse, recycle", section 4
 * @example
 * ```ts
 * import { gaussian, tensor } from 'scorefield';
 * import { edm, productOf } from 'scorefield/sde';
 *
 * const sde = edm();
 * const parts = [-1, 1].map((mean) => gaussian(sde, { mean: tensor([mean], [1]), std: 1 }));
 * const { score } = productOf(parts);
 * console.log((await score(tensor([1], [1, 1]), 1)).data[0]); // -2 x / (1 + 1)
 * ```
 */
export function productOf(parts: readonly WeightedDensity[]): ScoredDensity {
  const weights = weightsOf(parts);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  checkOptions(...weightRules(weights), [
    total > 0,
    'weights',
    `expected a sum above 0, so that noise is left of the noise of all, got ${total}`,
  ]);
  const logs = logsOf(parts);
  return {
    score: async (x, t, rows, to) => {
      const scores = await Promise.all(parts.map(({ score }) => score(x, t, rows, to)));
      return combine(...scores.map((s, i) => [weights[i] ?? 0, s] as const));
    },
    ...(logs && {
      logDensity: async (x, t, rows) => {
        const each = await Promise.all(logs.map(async (log) => log(x, t, rows)));
        return Float64Array.from({ length: batchOf(x) }, (_, row) =>
          each.reduce((sum, own, i) => sum + (weights[i] ?? 0) * (own[row] ?? NaN), 0),
        );
      },
    }),
  };
}

/**
 * The mixture of densities by their shares: its score is the sum of theirs, weighted by how likely each law is at x. The constants that the
 * densities are known up to count here: shares are those of the numbers that `logDensity` gives. The mixture of noised laws is the noised mixture, so that
 * every sampler may take its score.
 * @throws ConfigError unless there are densities and the shares are positive.
 * @see Du et al. 2023, "Reduce, reuse, recycle", section 4
 */
export function mixtureOf(parts: readonly WeightedDensity[]): ScoredDensity {
  const weights = weightsOf(parts);
  const logs = logsOf(parts);
  checkOptions(
    ...weightRules(weights),
    [weights.every((weight) => weight > 0), 'weights', `expected positive shares, got ${weights.join(', ')}`],
    [logs !== undefined, 'parts', 'expected densities, by which a mixture weighs the scores, got scores alone'],
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const joint: LogDensity[] = (logs ?? []).map((log, i) => async (x, t, rows) => {
    const share = Math.log((weights[i] ?? 0) / whole);
    return (await log(x, t, rows)).map((value) => value + share);
  });
  const logDensity: LogDensity = async (x, t, rows) => {
    const each = await Promise.all(joint.map(async (log) => log(x, t, rows)));
    return Float64Array.from({ length: batchOf(x) }, (_, row) => logSum(each.map((own) => own[row] ?? NaN)));
  };
  return {
    score: async (x, t, rows, to) => {
      const times = timesOf(t, x);
      const at = (row: number): number => times[row] ?? NaN;
      checkOptions([times.every((time) => time === at(0)), 't', 'expected one time for all samples of a mixture']);
      const each = await Promise.all(joint.map(async (log) => log(x, at(0), rows)));
      const scores = await Promise.all(parts.map(({ score }) => score(x, t, rows, to)));
      const total = Array.from({ length: batchOf(x) }, (_, row) => logSum(each.map((own) => own[row] ?? NaN)));
      return combine(
        ...scores.map((s, i) => [total.map((sum, row) => Math.exp((each[i]?.[row] ?? NaN) - sum)), s] as const),
      );
    },
    logDensity,
  };
}

function weightsOf(parts: readonly WeightedDensity[]): readonly number[] {
  return parts.map(({ weight = 1 }) => weight);
}

function weightRules(weights: readonly number[]): readonly Rule[] {
  return [
    [weights.length > 0, 'parts', 'expected a density or more, got none'],
    [weights.every(Number.isFinite), 'weights', `expected finite numbers, got ${weights.join(', ')}`],
  ];
}

/** The densities of all parts, if all are known. */
function logsOf(parts: readonly ScoredDensity[]): readonly LogDensity[] | undefined {
  const known = parts.flatMap(({ logDensity }) => logDensity ?? []);
  return known.length === parts.length ? known : undefined;
}

function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}
