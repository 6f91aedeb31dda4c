/** @file Priors and operators whose posteriors are known in closed form: what posterior samplers are measured on. */
import { foldIn, split, type Key } from '../base/key.ts';
import { normal, normalBatch, uniform } from '../base/random.ts';
import { sizeOf, tensor, zeros, type Shape, type Tensor } from '../base/tensor.ts';
import { blur } from '../inverse/operator/sensing/blur.ts';
import { downsample } from '../inverse/operator/sensing/downsample.ts';
import { subsampledFourier } from '../inverse/operator/scans/fourier.ts';
import { hadamardSensing } from '../inverse/operator/sensing/hadamard.ts';
import { identity } from '../inverse/operator/sensing/identity.ts';
import { mask } from '../inverse/operator/sensing/mask.ts';
import { gaussianSensing, gray, matrix } from '../inverse/operator/sensing/matrix.ts';
import type { LinearOperator } from '../inverse/operator/operator.ts';
import { radon } from '../inverse/operator/scans/radon.ts';
import type { GaussianMixture } from '../sde/exact/gaussian-mixture.ts';

/** A prior and an operator. */
export interface CalibrationProblem {
  readonly name: string;
  /** Gaussian or mixture. */
  readonly family: string;
  readonly dimension: number;
  readonly prior: GaussianMixture;
  readonly operator: LinearOperator;
  /** Standard deviation of the noise: `relativeNoise` times the root mean square of a measured number of white data. */
  readonly noiseStd: number;
}

/** Noise relative to what is measured of data of mean 0 and variance 1. */
export const relativeNoise = 0.3;

/** Every operator in 2, 16 or 64 dimensions, on points and on images of 4 x 4 and 8 x 8. */
function calibrationOperators(key: Key): Readonly<Record<string, LinearOperator>> {
  const sum = matrix([2], tensor(normal(foldIn(key, 'sum'), 2), [1, 2]));
  return {
    mask: mask([2], tensor([1, 0], [2])),
    sum,
    identity: identity([2]),
    'every second pixel': mask([1, 4, 4], alternate([4, 4])),
    'random sums': gaussianSensing(foldIn(key, 'sums'), [1, 4, 4], 8),
    'Hadamard sums': hadamardSensing(foldIn(key, 'hadamard'), [1, 4, 4], 8),
    'mean of channels': gray([4, 2, 2]),
    blur: blur(
      [1, 4, 4],
      tensor(
        [1, 2, 1, 2, 4, 2, 1, 2, 1].map((w) => w / 16),
        [3, 3],
      ),
    ),
    'Fourier columns': subsampledFourier([1, 4, 4], [0, 1]),
    'hidden half': mask(
      [1, 8, 8],
      tensor(
        map64((column) => (column < 4 ? 1 : 0)),
        [8, 8],
      ),
    ),
    'means of 2 x 2': downsample([1, 8, 8], 2),
    'random sums of 64': gaussianSensing(foldIn(key, 'many sums'), [1, 8, 8], 32),
    // As a matrix, so that its inverses and its singular values are in closed form.
    'rays at 4 angles': asMatrix(radon([1, 8, 8], { angles: 4 })),
  };
}

/** A Gaussian of unequal variances and a mixture of three for every operator. */
export function calibrationProblems(key: Key): readonly CalibrationProblem[] {
  const families = { Gaussian: gaussian, mixture } as const;
  const operators = Object.entries(calibrationOperators(key));
  return Object.entries(families).flatMap(([family, priorOf]) =>
    operators.map(([what, operator]): CalibrationProblem => {
      const dimension = sizeOf(operator.shapeIn);
      const name = `${family}, ${dimension}-D, ${what}`;
      const prior = priorOf(foldIn(foldIn(key, family), dimension), operator.shapeIn);
      return { name, family, dimension, prior, operator, noiseStd: relativeNoise * scaleOf(operator) };
    }),
  );
}

function gaussian(key: Key, shape: Shape): GaussianMixture {
  const stds = uniform(key, sizeOf(shape)).map((u) => 0.5 + u);
  return { means: zeros([1, ...shape]), stds: tensor(stds, [1, ...shape]) };
}

function mixture(key: Key, shape: Shape): GaussianMixture {
  return { means: normalBatch(split(key, 3), shape), stds: [0.3, 0.5, 0.4], weights: [1, 2, 3] };
}

/** Root mean square of a number of A x for white x: sqrt(|A|^2 / M). */
function scaleOf(operator: LinearOperator): number {
  return Math.sqrt(columnsOf(operator).reduce((sum, v) => sum + v * v, 0) / sizeOf(operator.shapeOut));
}

/** A of unit vectors, one after another. */
function columnsOf(operator: LinearOperator): Float64Array {
  const n = sizeOf(operator.shapeIn);
  return operator.apply(tensor(unitVectors(n), [n, ...operator.shapeIn])).data;
}

/** The same map of points. */
function asMatrix(operator: LinearOperator): LinearOperator {
  const [n, m] = [sizeOf(operator.shapeIn), sizeOf(operator.shapeOut)];
  const columns = columnsOf(operator);
  const rows = Float64Array.from({ length: m * n }, (_, at) => columns[(at % n) * m + Math.floor(at / n)] ?? 0);
  return matrix([n], tensor(rows, [m, n]));
}

function unitVectors(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}

function alternate(shape: Shape): Tensor {
  const [, width = 1] = shape;
  const n = sizeOf(shape);
  return tensor(
    Array.from({ length: n }, (_, i) => (Math.floor(i / width) + i + 1) % 2),
    shape,
  );
}

function map64(of: (column: number) => number): readonly number[] {
  return Array.from({ length: 64 }, (_, i) => of(i % 8));
}
