/** @file Least squares of residuals without derivatives: coordinate descent, then damped Gauss-Newton steps. */

/** Residuals at a point, or undefined where the point is not allowed. */
export type Residuals = (point: readonly number[]) => Promise<Float64Array | undefined>;

/** The best point so far. */
export interface Descent {
  readonly point: readonly number[];
  readonly residuals: Float64Array;
  /** Sum of squares of the residuals. */
  readonly loss: number;
}

/** Sum of squares. */
export function lossOf(residuals: Float64Array): number {
  return residuals.reduce((sum, value) => sum + value * value, 0);
}

/** How long a search goes on. */
export interface SearchLimits {
  /** Evaluations of the residuals at most. */
  readonly trials: number;
  /** First step in each coordinate, of coordinate descent. Default 0.4. */
  readonly step?: number;
}

/**
 * Coordinate descent: a step that helps is taken and grows by 1.4, one that does not in either direction shrinks to 0.4 of itself.
 * It ends when all steps are below 1 % or the trials are used up, and yields after every trial.
 */
export async function* coordinateDescent(
  residuals: Residuals,
  start: Descent,
  { trials, step = 0.4 }: SearchLimits,
): AsyncGenerator<Descent, Descent> {
  let best = start;
  const steps = start.point.map(() => step);
  const scale = (i: number, factor: number): void => {
    steps[i] = factor * (steps[i] ?? 0);
  };
  for (let used = 0; used < trials && steps.some((length) => Math.abs(length) > 0.01);) {
    for (let i = 0; i < steps.length && used < trials; i++) {
      let helped = false;
      for (const direction of [1, -1]) {
        const point = best.point.map((value, j) => (j === i ? value + direction * (steps[i] ?? 0) : value));
        const values = await residuals(point);
        if (values === undefined) continue;
        used += 1;
        const loss = lossOf(values);
        helped = loss < best.loss;
        if (helped) {
          best = { point, residuals: values, loss };
          scale(i, 1.4 * direction);
        }
        yield best;
        if (helped || used >= trials) break;
      }
      if (!helped) scale(i, 0.4);
    }
  }
  return best;
}

/** Difference by which a derivative is measured. */
const difference = 1e-3;
/** Longest step in a coordinate. */
const longest = 0.7;

/**
 * Levenberg-Marquardt with measured derivatives: (JᵀJ + lambda diag JᵀJ) step = -Jᵀ r. It ends when a step gains less than 1 % of the
 * loss or the trials are used up, and yields after every trial.
 */
export async function* gaussNewton(
  residuals: Residuals,
  start: Descent,
  { trials }: SearchLimits,
): AsyncGenerator<Descent, Descent> {
  let best = start;
  let damping = 1e-2;
  for (let used = 0; used + start.point.length < trials;) {
    const columns: Float64Array[] = [];
    for (let i = 0; i < best.point.length; i++) {
      const column = await derivative(residuals, best, i);
      if (column === undefined) return best;
      columns.push(column);
      used += 1;
      yield best;
    }
    const products = columns.map((a) => columns.map((b) => dot(a, b)));
    const slope = columns.map((column) => dot(column, best.residuals));
    const before = best.loss;
    for (let tries = 0; tries < 6 && used < trials; tries++, damping *= 5) {
      const damped = products.map((row, i) =>
        row.map((value, j) => (i === j ? value * (1 + damping) + 1e-300 : value)),
      );
      const step = solved(damped, slope).map((value) => -Math.max(-longest, Math.min(longest, value)));
      const point = best.point.map((value, i) => value + (step[i] ?? 0));
      const values = await residuals(point);
      used += 1;
      const loss = values === undefined ? Infinity : lossOf(values);
      if (values !== undefined && loss < best.loss) best = { point, residuals: values, loss };
      yield best;
      if (best.point === point) {
        damping = Math.max(damping / 5, 1e-8);
        break;
      }
    }
    if (!(best.loss < 0.99 * before)) break;
  }
  return best;
}

/** dr/dp_i, from the side on which the point is allowed; undefined if neither is. */
async function derivative(
  residuals: Residuals,
  { point, residuals: here }: Descent,
  i: number,
): Promise<Float64Array | undefined> {
  for (const h of [difference, -difference]) {
    const values = await residuals(point.map((value, j) => (j === i ? value + h : value)));
    if (values !== undefined) return values.map((value, k) => (value - (here[k] ?? 0)) / h);
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (const [i, value] of a.entries()) sum += value * (b[i] ?? 0);
  return sum;
}

/** Solves a small positive definite system by Gaussian elimination: its first unknown last. */
function solved([first, ...others]: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  if (first === undefined) return [];
  const [pivot = 1, ...row] = first;
  const [value = 0, ...values] = right;
  const factors = others.map(([head = 0]) => head / pivot);
  const left = others.map(([, ...own], k) => own.map((entry, j) => entry - (factors[k] ?? 0) * (row[j] ?? 0)));
  const rest = solved(
    left,
    values.map((own, k) => own - (factors[k] ?? 0) * value),
  );
  return [(value - row.reduce((sum, entry, j) => sum + entry * (rest[j] ?? 0), 0)) / pivot, ...rest];
}
