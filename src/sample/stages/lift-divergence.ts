/** @file What a lift costs for Gaussian data, in closed form. */
import { inverseCholesky } from '../../base/cholesky.ts';
import { tensor } from '../../base/tensor.ts';
import { halving } from './halving.ts';

/**
 * KL(p_t || law after the lift) in nats for data N(0, C): how far lifted samples of exact coarse ones are from the exact noisy ones, and,
 * since no probability flow changes it, from the data in the end. It is the divergence of the lost part given the kept one from N(0, (sigma^2 + alpha^2
 * s_perp^2) I), on average.
 * @param covariance - C of points `[d]`, d x d, row-major, whose neighbors are pooled in pairs
 * @throws ConfigError unless d is even.
 */
export function liftDivergence(
  covariance: readonly number[],
  { sigma, detail, alpha = 1 }: { readonly sigma: number; readonly detail: number; readonly alpha?: number },
): number {
  const d = Math.round(Math.sqrt(covariance.length));
  const noisy = covariance.map((c, i) => alpha ** 2 * c + (i % (d + 1) === 0 ? sigma ** 2 : 0));
  const way = halving([d]);
  const down = (rows: readonly number[]): readonly number[] => [...way.down(tensor(rows, [rows.length / d, d])).data];
  // U^T S U, by halving rows, then columns.
  const rows = down(noisy);
  const columns = transposed(rows, d / 2);
  const kept = down(columns);
  const trace = (square: readonly number[], side: number): number =>
    square.reduce((sum, value, i) => sum + (i % (side + 1) === 0 ? value : 0), 0);
  const lost = d / 2;
  const variance = sigma ** 2 + alpha ** 2 * detail;
  const inDetail = (trace(noisy, d) - trace(kept, d / 2)) / variance - lost;
  const logDeterminant = (square: readonly number[], side: number): number =>
    inverseCholesky(Float64Array.from(square), side).logDeterminant;
  return (inDetail + logDeterminant(kept, lost) + lost * Math.log(variance) - logDeterminant(noisy, d)) / 2;
}

/** The transpose of a matrix of so many columns. */
function transposed(values: readonly number[], columns: number): readonly number[] {
  const rows = values.length / columns;
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}
