import { describe, expect, it } from 'vitest';
import { inverseCholesky } from '../../../src/base/cholesky.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { normal } from '../../../src/base/random.ts';
import { sizeOf, tensor, zeros, type Shape, type Tensor } from '../../../src/base/tensor.ts';
import { measure, type Measurement } from '../../../src/inverse/measurement.ts';
import * as operators from '../../../src/inverse/operator/index.ts';
import { exactPosterior } from '../../../src/inverse/posterior/exact-posterior.ts';
import { fieldPosterior } from '../../../src/inverse/posterior/field-posterior.ts';
import { autoregressionSpectrum, powerLawSpectrum } from '../../../src/sde/exact/field-spectrum.ts';
import { gaussianField, type ExactField } from '../../../src/sde/exact/gaussian-field.ts';
import { vp } from '../../../src/sde/processes/vp.ts';

/** Mean and covariance of x given y by matrices: S - S A^T (A S A^T + s^2)^-1 A S. */
function densePosterior(
  { covariance, mean }: ExactField,
  { operator, y, noiseStd }: Measurement,
): { mean: Float64Array; variances: Float64Array } {
  if (!operator.linear) throw new Error('expected a linear operator');
  const n = sizeOf(operator.shapeIn);
  const m = sizeOf(operator.shapeOut);
  const units = zeros([m, ...operator.shapeOut]);
  for (let i = 0; i < m; i++) units.data[i * m + i] = 1;
  const reach = covariance(operator.adjoint(units)); // rows of A S, [m, n]
  const evidence = operator.apply(reach).data.map((v, at) => v + (at % (m + 1) === 0 ? noiseStd ** 2 : 0));
  const { inverse } = inverseCholesky(evidence, m);
  const white = (j: number): Float64Array =>
    Float64Array.from({ length: m }, (_, r) => {
      let sum = 0;
      for (let c = 0; c < m; c++) sum += inverse[r * m + c]! * reach.data[c * n + j]!;
      return sum;
    });
  const clean = operator.apply({ shape: [1, ...mean.shape], data: mean.data });
  const misfit = Float64Array.from({ length: m }, (_, r) => {
    let sum = 0;
    for (let c = 0; c < m; c++) sum += inverse[r * m + c]! * (y.data[c]! - clean.data[c]!);
    return sum;
  });
  const rows = Array.from({ length: n }, (_, j) => white(j));
  const point = covariance(
    tensor(
      Float64Array.from({ length: n }, (_, j) => Number(j === 0)),
      [1, ...mean.shape],
    ),
  );
  return {
    mean: mean.data.map((own, j) => own + rows[j]!.reduce((sum, v, r) => sum + v * misfit[r]!, 0)),
    variances: Float64Array.from(rows, (row) => point.data[0]! - row.reduce((sum, v) => sum + v * v, 0)),
  };
}

const circle = autoregressionSpectrum(16, { coefficients: [0.9] });
const plane = powerLawSpectrum([1, 4, 6]);

interface Case {
  readonly what: string;
  readonly spectrum: Tensor;
  readonly operatorOf: (shape: Shape) => Measurement['operator'];
  readonly noiseStd: number;
}

const knownWhere = (of: (i: number) => boolean): Tensor =>
  tensor(
    Array.from({ length: 16 }, (_, i) => Number(of(i))),
    [16],
  );

const cases: readonly Case[] = [
  {
    ...{ what: 'a circle of which a part is known', spectrum: circle, noiseStd: 0.3 },
    operatorOf: (shape) =>
      operators.mask(
        shape,
        knownWhere((i) => i % 3 > 0),
      ),
  },
  {
    ...{ what: 'a forecast without noise', spectrum: circle, noiseStd: 0 },
    operatorOf: (shape) =>
      operators.mask(
        shape,
        knownWhere((i) => i < 9),
      ),
  },
  {
    ...{ what: 'a blurred plane', spectrum: plane, noiseStd: 0.2 },
    operatorOf: (shape) => operators.blur(shape, tensor([0.1, 0.5, 0.4], [1, 3])),
  },
  {
    ...{ what: 'means of four', spectrum: plane, noiseStd: 0.1 },
    operatorOf: (shape) => operators.downsample(shape, 2),
  },
];

describe.each(cases)('the posterior of $what', ({ spectrum, operatorOf, noiseStd }) => {
  const { shape } = spectrum;
  const field = gaussianField(vp(), { spectrum, mean: tensor(normal(key(9), sizeOf(shape)), shape) });
  const measurement = measure([key(2)], { operator: operatorOf(shape), noiseStd }, field.draw([key(1)]));
  const size = sizeOf(shape);
  const own = fieldPosterior(field, measurement);
  const dense = densePosterior(field, measurement);

  it('has the mean of the dense one', () => {
    for (let j = 0; j < size; j++) expect(own.mean.data[j]).toBeCloseTo(dense.mean[j]!, 6);
  });

  it('draws samples of its mean and variances', () => {
    const n = 800;
    const draws = own.draw(split(foldIn(key(3), 0), n)).data;
    for (const j of [0, 5, size - 1]) {
      const values = Float64Array.from({ length: n }, (__, i) => draws[i * size + j]! - dense.mean[j]!);
      const variance = Math.max(0, dense.variances[j]!);
      const mean = values.reduce((sum, v) => sum + v / n, 0);
      const square = values.reduce((sum, v) => sum + (v * v) / n, 0);
      // Four standard errors: sqrt(V / n) of the mean and V sqrt(2 / n) of the variance, and rounding where a number is known exactly.
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / n) + 1e-6);
      expect(Math.abs(square - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / n) + 1e-6);
    }
  });
});

it('is the posterior of independent numbers where the spectrum is flat', () => {
  const prior = gaussianField(vp(), { spectrum: tensor([4, 4, 4, 4], [4]) });
  const operator = operators.matrix([4], tensor([1, 1, 0, 0, 0, 1, 1, 1], [2, 4]));
  const measurement = measure([key(1)], { operator, noiseStd: 0.5 }, tensor([1, 2, 3, 4], [1, 4]));
  const { mean } = exactPosterior({ means: zeros([1, 4]), stds: 2 }, measurement);
  fieldPosterior(prior, measurement).mean.data.forEach((value, j) => expect(value).toBeCloseTo(mean.data[j]!, 8));
});

it('refuses what is not linear', () => {
  const prior = gaussianField(vp(), { spectrum: tensor([4, 4, 4, 4], [4]) });
  const operator = operators.clip([4]);
  expect(() => fieldPosterior(prior, { operator, y: zeros([1, 4]), noiseStd: 1 })).toThrow(ConfigError);
});
