/** @file Conjugate gradients, each sample on its own. */
import { combine, dotPerSample } from '../../base/arith.ts';
import { checkOptions, positiveInteger, type Rule } from '../../base/check.ts';
import { sampleSize, zeros, type Tensor } from '../../base/tensor.ts';

const defaults = { tolerance: 1e-8, maxIterations: 500 };

/** Where the iteration stands; a sample that has stopped no longer moves. */
export interface ConjugateState {
  /** The solution so far. */
  readonly x: Tensor;
  /** b - M x. */
  readonly residual: Tensor;
  /** What the map is to be applied to next. */
  readonly direction: Tensor;
  /** |b - M x|^2 of each sample. */
  readonly squared: Float64Array;
  /** The largest curvature d'M d / d'd of each sample so far. */
  readonly steepest: Float64Array;
  /** |b - M x|^2 at which a sample stops. */
  readonly target: Float64Array;
  /** Iterations that each sample took. */
  readonly iterations: readonly number[];
}

/**
 * The state before the first iteration, from x = 0.
 * @param tolerance - of |b - M x|, relative to |b|
 */
export function conjugateStart(b: Tensor, tolerance = defaults.tolerance): ConjugateState {
  const squared = dotPerSample(b, b);
  const iterations = Array.from(squared, () => 0);
  const target = squared.map((value) => value * tolerance ** 2);
  const steepest = squared.map(() => 0);
  return { x: zeros(b.shape), residual: b, direction: b, squared, steepest, target, iterations };
}

/** Whether every sample has stopped: it has converged, or met a direction in which M is zero to rounding. */
export function hasStopped({ squared, target }: ConjugateState): boolean {
  return squared.every((value, i) => value <= target[i]!);
}

/**
 * One iteration for M x = b, with M symmetric and not negative for each sample. Where b is not in the range of M, the residual
 * turns into a direction in which M has no curvature but rounding: n machine epsilons of the largest. A step there would be
 * without bound, and the sample stops before it.
 * @param mapped - M times the state's direction
 */
export function conjugateStep(state: ConjugateState, mapped: Tensor): ConjugateState {
  const { x, residual, direction, squared, target, iterations } = state;
  const curvature = dotPerSample(direction, mapped);
  const lengths = dotPerSample(direction, direction);
  const steepest = state.steepest.map((most, i) =>
    lengths[i]! > 0 ? Math.max(most, curvature[i]! / lengths[i]!) : most,
  );
  const least = sampleSize(x) * Number.EPSILON;
  const curved = curvature.map((value, i) => Number(value > least * steepest[i]! * lengths[i]!));
  const moves = squared.map((value, i) => (value > target[i]! ? curved[i]! : 0));
  const alpha = moves.map((moving, i) => (moving ? squared[i]! / curvature[i]! : 0));
  const next = combine([1, residual], [alpha.map((a) => -a), mapped]);
  const nextSquared = dotPerSample(next, next);
  const beta = moves.map((moving, i) => (moving ? nextSquared[i]! / squared[i]! : 0));
  return {
    x: combine([1, x], [alpha, direction]),
    residual: next,
    direction: combine([1, next], [beta, direction]),
    squared: nextSquared,
    steepest,
    target: target.map((value, i) => (moves[i] ? value : Infinity)),
    iterations: iterations.map((n, i) => n + moves[i]!),
  };
}

/** When conjugate gradients stop. */
export interface ConjugateOptions {
  /** Of the residual, relative to the right-hand side; 1e-8 by default. */
  readonly tolerance?: number;
  /** At most so many iterations; 500 by default. */
  readonly maxIterations?: number;
}

/**
 * M^-1 b by conjugate gradients, per sample: `[B, ...]`. A sample's result depends neither on the others nor on when they
 * converge.
 * @param map - M, symmetric and positive for each sample
 * @see Hestenes and Stiefel 1952
 */
export function conjugateGradients(
  map: (x: Tensor) => Tensor,
  b: Tensor,
  options: ConjugateOptions = {},
): ConjugateState {
  const { tolerance, maxIterations } = { ...defaults, ...options };
  checkOptions(...stoppingRules(tolerance, maxIterations));
  let state = conjugateStart(b, tolerance);
  for (let k = 0; k < maxIterations && !hasStopped(state); k++) state = conjugateStep(state, map(state.direction));
  return state;
}

function stoppingRules(tolerance: number, maxIterations: number): Rule[] {
  return [
    [tolerance >= 0 && tolerance < 1, 'tolerance', `expected a number of 0 to 1, got ${tolerance}`],
    positiveInteger('maxIterations', maxIterations),
  ];
}
