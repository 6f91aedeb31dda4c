import { describe, expect, it } from 'vitest';
import { NumericalError, ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal, normalBatch } from '../../src/base/random.ts';
import { takeRows, tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import { frechetDistance, moments, momentsOf, type Moments } from '../../src/evaluate/frechet.ts';
import { symmetricEigen } from '../../src/evaluate/symmetric-eigen.ts';
import { symmetricEigenvalues } from '../../src/evaluate/symmetric-eigenvalues.ts';

const times = (a: Tensor, b: Tensor): Tensor => {
  const [n, m, p] = [a.shape[0]!, a.shape[1]!, b.shape[1]!];
  const out = zeros([n, p]);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++)
      for (let k = 0; k < m; k++) out.data[i * p + j]! += a.data[i * m + k]! * b.data[k * p + j]!;
  return out;
};
const transposed = (a: Tensor): Tensor => {
  const [n, m] = [a.shape[0]!, a.shape[1]!];
  return tensor(
    Float64Array.from(a.data, (_, at) => a.data[(at % n) * m + Math.floor(at / n)]!),
    [m, n],
  );
};
const random = (seed: number, n: number, m: number): Tensor => tensor(normal(key(seed), n * m), [n, m]);
/** Symmetric with non-negative eigenvalues, of the given rank. */
const covariance = (seed: number, d: number, rank = d): Tensor => {
  const a = random(seed, d, rank);
  return times(a, transposed(a));
};
const diagonal = (values: readonly number[]): Tensor =>
  tensor(
    values.flatMap((v, i) => values.map((_, j) => (i === j ? v : 0))),
    [values.length, values.length],
  );
const gaussianOf = (mean: readonly number[], c: Tensor): Moments => ({
  mean: tensor(mean, [mean.length]),
  covariance: c,
});

describe('the eigenvectors of a symmetric matrix', () => {
  const cases: readonly (readonly [string, Tensor])[] = [
    ...[1, 2, 3, 8, 30].map((d) => [`of size ${d}`, covariance(d, d)] as const),
    ['with two equal eigenvalues', diagonal([2, 5, 2])],
    ['of rank 3 of 12', covariance(5, 12, 3)],
    ['of zeros', zeros([4, 4])],
    ['with eigenvalues of both signs', tensor([0, 1, 2, 1, 0, 3, 2, 3, 0], [3, 3])],
    ['of entries far apart', tensor([1e8, 1, 1, 1e-8], [2, 2])],
  ];
  it.each(cases)('%s are orthonormal and rebuild it', (_, a) => {
    const d = a.shape[0]!;
    const { values, vectors } = symmetricEigen(a);
    const v = tensor(vectors, [d, d]);
    const rebuilt = times(transposed(v), times(diagonal([...values]), v));
    const size = Math.max(...a.data.map(Math.abs));
    rebuilt.data.forEach((value, i) => expect(Math.abs(value - a.data[i]!)).toBeLessThanOrEqual(1e-13 * d * size));
    times(v, transposed(v)).data.forEach((value, i) => expect(value).toBeCloseTo(i % (d + 1) === 0 ? 1 : 0, 12));
  });

  it('have known values: 2 - 2 cos(k pi / (n + 1)) for second differences', () => {
    const n = 9;
    const a = tensor(
      Float64Array.from({ length: n * n }, (_, at) => {
        const apart = Math.abs((at % n) - Math.floor(at / n));
        return apart === 0 ? 2 : apart === 1 ? -1 : 0;
      }),
      [n, n],
    );
    const values = [...symmetricEigen(a).values].sort((x, y) => x - y);
    values.forEach((value, k) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13));
  });

  it('need a square matrix of numbers', () => {
    expect(() => symmetricEigen(zeros([2, 3]))).toThrow(ShapeError);
    expect(() => symmetricEigen(tensor([1, NaN, NaN, 1], [2, 2]))).toThrow(NumericalError);
  });
});

describe('eigenvalues alone', () => {
  const sorted = (values: Float64Array): Float64Array => values.slice().sort();
  const cases: readonly (readonly [string, Tensor])[] = [
    ...[1, 2, 3, 8, 40].map((d) => [`of size ${d}`, covariance(d, d)] as const),
    ['of rank 3 of 12', covariance(5, 12, 3)],
    ['of zeros', zeros([4, 4])],
    ['of size 0', zeros([0, 0])],
    ['that are diagonal already', diagonal([3, -1, 3, 0, 7])],
    ['of both signs', tensor([0, 1, 2, 1, 0, 3, 2, 3, 0], [3, 3])],
    ['of huge entries', tensor([3e200, 1e200, 1e200, 2e200], [2, 2])],
    ['of tiny entries', tensor([3e-200, 1e-200, 0, 1e-200, 2e-200, 1e-200, 0, 1e-200, 5e-200], [3, 3])],
  ];
  it.each(cases)('%s are those of Jacobi', (_, a) => {
    const d = a.shape[0]!;
    // Jacobi compares products of entries, which must not overflow.
    const size = Math.max(1e-300, ...a.data.map(Math.abs));
    const unit = tensor(
      a.data.map((value) => value / size),
      a.shape,
    );
    const expected = sorted(symmetricEigen(unit).values);
    sorted(symmetricEigenvalues(a)).forEach((value, k) =>
      expect(Math.abs(value / size - expected[k]!)).toBeLessThan(1e-14 * (d + 1) * d),
    );
  });

  it('of 300 second differences are 2 - 2 cos(k pi / (n + 1)), in any orthogonal basis', () => {
    const n = 300;
    const second = tensor(
      Float64Array.from({ length: n * n }, (_, at) => [2, -1][Math.abs((at % n) - Math.floor(at / n))] ?? 0),
      [n, n],
    );
    const u = normal(key(17), n);
    const square = u.reduce((sum, v) => sum + v * v, 0);
    const mirror = tensor(
      Float64Array.from(
        { length: n * n },
        (_, at) => Number(at % (n + 1) === 0) - (2 * u[at % n]! * u[Math.floor(at / n)]!) / square,
      ),
      [n, n],
    );
    for (const a of [second, times(mirror, times(second, mirror))])
      sorted(symmetricEigenvalues(a)).forEach((value, k) =>
        expect(Math.abs(value - 2 + 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))).toBeLessThan(1e-13),
      );
  });

  it('need a square matrix of numbers', () => {
    expect(() => symmetricEigenvalues(zeros([2, 3]))).toThrow(ShapeError);
    expect(() => symmetricEigenvalues(tensor([1, NaN, NaN, 1], [2, 2]))).toThrow(NumericalError);
  });
});

describe('the Fréchet distance', () => {
  it('of 400 dimensions is that of commuting covariances in closed form, whatever their ranks', () => {
    // C = M diag(s^2) M for a mirror M gives sum (s_1 - s_2)^2.
    const d = 400;
    const u = normal(key(18), d);
    const square = u.reduce((sum, v) => sum + v * v, 0);
    const turned = (stds: readonly number[]): Moments => {
      const c = new Float64Array(d * d);
      // M S M = S - (u (S u)^T + (S u) u^T) 2 / |u|^2 + u u^T 4 (u S u) / |u|^4
      const su = u.map((value, i) => value * stds[i]! ** 2);
      const along = u.reduce((sum, value, i) => sum + value * su[i]!, 0);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++)
          c[i * d + j] =
            (i === j ? stds[i]! ** 2 : 0) -
            (2 * (u[i]! * su[j]! + su[i]! * u[j]!)) / square +
            (4 * along * u[i]! * u[j]!) / square ** 2;
      return gaussianOf(new Array<number>(d).fill(0), tensor(c, [d, d]));
    };
    const stds = (seed: number, zero: (i: number) => boolean): number[] =>
      Array.from(normal(key(seed), d), (z, i) => (zero(i) ? 0 : Math.exp(z)));
    const everywhere = (): boolean => false;
    for (const [a, b] of [
      [stds(1, everywhere), stds(2, everywhere)],
      [stds(1, (i) => i % 3 === 0), stds(2, (i) => i % 2 === 0)],
    ] as const) {
      const exact = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
      const traces = [...a, ...b].reduce((sum, value) => sum + value ** 2, 0);
      expect(Math.abs(frechetDistance(turned(a), turned(b)) - exact)).toBeLessThan(1e-7 * traces);
    }
  });

  it('of diagonal Gaussians is the sum of (m_1 - m_2)^2 + (s_1 - s_2)^2', () => {
    const [a, b] = [gaussianOf([1, 0, -2], diagonal([4, 1, 0.25])), gaussianOf([0, 0.5, -2], diagonal([1, 9, 0]))];
    expect(frechetDistance(a, b)).toBeCloseTo(1 + 0.25 + (2 - 1) ** 2 + (1 - 3) ** 2 + 0.5 ** 2, 12);
  });

  it('of two dimensions has the root of a 2 x 2 matrix in closed form', () => {
    // tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)) for M = C_1 C_2.
    const [a, b] = [tensor([2, 0.7, 0.7, 1], [2, 2]), tensor([1.5, -0.4, -0.4, 0.6], [2, 2])];
    const m = times(a, b).data;
    const cross = Math.sqrt(m[0]! + m[3]! + 2 * Math.sqrt(m[0]! * m[3]! - m[1]! * m[2]!));
    expect(frechetDistance(gaussianOf([0, 0], a), gaussianOf([3, 4], b))).toBeCloseTo(25 + 3 + 2.1 - 2 * cross, 12);
  });

  it.each([
    ['of full rank', 6, 6],
    ['that are singular', 6, 2],
  ])('is the square of a metric, and does not see rotations, for covariances %s', (_, d, rank) => {
    const [a, b, c] = [1, 2, 3].map((seed) => gaussianOf([...normal(key(40 + seed), d)], covariance(seed, d, rank)));
    const distance = (x: Moments, y: Moments): number => Math.sqrt(frechetDistance(x, y));
    expect(frechetDistance(a!, a!)).toBeCloseTo(0, 6);
    for (let seed = 0; seed < 20; seed++) {
      const one = gaussianOf(Array<number>(d).fill(0), covariance(70 + seed, d, rank));
      expect(frechetDistance(one, one)).toBeGreaterThanOrEqual(0);
    }
    expect(frechetDistance(a!, b!)).toBeCloseTo(frechetDistance(b!, a!), 6);
    expect(distance(a!, c!)).toBeLessThanOrEqual(distance(a!, b!) + distance(b!, c!) + 1e-9);
    const turn = tensor(symmetricEigen(covariance(9, d)).vectors, [d, d]);
    const turned = ({ mean, covariance: cov }: Moments): Moments => ({
      mean: tensor(times(turn, tensor(mean.data, [d, 1])).data, [d]),
      covariance: times(turn, times(cov, transposed(turn))),
    });
    expect(frechetDistance(turned(a!), turned(b!))).toBeCloseTo(frechetDistance(a!, b!), 6);
  });

  it('of a Gaussian and its multiple: C_2 = c^2 C_1 gives (1 - c)^2 tr C_1', () => {
    const one = covariance(4, 5);
    const two = { shape: one.shape, data: one.data.map((v) => 9 * v) };
    const trace = [0, 1, 2, 3, 4].reduce((sum, i) => sum + one.data[i * 6]!, 0);
    expect(
      frechetDistance(gaussianOf(Array<number>(5).fill(0), one), gaussianOf(Array<number>(5).fill(0), two)),
    ).toBeCloseTo(4 * trace, 10);
  });

  it('refuses moments that are not finite', () => {
    const [a, b] = [gaussianOf([0], diagonal([1])), gaussianOf([0], diagonal([Infinity]))];
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const)
      expect(() => frechetDistance(x, y)).toThrow(NumericalError);
  });

  it('refuses dimensions that differ', () => {
    expect(() => frechetDistance(gaussianOf([0], diagonal([1])), gaussianOf([0, 0], diagonal([1, 1])))).toThrow(
      ShapeError,
    );
  });
});

describe('moments of features', () => {
  it('without a group are those of the other rows', () => {
    const [n, d, groups] = [23, 3, 4];
    const x = tensor(
      normal(key(19), n * d).map((z, at) => z + 1e4 * (at % d)),
      [n, d],
    );
    const { whole, without } = momentsOf(x);
    expect(whole).toEqual(moments(x));
    for (let group = 0; group < groups; group++) {
      const rows = Array.from({ length: n }, (_, i) => i).filter((i) => i % groups !== group);
      const [left, expected] = [without(group, groups), moments(takeRows(x, rows))];
      left.mean.data.forEach((value, j) => expect(value).toBeCloseTo(expected.mean.data[j]!, 9));
      left.covariance.data.forEach((value, j) => expect(value).toBeCloseTo(expected.covariance.data[j]!, 10));
    }
  });

  it('are those of a hand calculation', () => {
    const { mean, covariance: c } = moments(tensor([0, 1, 2, 5, 4, 0], [3, 2]));
    expect([...mean.data]).toEqual([2, 2]);
    // Centered rows (-2, -1), (0, 3), (2, -2); divided by 2.
    expect([...c.data]).toEqual([4, -1, -1, 7]);
  });

  it('keep small spreads about large means', () => {
    const { covariance: c } = moments(tensor([1e8, 1e8 + 1, 1e8 + 2], [3, 1]));
    expect(c.data[0]).toBeCloseTo(1, 6);
  });

  it('lead to a distance between sets of one law that falls as 1 / N (40 pairs of sets each)', () => {
    const average = (n: number): number => {
      const runs = split(key(n), 40).map((k) => {
        const features = (name: string): Moments => moments(normalBatch(split(foldIn(k, name), n), [4]));
        return frechetDistance(features('x'), features('y'));
      });
      return runs.reduce((a, b) => a + b, 0) / runs.length;
    };
    // The spread of one distance is about half of it, so that the ratio has a relative error of 0.12.
    expect(average(50) / average(200)).toBeGreaterThan(4 * 0.6);
    expect(average(50) / average(200)).toBeLessThan(4 * 1.6);
  });

  it('need a matrix of two rows or more', () => {
    expect(() => moments(zeros([1, 3]))).toThrow(ShapeError);
    expect(() => moments(zeros([4, 3, 2]))).toThrow(ShapeError);
  });
});
