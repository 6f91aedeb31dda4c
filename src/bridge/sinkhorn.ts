/** @file Entropic optimal transport between finitely many points: the check of every bridge. */
import { checkOptions, positive, positiveInteger } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';

/** What is transported. */
export interface SinkhornProblem {
  /** Cost of each pair, row-major `[n, m]`. */
  readonly cost: Float64Array;
  /** Mass of each row, of sum 1, `[n]`. */
  readonly rows: Float64Array;
  /** Mass of each column, of sum 1, `[m]`. */
  readonly columns: Float64Array;
  /** Factor of the entropy: the plan minimizes sum plan cost + epsilon KL(plan | rows x columns). */
  readonly epsilon: number;
  /** Rounds of both scalings. Default 200. */
  readonly iterations?: number;
}

/**
 * The entropic plan `[n, m]` by scaling rows and columns in turn, in logarithms. Of a bridge with noise epsilon the cost is
 * ||x - y||^2 / 2 with this epsilon, which is ||x - y||^2 with 2 epsilon.
 * @throws ShapeError unless there is a cost for each pair.
 * @throws ConfigError unless epsilon > 0 and there is an iteration.
 * @see Cuturi 2013, "Sinkhorn distances"; Peyre and Cuturi 2019, "Computational optimal transport", section 4.4
 */
export function sinkhornPlan({ cost, rows, columns, epsilon, iterations = 200 }: SinkhornProblem): Float64Array {
  checkOptions(positive('epsilon', epsilon), positiveInteger('iterations', iterations));
  const [n, m] = [rows.length, columns.length];
  if (cost.length !== n * m) throw new ShapeError(`sinkhornPlan: expected ${n} x ${m} costs, got ${cost.length}`);
  const [f, g] = [new Float64Array(n), new Float64Array(m)];
  const [logRows, logColumns] = [rows.map(Math.log), columns.map(Math.log)];
  for (let k = 0; k < iterations; k++) {
    for (let i = 0; i < n; i++) f[i] = -logSum(m, (j) => logColumns[j]! + g[j]! - cost[i * m + j]! / epsilon);
    for (let j = 0; j < m; j++) g[j] = -logSum(n, (i) => logRows[i]! + f[i]! - cost[i * m + j]! / epsilon);
  }
  return cost.map((value, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    return Math.exp(logRows[i]! + f[i]! + logColumns[j]! + g[j]! - value / epsilon);
  });
}

/** log sum_k exp(term(k)). */
function logSum(count: number, term: (k: number) => number): number {
  const terms = new Float64Array(count);
  let most = -Infinity;
  for (let k = 0; k < count; k++) {
    terms[k] = term(k);
    if (terms[k]! > most) most = terms[k]!;
  }
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp(terms[k]! - most);
  return most + Math.log(sum);
}

/**
 * Half the squared distances of points `[n, d]` and `[m, d]`, as `sinkhornPlan` takes them.
 * @param d - numbers of a point
 */
export function halfSquaredDistances(x: ArrayLike<number>, y: ArrayLike<number>, d: number): Float64Array {
  const [n, m] = [x.length / d, y.length / d];
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (x[i * d + k]! - y[j * d + k]!) ** 2;
      out[i * m + j] = 0.5 * sum;
    }
  return out;
}
