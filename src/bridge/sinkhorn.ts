/** @file Entropic optimal transport between finitely many points: the check of every bridge. */
import { checkOptions, positive, positiveInteger } from '../base/check.ts';
import { ShapeError } from '../base/errors.ts';

/** What is transported. */
export interface SinkhornProblem {
  /** Cost of each pair, row-major `[n, m]`. */
  readonly cost: Float64Array;
  /** Mass of each row, above 0 and of sum 1, `[n]`. */
  readonly rows: Float64Array;
  /** Mass of each column, above 0 and of sum 1, `[m]`. */
  readonly columns: Float64Array;
  /** Factor of the entropy: the plan minimizes sum plan cost + epsilon KL(plan | rows x columns). */
  readonly epsilon: number;
  /** Rounds of both scalings at most, after those at larger epsilons. Default 200. */
  readonly iterations?: number;
  /** Rounds end once the sums of the rows differ from their masses by less than this in all, 0 or more. Default 1e-9. */
  readonly tolerance?: number;
}

/** What an entropic plan is made of, in units of the cost: plan_ij = rows_i columns_j exp((u_i + v_j - cost_ij) / epsilon). */
export interface Potentials {
  /** u, `[n]`. */
  readonly u: Float64Array;
  /** v, `[m]`. */
  readonly v: Float64Array;
}

/** Rounds at each epsilon that is larger than the one that is asked for, and rounds between two in logarithms. */
const [before, between] = [10, 50];
/** Factors of more, or of less than one over it, are left out: a round in logarithms takes their place. */
const largest = 1e100;

/**
 * The potentials of the entropic plan by scaling rows and columns in turn. Epsilon falls by halves from the largest cost, so that potentials are near theirs
 * when it gets small; scalings are of a kernel that has the potentials so far in it, which are renewed in logarithms.
 * @throws ShapeError unless there is a cost for each pair.
 * @throws ConfigError unless epsilon > 0 and there is an iteration.
 * @see Schmitzer 2019, "Stabilized sparse scaling algorithms for entropy regularized transport problems", sections 3.1 and 3.2
 */
export function sinkhornPotentials(problem: SinkhornProblem): Potentials {
  const { cost, rows, columns, epsilon, iterations = 200, tolerance = 1e-9 } = problem;
  checkOptions(positive('epsilon', epsilon), positiveInteger('iterations', iterations), [
    tolerance >= 0,
    'tolerance',
    `expected 0 or more, got ${tolerance}`,
  ]);
  const [n, m] = [rows.length, columns.length];
  if (cost.length !== n * m) throw new ShapeError(`sinkhorn: expected ${n} x ${m} costs, got ${cost.length}`);
  const found: Potentials = { u: new Float64Array(n), v: new Float64Array(m) };
  const most = cost.reduce((a, b) => Math.max(a, b), 0);
  for (let own = most; own > 1.5 * epsilon; own /= 2) rounds(found, { ...problem, epsilon: own, iterations: before, tolerance: 0 }); // prettier-ignore
  rounds(found, { ...problem, iterations, tolerance });
  return found;
}

/**
 * The entropic plan `[n, m]`, whose columns have their masses exactly. Of a bridge with noise epsilon the cost is ||x - y||^2 / 2 with this epsilon, which
 * is ||x - y||^2 with 2 epsilon.
 * @throws ShapeError unless there is a cost for each pair.
 * @throws ConfigError unless epsilon > 0 and there is an iteration.
 * @see Cuturi 2013, "Sinkhorn distances"; Peyre and Cuturi 2019, "Computational optimal transport", section 4.4
 */
export function sinkhornPlan(problem: SinkhornProblem): Float64Array {
  return planOf(problem, sinkhornPotentials(problem));
}

/** The plan of potentials. */
export function planOf({ cost, rows, columns, epsilon }: SinkhornProblem, { u, v }: Potentials): Float64Array {
  const m = columns.length;
  return cost.map((value, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    return rows[i]! * columns[j]! * Math.exp((u[i]! + v[j]! - value) / epsilon);
  });
}

/** Rounds at one epsilon. */
function rounds(found: Potentials, problem: Required<SinkhornProblem>): void {
  let left = problem.iterations;
  while (left > 0) {
    renew(found, problem);
    const { done, close } = scale(found, planOf(problem, found), { ...problem, iterations: Math.min(left - 1, between) }); // prettier-ignore
    left -= 1 + done;
    if (close) return;
  }
}

/** A round in logarithms, which no exponential of a large number can end. */
function renew({ u, v }: Potentials, { cost, rows, columns, epsilon }: SinkhornProblem): void {
  const [n, m] = [rows.length, columns.length];
  const [logRows, logColumns] = [rows.map(Math.log), columns.map(Math.log)];
  for (let i = 0; i < n; i++) u[i] = -epsilon * logSum(m, (j) => logColumns[j]! + (v[j]! - cost[i * m + j]!) / epsilon);
  for (let j = 0; j < m; j++) v[j] = -epsilon * logSum(n, (i) => logRows[i]! + (u[i]! - cost[i * m + j]!) / epsilon);
}

/**
 * Rounds by factors a and b of the rows and columns of a plan, which are then in the potentials.
 * @returns the rounds that were done, fewer where factors got large, and whether the sums of the rows came within the tolerance
 */
function scale(
  { u, v }: Potentials,
  plan: Float64Array,
  { rows, columns, epsilon, iterations, tolerance }: Required<SinkhornProblem>,
): { readonly done: number; readonly close: boolean } {
  const [n, m] = [rows.length, columns.length];
  let [a, b] = [new Float64Array(n).fill(1), new Float64Array(m).fill(1)];
  let done = 0;
  let close = false;
  for (; done < iterations; done++) {
    const [nextA, nextB] = [new Float64Array(n), new Float64Array(m)];
    let off = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += plan[i * m + j]! * b[j]!;
      off += Math.abs(a[i]! * sum - rows[i]!);
      nextA[i] = rows[i]! / sum;
    }
    close = off < tolerance;
    if (close) break;
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) nextB[j]! += plan[i * m + j]! * nextA[i]!;
    for (let j = 0; j < m; j++) nextB[j] = columns[j]! / nextB[j]!;
    if (nextA.some(isLarge) || nextB.some(isLarge)) break;
    [a, b] = [nextA, nextB];
  }
  for (let i = 0; i < n; i++) u[i]! += epsilon * Math.log(a[i]!);
  for (let j = 0; j < m; j++) v[j]! += epsilon * Math.log(b[j]!);
  return { done, close };
}

const isLarge = (factor: number): boolean => !(factor < largest && factor > 1 / largest);

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
