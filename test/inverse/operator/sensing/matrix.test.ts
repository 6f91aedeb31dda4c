import { describe, expect, it } from 'vitest';
import { combine, scale } from '../../../../src/base/arith.ts';
import { ConfigError, ShapeError } from '../../../../src/base/errors.ts';
import { key } from '../../../../src/base/key.ts';
import { tensor, zeros } from '../../../../src/base/tensor.ts';
import { hadamardSensing } from '../../../../src/inverse/operator/sensing/hadamard.ts';
import { gaussianSensing, gray, matrix } from '../../../../src/inverse/operator/sensing/matrix.ts';
import { normalInverse } from '../../../../src/inverse/operator/solve.ts';
import { kolmogorovSmirnov, normalCdf } from '../../../base/statistics.ts';
import { noise, norm, unitVectors } from '../../all.ts';

it('multiplies along the first axis at every place', () => {
  const operator = matrix([3, 1, 2], tensor([1, 0, 2, 0, -1, 1], [2, 3]));
  const y = operator.apply(tensor([1, 10, 2, 20, 3, 30], [1, 3, 1, 2]));
  expect(y).toEqual(tensor([7, 70, 1, 10], [1, 2, 1, 2]));
});

it('has the singular values of the matrix', () => {
  // A A' = [[14, 6], [6, 5.25]]: eigenvalues (19.25 -+ sqrt(8.75^2 + 144)) / 2.
  const operator = matrix([3], tensor([1, 2, 3, -1, 0.5, 2], [2, 3]));
  const root = Math.sqrt(8.75 ** 2 + 144);
  const found = [...operator.svd!.singularValues].sort((a, b) => a - b);
  [(19.25 - root) / 2, (19.25 + root) / 2].forEach((value, i) => expect(found[i]! ** 2).toBeCloseTo(value, 12));
});

it('makes images gray: the first decoupled coordinate is sqrt(3) times the mean, the others are free', () => {
  const operator = gray([3, 2, 2]);
  const x = noise([3, 2, 2], 1, 1);
  const y = operator.apply(x);
  const c = operator.svd!.vt(x);
  for (let p = 0; p < 4; p++) {
    expect(y.data[p]).toBeCloseTo((x.data[p]! + x.data[4 + p]! + x.data[8 + p]!) / 3, 14);
    expect(c.data[p]).toBeCloseTo(Math.sqrt(3) * y.data[p]!, 13);
  }
  // A gray picture has no other coordinates, and is its own reconstruction.
  const picture = tensor([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4], [1, 3, 2, 2]);
  operator
    .svd!.vt(picture)
    .data.slice(4)
    .forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-14));
  operator.pseudoInverse!(operator.apply(picture)).data.forEach((value, i) =>
    expect(value).toBeCloseTo(picture.data[i]!, 13),
  );
});

describe('compressed sensing', () => {
  it('has independent Gaussian weights of variance 1 / m', () => {
    const [n, m] = [64, 40];
    const weights = gaussianSensing(key(5), [n], m).apply(unitVectors([n]));
    expect(weights.shape).toEqual([n, m]);
    const scaled = weights.data.map((value) => value * Math.sqrt(m));
    expect(kolmogorovSmirnov(scaled, normalCdf)).toBeLessThan(1.95); // n m = 2560 numbers, p = 0.001
  });

  it('keeps its promise of |A x|^2 = |x|^2 in the mean over keys', () => {
    const x = noise([4, 4], 1, 1);
    const [m, draws] = [6, 400];
    const sum = (make: typeof gaussianSensing): number =>
      Array.from({ length: draws }, (_, seed) => norm(make(key(seed), [4, 4], m).apply(x)) ** 2).reduce(
        (a, b) => a + b,
      ) /
      (draws * norm(x) ** 2);
    // m |A x|^2 / |x|^2 is chi-squared of m degrees: variance 2 / m each; five standard errors.
    expect(Math.abs(sum(gaussianSensing) - 1)).toBeLessThan(5 * Math.sqrt(2 / (m * draws)));
    // The Hadamard rows are orthonormal and m of 16 are chosen, which varies less.
    expect(Math.abs(sum(hadamardSensing) - m / 16)).toBeLessThan(5 * (m / 16) * Math.sqrt(2 / (m * draws)));
  });

  it('has the entries +-1 / sqrt(n) of a signed Hadamard matrix, in rows that the key chooses', () => {
    const weights = hadamardSensing(key(1), [4, 8], 12).apply(unitVectors([4, 8])); // [32, 12], transposed
    for (const value of weights.data) expect(Math.abs(value)).toBeCloseTo(1 / Math.sqrt(32), 14);
    // Products of two rows do not know the signs of the columns: they are Walsh functions, (-1)^(bits of j in a mask).
    for (let row = 1; row < 12; row++) {
      const walsh = (j: number): number => Math.sign(weights.data[j * 12]! * weights.data[j * 12 + row]!);
      for (let j = 0; j < 32; j++) {
        const expected = [1, 2, 4, 8, 16].reduce((p, bit) => (j & bit ? p * walsh(bit) * walsh(0) : p), walsh(0));
        expect(walsh(j)).toBe(expected);
      }
    }
    const other = hadamardSensing(key(2), [4, 8], 12).apply(unitVectors([4, 8]));
    expect(other.data).not.toEqual(weights.data);
  });

  it('refuses more measurements than values, and for Hadamard sizes that are no power of two', () => {
    expect(() => gaussianSensing(key(0), [2, 2], 5)).toThrow(
      'measurements: expected at most 4, the size of a sample, got 5',
    );
    expect(() => hadamardSensing(key(0), [2, 2], 5)).toThrow(ConfigError);
    expect(() => hadamardSensing(key(0), [3, 2], 2)).toThrow('shape: expected a power of two of values, got 6 = [3,2]');
    expect(() => gaussianSensing(key(0), [4], 0)).toThrow(/expected a positive integer, got 0/);
  });
});

it("of zeros measures nothing: A+ y = 0, and (A A' + lambda I)^-1 y = y / lambda", () => {
  const operator = matrix([3, 2], zeros([2, 3]));
  const [x, y] = [noise([3, 2], 4, 1), noise([2, 2], 4, 2)];
  const none = zeros([4, 0]);
  expect(norm(operator.apply(x)) + norm(operator.adjoint(y)) + norm(operator.pseudoInverse!(y))).toBe(0);
  for (const lambda of [2, [2, 4, 0.5, 1]]) {
    const rest = Array.from({ length: 4 }, (_, i) => 1 / (typeof lambda === 'number' ? lambda : lambda[i]!));
    expect(operator.normalInverse!(y, lambda)).toEqual(scale(rest, y));
  }
  expect(norm(operator.normalInverse!(y, 0))).toBe(0);
  const { singularValues, vt, v, ut, u } = operator.svd!;
  expect(singularValues).toHaveLength(0);
  expect(v(vt(x))).toEqual(x);
  expect(ut(y)).toEqual(none);
  expect(norm(u(none))).toBe(0);
});

it('refuses matrices that do not fit', () => {
  expect(() => matrix([3], zeros([2, 2]))).toThrow(ShapeError);
  expect(() => matrix([3], zeros([2, 2]))).toThrow('matrix: expected shape [m, 3] for samples [3], got [2,2]');
  expect(() => matrix([3], zeros([0, 3]))).toThrow(ShapeError);
  expect(() => matrix([2], tensor([1, NaN], [1, 2]))).toThrow('weights: expected finite numbers');
});

it('does without a decomposition where it would take long, and inverts all the same', () => {
  const operator = gaussianSensing(key(1), [900], 780);
  expect(operator.svd).toBeUndefined();
  expect(operator.normalInverse).toBeUndefined();
  const y = noise([780], 2, 1);
  const solved = normalInverse(operator, y, [0.1, 2]);
  const back = combine([1, operator.apply(operator.adjoint(solved))], [[0.1, 2], solved], [-1, y]);
  expect(norm(back)).toBeLessThan(1e-7 * norm(y)); // ten times the tolerance of the iteration
});
