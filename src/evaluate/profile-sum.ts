/**
 * @file The power-law profile that a sum of others comes nearest to.
 * @see Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models", appendix C
 */
import { checkOptions } from '../base/check.ts';

/** A profile that ends at a step. */
export interface Profile {
  readonly gamma: number;
  /** Its last step. */
  readonly end: number;
}

/**
 * The inner product of two profiles, the integral of p_a p_b.
 * @see Karras et al. 2024, eq. 137
 */
export function profileProduct(a: Profile, b: Profile): number {
  const ratio = a.end / b.end;
  const power = a.end < b.end ? ratio ** b.gamma : ratio ** -a.gamma;
  return ((a.gamma + 1) * (b.gamma + 1) * power) / ((a.gamma + b.gamma + 1) * Math.max(a.end, b.end));
}

/** A profile as a sum of others. */
export interface ProfileSum {
  /** One for each of the others; they sum to 1. */
  readonly weights: readonly number[];
  /** What the sum misses: the norm of the difference of profiles over the norm of the profile. */
  readonly residual: number;
}

/**
 * The weights with which stored profiles come nearest to another, in the norm of the products above.
 * @param stored - profiles that differ
 * @throws ConfigError if there are none.
 * @see Karras et al. 2024, algorithm 3
 */
export function profileSum(stored: readonly Profile[], wanted: Profile): ProfileSum {
  const n = stored.length;
  checkOptions([n > 0, 'snapshots', 'expected one stored average or more, found none']);
  // Divided by their norms, profiles of early steps have no larger products than others.
  const norms = stored.map((one) => Math.sqrt(profileProduct(one, one)));
  const matrix = stored.map((a, i) => stored.map((b, j) => profileProduct(a, b) / (norms[i]! * norms[j]!)));
  const right = stored.map((one, i) => profileProduct(one, wanted) / norms[i]!);
  const solved = solve(matrix, right).map((value, i) => value / norms[i]!);
  const total = solved.reduce((sum, value) => sum + value, 0);
  const weights = solved.map((value) => value / total);
  let square = profileProduct(wanted, wanted);
  const whole = square;
  stored.forEach((a, i) => {
    square -= 2 * weights[i]! * profileProduct(a, wanted);
    stored.forEach((b, j) => (square += weights[i]! * weights[j]! * profileProduct(a, b)));
  });
  return { weights, residual: Math.sqrt(Math.max(0, square) / whole) };
}

/** The solution of A x = b by elimination, with the largest pivot of each column first. */
function solve(a: readonly (readonly number[])[], b: readonly number[]): readonly number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows.reduce((best, row, i) => (i > k && Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (const row of rows.slice(k + 1)) {
      const factor = row[k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) row[j]! -= factor * rows[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let value = rows[k]![n]!;
    for (let j = k + 1; j < n; j++) value -= rows[k]![j]! * x[j]!;
    x[k] = value / rows[k]![k]!;
  }
  return x;
}
