/** @file The exact posterior of a Gaussian mixture under a linear measurement: the reference of posterior samplers. */
import { combine, map } from '../../base/arith.ts';
import { ShapeError } from '../../base/errors.ts';
import { foldIn, type Key } from '../../base/key.ts';
import { normalBatch, uniform } from '../../base/random.ts';
import { batchOf, expectShape, sampleSize, sizeOf, takeRows, tensor, zeros, type Tensor } from '../../base/tensor.ts';
import { symmetricEigen } from '../../evaluate/symmetric-eigen.ts';
import { foldAll } from '../../sample/along-grid.ts';
import { normalizedLogs, spreadOf, type GaussianMixture } from '../../sde/exact/gaussian-mixture.ts';
import { linearOperatorOf, type Measurement } from '../measurement.ts';
import type { LinearOperator } from '../operator/operator.ts';
import { indexAt, normalizedWeights } from './particles.ts';

/** A posterior in closed form. */
export interface ExactPosterior {
  /** Weights of the components given y, which sum to 1. */
  readonly weights: Float64Array;
  /** `[K, …]`, the mean of each component given y. */
  readonly means: Tensor;
  /** In the shape of one sample. */
  readonly mean: Tensor;
  /** `[D, D]`, of the whole mixture. */
  readonly covariance: Tensor;
  /** Independent draws, one for each key: `[keys.length, …]`. */
  readonly draw: (keys: readonly Key[]) => Tensor;
}

/** One component given y: x + gain (y - A x - n) is a draw of it for a draw x of the prior and n of the noise. */
interface Component {
  readonly logEvidence: number;
  readonly mean: Float64Array;
  /** D rows of M numbers. */
  readonly gain: readonly Float64Array[];
  readonly stds: Float64Array;
  /** The matrix of the operator, M rows of D numbers. */
  readonly matrix: readonly Float64Array[];
}

/**
 * Law of x_0 given y = A x_0 + n for x_0 ~ sum_k w_k N(m_k, S_k): weights w_k N(y; A m_k, G_k) and components
 * N(m_k + S_k A^T G_k^-1 (y - A m_k), S_k - S_k A^T G_k^-1 A S_k) with G_k = A S_k A^T + sigma_y^2. Where an exact
 * measurement leaves G_k singular, its pseudo-inverse serves. Dense matrices: for a few hundred dimensions.
 * @param measurement - of one y, `[1, ...shapeOut]`
 * @throws ConfigError if the operator is not linear.
 * @throws ShapeError unless there is one measurement, of samples shaped like those of the prior.
 * @see Bishop 2006, "Pattern recognition and machine learning", eq. 2.113 to 2.117
 * @example
 * ```ts
 * import { key, tensor } from 'scorefield';
 * import { exactPosterior, measure, operators } from 'scorefield/inverse';
 *
 * const sum = operators.matrix([2], tensor([1, 1], [1, 2]));
 * const measurement = measure([key(1)], { operator: sum, noiseStd: 0.1 }, tensor([0.5, 1.5], [1, 2]));
 * console.log(exactPosterior({ means: tensor([0, 0], [1, 2]), stds: 1 }, measurement).mean.data);
 * ```
 */
export function exactPosterior(prior: GaussianMixture, measurement: Measurement): ExactPosterior {
  const { means, weights } = prior;
  const operator = linearOperatorOf(measurement, 'exactPosterior');
  const [components, size] = [batchOf(means), sampleSize(means)];
  expectShape(means, [components, ...operator.shapeIn], 'means');
  if (batchOf(measurement.y) !== 1) throw new ShapeError(`y: expected one measurement, got ${batchOf(measurement.y)}`);
  const spread = spreadOf(prior);
  const matrix = matrixRows(operator);
  const given = Array.from({ length: components }, (_, k) => {
    const stds = Float64Array.from(
      { length: size },
      (__, j) => spread[spread.length === components ? k : k * size + j]!,
    );
    const mean = means.data.subarray(k * size, (k + 1) * size);
    return componentGiven(measurement, matrix, { mean, stds });
  });
  const logPrior = normalizedLogs(weights, components);
  const logWeights = logPrior.map((log, k) => log + given[k]!.logEvidence);
  const posterior = normalizedWeights({ logWeights, particles: components });
  const sample = means.shape.slice(1);
  const mean = new Float64Array(size);
  given.forEach((own, k) => own.mean.forEach((value, j) => (mean[j]! += posterior[k]! * value)));
  return {
    weights: posterior,
    means: tensor(
      given.flatMap((own) => [...own.mean]),
      means.shape,
    ),
    mean: tensor(mean, sample),
    covariance: covarianceOf(given, posterior, mean),
    draw: (keys) => {
      const chosen = keys.map((key) => indexAt(posterior, uniform(foldIn(key, 'component'), 1)[0]!));
      const x = componentDraws(keys, prior, chosen);
      const noise = normalBatch(foldAll(keys, 'noise'), operator.shapeOut);
      const y = takeRows(measurement.y, new Array<number>(keys.length).fill(0));
      const misfit = combine([1, y], [-1, operator.apply(x)], [-measurement.noiseStd, noise]);
      const m = matrix.length;
      return map(x, (value, at) => {
        const [i, j] = [Math.floor(at / size), at % size];
        return value + dot(given[chosen[i]!]!.gain[j]!, misfit.data.subarray(i * m, (i + 1) * m));
      });
    },
  };
}

/** Independent draws of a mixture, one for each key: `[keys.length, …]`. */
export function mixtureDraws(keys: readonly Key[], prior: GaussianMixture): Tensor {
  const weights = normalizedLogs(prior.weights, batchOf(prior.means)).map(Math.exp);
  const chosen = keys.map((key) => indexAt(weights, uniform(foldIn(key, 'component'), 1)[0]!));
  return componentDraws(keys, prior, chosen);
}

/** A draw of the chosen component for each key. */
function componentDraws(keys: readonly Key[], prior: GaussianMixture, chosen: readonly number[]): Tensor {
  const size = sampleSize(prior.means);
  const spread = spreadOf(prior);
  const shared = spread.length === batchOf(prior.means);
  const z = normalBatch(foldAll(keys, 'normal'), prior.means.shape.slice(1));
  return map(z, (value, at) => {
    const [k, j] = [chosen[Math.floor(at / size)]!, at % size];
    return prior.means.data[k * size + j]! + spread[shared ? k : k * size + j]! * value;
  });
}

function componentGiven(
  { y, noiseStd }: Measurement,
  matrix: readonly Float64Array[],
  { mean, stds }: { readonly mean: Float64Array; readonly stds: Float64Array },
): Component {
  const m = matrix.length;
  const scaled = matrix.map((row) => row.map((value, j) => value * stds[j]!)); // A S^(1/2)
  const evidence = zeros([m, m]);
  scaled.forEach((row, a) =>
    scaled.forEach((other, b) => (evidence.data[a * m + b] = dot(row, other) + (a === b ? noiseStd ** 2 : 0))),
  );
  const { values, vectors } = symmetricEigen(evidence);
  const least = m * Number.EPSILON * values.reduce((a, b) => Math.max(a, b), 0);
  const misfit = matrix.map((row, i) => y.data[i]! - dot(row, mean));
  const vector = (k: number): Float64Array => vectors.subarray(k * m, (k + 1) * m);
  // Columns of S A^T V, each over its eigenvalue: the gain is their product with V^T.
  const kept = Array.from(values, (value, k) => ({ value, k })).filter(({ value }) => value > least);
  const reach = kept.map(({ k }) =>
    stds.map((std, j) => std * scaled.reduce((sum, row, i) => sum + row[j]! * vector(k)[i]!, 0)),
  );
  const gain = Array.from(stds, (_, j) => {
    const row = new Float64Array(m);
    kept.forEach(({ value, k }, at) => vector(k).forEach((v, i) => (row[i]! += (reach[at]![j]! / value) * v)));
    return row;
  });
  const residual = Float64Array.from(misfit);
  const logEvidence = kept.reduce((sum, { value, k }) => {
    return sum - 0.5 * (dot(vector(k), residual) ** 2 / value + Math.log(2 * Math.PI * value));
  }, 0);
  return { logEvidence, mean: mean.map((value, j) => value + dot(gain[j]!, residual)), gain, stds, matrix };
}

/** sum_k w_k (S_k - gain A S_k + (m_k - m) (m_k - m)^T). */
function covarianceOf(given: readonly Component[], weights: Float64Array, mean: Float64Array): Tensor {
  const size = mean.length;
  const out = zeros([size, size]);
  given.forEach((own, k) => {
    const apart = own.mean.map((value, j) => value - mean[j]!);
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) {
        const variance = own.stds[b]! ** 2;
        const explained = own.matrix.reduce((sum, row, i) => sum + own.gain[a]![i]! * row[b]! * variance, 0);
        out.data[a * size + b]! += weights[k]! * ((a === b ? variance : 0) - explained + apart[a]! * apart[b]!);
      }
  });
  return out;
}

/** The matrix of a linear operator: M rows of D numbers. */
function matrixRows(operator: LinearOperator): readonly Float64Array[] {
  const [size, m] = [sizeOf(operator.shapeIn), sizeOf(operator.shapeOut)];
  const basis = map(zeros([size, ...operator.shapeIn]), (_, at) => (Math.floor(at / size) === at % size ? 1 : 0));
  const columns = operator.apply(basis).data; // [D, M]
  return Array.from({ length: m }, (_, i) => Float64Array.from({ length: size }, (__, j) => columns[j * m + i]!));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
