/** @file Cholesky factors of small symmetric matrices. */

/**
 * The inverse of the lower triangular L with A = L L^T, `[n, n]`. A direction in which A has next to nothing, as that of a number that is the same in all
 * data, counts as one of variance 1 without correlations.
 * @param a - symmetric and not negative, row-major `[n, n]`; only its lower triangle is read
 * @see Golub and Van Loan 2013, "Matrix computations", algorithm 4.2.1
 */
export function inverseCholesky(
  a: Float64Array,
  n: number,
): { readonly inverse: Float64Array; readonly logDeterminant: number } {
  const lower = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      const own = lower[j * n + j]!;
      if (j < i) lower[i * n + j] = own === 0 ? 0 : sum / own;
      else lower[i * n + i] = sum > 1e-13 * a[i * n + i]! ? Math.sqrt(sum) : 0;
    }
    const pivot = lower[i * n + i]! || 1;
    logDeterminant += 2 * Math.log(pivot);
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= lower[i * n + k]! * inverse[k * n + j]!;
      inverse[i * n + j] = sum / pivot;
    }
  }
  return { inverse, logDeterminant };
}
