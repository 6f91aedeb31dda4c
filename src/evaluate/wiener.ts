/** @file The error of the best linear score from the variances of data alone, of which nothing but a covariance must be known. */
import { covarianceOf, meanOf, shrinkageOf } from './covariance.ts';
import { plainProduct, type FloatRows, type MatrixProduct } from './float-rows.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/** A larger covariance takes too long for a glance. */
const mostDimensions = 1024;

/**
 * E||z - z'||^2 / D of the Wiener filter at noise ratio r: the mean of l / (l + r^2) over the eigenvalues l of the covariance of data. Of samples
 * of more than 1024 numbers, it is that of the covariance of the samples, shrunk by `shrinkageOf`.
 */
export async function wienerError(
  points: FloatRows,
  product: MatrixProduct = plainProduct,
): Promise<(ratio: number) => number> {
  const { count, size: d } = points;
  const values = d > mostDimensions ? await variancesOfFew(points, product) : await variancesOf(points, product);
  // Directions that few samples do not reach have the variance that shrinking gives them.
  const rest = d > mostDimensions ? (values.at(-1) ?? 0) : 0;
  return (r) => {
    let sum = ((d - values.length) * rest) / (rest + r * r);
    for (const value of values) sum += Math.max(0, value) / (Math.max(0, value) + r * r);
    return count < 2 ? 1 : sum / d;
  };
}

async function variancesOf(points: FloatRows, product: MatrixProduct): Promise<Float64Array> {
  const steps = covarianceOf(points, product);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return symmetricEigenvalues({ shape: [points.size, points.size], data: next.value.matrix });
  }
}

/** Those of the directions of the samples, the last of them that of all others. */
async function variancesOfFew(points: FloatRows, product: MatrixProduct): Promise<Float64Array> {
  const { count: m, size: d } = points;
  const mean = meanOf(points);
  const rows = points.data.map((value, at) => (value - mean[at % d]!) / Math.sqrt(m));
  const columns = new Float32Array(rows.length);
  for (let k = 0; k < m; k++) for (let j = 0; j < d; j++) columns[j * m + k] = rows[k * d + j]!;
  const gram = await product(rows, columns, { rows: m, inner: d, columns: m });
  const values = symmetricEigenvalues({ shape: [m, m], data: Float64Array.from(gram) });
  const sum = (of: (k: number) => number): number =>
    Array.from({ length: m }, (_, k) => of(k)).reduce((a, b) => a + b, 0);
  const trace = sum((k) => gram[k * m + k]!);
  const rho = shrinkageOf({
    ...{ trace, norm: values.reduce((all, value) => all + value ** 2, 0), count: m, d },
    fourth: sum((k) => (m * gram[k * m + k]!) ** 2),
  });
  const rest = (rho * trace) / d;
  return Float64Array.from([...values.map((value) => (1 - rho) * value + rest), rest]);
}
