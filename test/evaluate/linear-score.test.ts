/** @file Linear and empirical scores against closed forms, and against each other. */
import { describe, expect, it } from 'vitest';
import { combine, dotPerSample } from '../../src/base/arith.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { covarianceOf, type Covariance } from '../../src/evaluate/covariance.ts';
import { empiricalErrors } from '../../src/evaluate/empirical-errors.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { plainProduct, type FloatRows } from '../../src/evaluate/float-rows.ts';
import { linearErrors, linearErrorsOfFew } from '../../src/evaluate/linear-score.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { edm } from '../../src/sde/processes/edm.ts';

const d = 5;
const stds = [2, 1, 0.5, 0.1, 1e-3];
const mean = [1, -1, 0, 2, 0.5];
const draw = (n: number, name: string): Tensor => {
  const { data } = normalBatch(split(foldIn(key(4), name), n), [d]);
  return { shape: [n, d], data: data.map((v, i) => mean[i % d]! + stds[i % d]! * v) };
};
const rowsOf = ({ shape: [count = 0], data }: Tensor): FloatRows => ({ count, size: d, data: Float32Array.from(data) });
const finished = async <R>(steps: AsyncGenerator<number, R>): Promise<R> => {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
};
const n = 64;
const x0 = draw(n, 'new');
const z = normalBatch(split(key(7), n), [d]);
const sde = edm();
const ratios = [0.002, 0.03, 0.5, 4, 80];

/** ||z + sigma s||^2 / D of a score, whose process has alpha = 1 and sigma = t. */
const errorsOf = async (score: ScoreFn, r: number): Promise<Float64Array> => {
  const error = combine([r, await score(combine([1, x0], [r, z]), r)], [1, z]);
  return dotPerSample(error, error).map((square) => square / d);
};
const worst = (a: Float64Array, b: Float64Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!) / Math.max(1e-3, Math.abs(b[i]!))));

describe('the linear score', () => {
  /** The axes turned by a reflection, so that the covariance has no zeros. */
  const turn = ({ shape, data }: Tensor): Tensor => {
    const out = data.slice();
    for (let at = 0; at < out.length; at += d) {
      const sum = data.subarray(at, at + d).reduce((s, v) => s + v, 0);
      for (let j = 0; j < d; j++) out[at + j] = data[at + j]! - (2 / d) * sum;
    }
    return { shape, data: out };
  };
  const diagonal = tensor(
    Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? stds[at / (d + 1)]! ** 2 : 0)),
    [d, d],
  );
  const half = turn(diagonal).data;
  const flipped = Float64Array.from({ length: d * d }, (_, at) => half[(at % d) * d + Math.floor(at / d)]!);
  const covariance: Covariance = {
    mean: turn(tensor(mean, [1, d])).data,
    matrix: turn({ shape: [d, d], data: flipped }).data,
    shrinkage: 0,
  };

  it('of Gaussian data is the exact score of each sample', async () => {
    const exact = gaussian(sde, { mean: tensor(mean, [d]), std: tensor(stds, [d]) }).score;
    const errors = linearErrors(covariance, { x0: turn(x0), z: turn(z) });
    for (const r of ratios) expect(worst(errors(r), await errorsOf(exact, r))).toBeLessThan(1e-8);
  });

  it('has the error of the Wiener filter on average (n = 64 samples of 5 numbers, 4 standard errors)', () => {
    const errors = linearErrors(covariance, { x0: turn(x0), z: turn(z) });
    for (const r of ratios) {
      const wiener = stds.reduce((sum, std) => sum + std ** 2 / (std ** 2 + r * r) / d, 0);
      const { value, standardError } = meanEstimate(errors(r));
      expect(Math.abs(value - wiener)).toBeLessThan(4 * standardError);
    }
  });

  it('takes the shrunk covariance where that is better, as of fewer samples than numbers', async () => {
    const few = await finished(covarianceOf(rowsOf(draw(4, 'few'))));
    const [shrunk, plain] = [few, { ...few, shrinkage: 0 }].map((own) => linearErrors(own, { x0, z })(0.002));
    expect(meanEstimate(shrunk!).value).toBeLessThan(2);
    expect(meanEstimate(plain!).value).toBeGreaterThan(100);
  });

  it('is the same by the products of few samples', async () => {
    const points = rowsOf(draw(300, 'points'));
    const few = await linearErrorsOfFew(points, { x0, z });
    const whole = await finished(covarianceOf(points));
    const form = { ...whole, matrix: whole.matrix.map((v, at) => shrink(whole, v, at)), shrinkage: 0 };
    // Products are float32, and the smallest ratio divides them by r^2 = 4e-6.
    for (const r of ratios.slice(1)) expect(worst(few(r), linearErrors(form, { x0, z })(r))).toBeLessThan(1e-3);
  });

  const shrink = ({ matrix, shrinkage: rho }: Covariance, value: number, at: number): number => {
    const level = stds.reduce((sum, _, j) => sum + matrix[j * d + j]! / d, 0);
    return (1 - rho) * value + (at % (d + 1) === 0 ? rho * level : 0);
  };
});

describe('a covariance', () => {
  it('is that of all samples, however many there are of one product', async () => {
    const count = 2100;
    const points = draw(count, 'points');
    const { matrix, mean: own } = await finished(covarianceOf(rowsOf(points)));
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        const column = (k: number): Float64Array =>
          Float64Array.from({ length: count }, (_, row) => points.data[row * d + k]!);
        const [a, b] = [column(i), column(j)];
        const products = a.map((v, k) => (v - own[i]!) * (b[k]! - own[j]!));
        expect(matrix[i * d + j]).toBeCloseTo(meanEstimate(products).value, 5);
      }
  });

  it('is shrunk by less the more samples there are: 1 / n', async () => {
    const shrinkageAt = async (count: number): Promise<number> =>
      (await finished(covarianceOf(rowsOf(draw(count, 'points'))))).shrinkage;
    const [few, many] = [await shrinkageAt(50), await shrinkageAt(5000)];
    expect(many * 100).toBeGreaterThan(0.5 * few);
    expect(many * 100).toBeLessThan(2 * few);
  });
});

describe('the empirical score', () => {
  const points = draw(5000, 'points'); // more than one product takes
  const rows = rowsOf(points);
  const stored: Tensor = { shape: points.shape, data: Float64Array.from(rows.data) };

  it('is the mixture of points at every level, of new samples', async () => {
    const errors = await empiricalErrors(rows, { x0, z });
    const { score } = empirical(sde, stored);
    // Distances are float32: 1e-7 of |x|^2 = 10 over 2 r^2.
    for (const r of [0.03, 0.5, 4, 80]) expect(worst(await errors(r), await errorsOf(score, r))).toBeLessThan(5e-3);
  });

  it('leaves a sample out that is one of the points', async () => {
    const own = Array.from({ length: 8 }, (_, i) => 600 * i);
    const samples = tensor(
      own.flatMap((row) => [...rows.data.subarray(row * d, (row + 1) * d)]),
      [8, d],
    );
    const noise = normalBatch(split(key(8), 8), [d]);
    const keep = Array.from({ length: 5000 }, (_, k) => k).filter((k) => !own.includes(k));
    const others = Float32Array.from(keep.flatMap((row) => [...rows.data.subarray(row * d, (row + 1) * d)]));
    const without = await empiricalErrors({ count: keep.length, size: d, data: others }, { x0: samples, z: noise });
    const left = await empiricalErrors(rows, { x0: samples, z: noise, own });
    const known = await empiricalErrors(rows, { x0: samples, z: noise });
    // Seven points more or less of 5000 are seen only where they are near.
    expect(worst(await left(1), await without(1))).toBeLessThan(0.05);
    expect(meanEstimate(await known(1e-3)).value).toBeLessThan(1e-6);
    expect(meanEstimate(await left(1e-3)).value).toBeGreaterThan(10);
  });

  it('is the same where an engine makes the products', async () => {
    const calls: number[] = [];
    const counted: typeof plainProduct = (a, b, sizes) => {
      calls.push(sizes.rows);
      return plainProduct(a, b, sizes);
    };
    const [own, plain] = [
      await empiricalErrors(rows, { x0, z, product: counted }),
      await empiricalErrors(rows, { x0, z }),
    ];
    expect(calls).toEqual([4096, 904]);
    expect(await own(4)).toEqual(await plain(4));
    expect(calls).toEqual([4096, 904, 64, 64]);
  });
});
