/** @file The Schroedinger bridge between two finite sets of points: exact, by the entropic plan between them. */
import { assignment } from '../base/assignment.ts';
import { checkOptions } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';
import type { Key } from '../base/key.ts';
import { uniform } from '../base/random.ts';
import { batchOf, sampleSize, zeros, type Tensor } from '../base/tensor.ts';
import type { Drift } from './paths.ts';
import { halfSquaredDistances, planOf, sinkhornPotentials } from './sinkhorn.ts';

/** How the plan is found. */
export interface PointBridgeOptions {
  /** Variance that the reference, a Brownian motion, gains from t = 0 to t = 1; 0 for the assignment of least cost. */
  readonly epsilon: number;
  /** Rounds of Sinkhorn's algorithm at most, 1 or more. Default 2000. */
  readonly iterations?: number;
  /** Rounds end once the masses of the starts are off by less than this number in all, at least 0. Default 1e-5. */
  readonly tolerance?: number;
}

/** A bridge between points, each of which has the same mass. */
export interface PointBridge {
  /** Mass of each pair, row-major `[n, m]`, of sum 1. */
  readonly plan: Float64Array;
  /** E ||x - y||^2 of a pair. */
  readonly squaredDistance: number;
  /** -sum plan log plan, in nats: log n where every start has one end of its own, log n + log m where ends say nothing of starts. */
  readonly entropy: number;
  /** Draws the end of each start from its row of the plan, by its key: numbers of the points of the other set. */
  drawEnds(keys: readonly Key[]): readonly number[];
  /** The drift from the first set to the second, epsilon grad log h; none without noise, where paths are straight. */
  readonly forward: Drift | undefined;
  /** The drift from the second set to the first. */
  readonly backward: Drift | undefined;
}

/**
 * The Schroedinger bridge between two sets of points. Given its ends a path is a Brownian bridge (`pinnedPaths`); ends have the entropic plan of
 * ||x - y||^2 / 2, which without noise is the assignment of least cost.
 * @param from - `[n, d]`
 * @param to - `[m, d]`; as many points where there is no noise
 * @throws ConfigError if an option is out of its range.
 * @throws ShapeError if points are of two dimensions, or there are two numbers of them without noise.
 * @see Leonard 2014, "A survey of the Schroedinger problem and some of its connections with optimal transport", section 2
 */
export function pointBridge(
  from: Tensor,
  to: Tensor,
  { epsilon, iterations = 2000, tolerance = 1e-5 }: PointBridgeOptions,
): PointBridge {
  checkOptions([epsilon >= 0, 'epsilon', `expected 0 or more, got ${epsilon}`]);
  const [n, m, d] = [batchOf(from), batchOf(to), sampleSize(from)];
  if (sampleSize(to) !== d)
    throw new ShapeError(`pointBridge: expected points of ${d} numbers, got some of ${sampleSize(to)}`);
  const cost = halfSquaredDistances(from.data, to.data, d);
  if (epsilon === 0) {
    if (n !== m)
      throw new ShapeError(`pointBridge: expected as many points in both sets without noise, got ${n}, ${m}`);
    const plan = new Float64Array(n * n);
    assignment(cost, n).forEach((j, i) => (plan[i * n + j] = 1 / n));
    return { ...ofPlan(plan, cost, n), forward: undefined, backward: undefined };
  }
  const [rows, columns] = [new Float64Array(n).fill(1 / n), new Float64Array(m).fill(1 / m)];
  const problem = { cost, rows, columns, epsilon, iterations, tolerance };
  const { u, v } = sinkhornPotentials(problem);
  return {
    ...ofPlan(planOf(problem, { u, v }), cost, n),
    forward: driftToward(to, v, epsilon),
    backward: driftToward(from, u, epsilon),
  };
}

function ofPlan(
  plan: Float64Array,
  cost: Float64Array,
  n: number,
): Pick<PointBridge, 'plan' | 'squaredDistance' | 'entropy' | 'drawEnds'> {
  const m = plan.length / n;
  return {
    plan,
    squaredDistance: plan.reduce((sum, mass, at) => sum + 2 * mass * cost[at]!, 0),
    entropy: plan.reduce((sum, mass) => (mass > 0 ? sum - mass * Math.log(mass) : sum), 0),
    drawEnds: (keys) => {
      if (keys.length !== n) throw new ShapeError(`drawEnds: expected ${n} keys, one per start, got ${keys.length}`);
      return keys.map((own, i) => {
        const row = plan.subarray(i * m, (i + 1) * m);
        let left = uniform(own, 1)[0]! * row.reduce((sum, mass) => sum + mass, 0);
        let j = 0;
        while (j < m - 1 && left >= row[j]!) left -= row[j++]!;
        return j;
      });
    },
  };
}

/**
 * epsilon grad log h of h(x) = sum_j exp(potential_j / epsilon) N(x; points_j, epsilon left): the mean of the ends that x may still have, less x, over the
 * time that is left. At the end itself it is that of a short way before.
 */
function driftToward(points: Tensor, potential: Float64Array, epsilon: number): Drift {
  const [m, d] = [batchOf(points), sampleSize(points)];
  const logs = new Float64Array(m);
  return (x, time) => {
    const left = Math.max(time, 1e-6);
    const out = zeros(x.shape);
    for (let at = 0; at < x.data.length; at += d) {
      let most = -Infinity;
      for (let j = 0; j < m; j++) {
        let squared = 0;
        for (let k = 0; k < d; k++) squared += (points.data[j * d + k]! - x.data[at + k]!) ** 2;
        logs[j] = (potential[j]! - squared / (2 * left)) / epsilon;
        if (logs[j]! > most) most = logs[j]!;
      }
      let sum = 0;
      for (let j = 0; j < m; j++) {
        const weight = Math.exp(logs[j]! - most);
        sum += weight;
        for (let k = 0; k < d; k++) out.data[at + k]! += weight * (points.data[j * d + k]! - x.data[at + k]!);
      }
      for (let k = 0; k < d; k++) out.data[at + k]! /= sum * left;
    }
    return out;
  };
}
