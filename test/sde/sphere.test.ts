/** @file The closed form of points on a sphere, and ShapeGF's sampler on it. */
import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { dimensionOf, tensor } from '../../src/base/tensor.ts';
import { spherePoints } from '../../src/data/shapes/solids.ts';
import { noiseFirstLangevin } from '../../src/sample/correctors/noise-first.ts';
import { finish } from '../../src/sample/sampler.ts';
import { empirical } from '../../src/sde/exact/empirical.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { sphere } from '../../src/sde/exact/sphere.ts';
import { smldSigmas } from '../../src/sde/processes/discrete.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { smld } from '../../src/sde/processes/smld.ts';
import { vp } from '../../src/sde/processes/vp.ts';

describe('the score of a sphere', () => {
  it('has the mean that 2 million draws agree with to 1e-3', () => {
    const { denoised } = sphere(edm());
    const { data } = denoised(tensor([0.9, 0.4, -0.2], [1, 3]), 0.3);
    expect(Array.from(data, (value) => Number(value.toFixed(6)))).toEqual([0.815335, 0.362371, -0.181186]);
  });

  it('is the gradient of the log density, near the center and far from it', async () => {
    const sde = vp();
    const radius = 1.3;
    const { score } = sphere(sde, { radius });
    for (const t of [0.05, 0.4, 0.9])
      for (const r of [1e-3, 0.3, 1.2, 6]) {
        const direction = [0.48, -0.6, 0.64];
        const [a, s] = [sde.alpha(t) * radius, sde.sigma(t)];
        // log p = -(r^2 + a^2) / (2 s^2) + log(sinh k / k), k = a r / s^2.
        const logDensity = (point: readonly number[]): number => {
          const length = Math.hypot(...point);
          const k = (a * length) / s ** 2;
          const logSinh = k + Math.log1p(-Math.exp(-2 * k)) - Math.log(2);
          return -(length ** 2 + a ** 2) / (2 * s ** 2) + logSinh - Math.log(k);
        };
        const x = direction.map((value) => value * r);
        const { data } = await score(tensor(x, [1, 1, 3]), t);
        const h = 1e-5 * r;
        for (let j = 0; j < 3; j++) {
          const at = (sign: number): number => logDensity(x.map((value, k) => value + (k === j ? sign * h : 0)));
          const slope = (at(1) - at(-1)) / (2 * h);
          expect(Math.abs(slope - data[j]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)) + 1e-9 / h);
        }
      }
    for (const value of (await score(tensor([0, 0, 0], [1, 3]), 0.5)).data) expect(value).toBeCloseTo(0, 12);
    await expect(async () => score(tensor([1, 2], [1, 2]), 0.5)).rejects.toThrow(/expected points/);
  });

  // Of 20,000 points on it the mean given x has an error of about 1 / sqrt(the number within sigma of x), 5e-2 at sigma 0.1.
  it('is that of many points on it: weights exp(-d^2 / (2 sigma^2)), where the published code has exp(-d^2 / sigma^2)', async () => {
    const sde = edm();
    const points = spherePoints(key(0), 20_000);
    const many = empirical(sde, tensor(points, [20_000, 3]));
    const x = tensor([0.9, 0.4, -0.2, 0.1, 0, 0.3], [2, 3]);
    for (const sigma of [0.3, 1]) {
      const [own, exact] = [await many.score(x, sigma), await sphere(sde).score(x, sigma)];
      const apart = Math.hypot(...own.data.map((value, j) => (value - exact.data[j]!) * sigma ** 2));
      expect(apart).toBeLessThan(0.03);
      // What half of the variance would give is further away by far.
      const other = await sphere(sde).score(x, sigma / Math.SQRT2);
      const wrong = Math.hypot(...other.data.map((value, j) => value * (sigma ** 2 / 2) - exact.data[j]! * sigma ** 2));
      expect(wrong).toBeGreaterThan(0.08);
    }
  });
});

const sde = smld({ sigmas: smldSigmas({ sigmaMin: 0.01, sigmaMax: 1, levels: 10 }) });

describe('Langevin steps whose noise comes first', () => {
  it('take points to a sphere, evenly', async () => {
    const n = 600;
    const { score } = sphere(sde);
    const { x, evals } = await finish(noiseFirstLangevin()({ sde, score, shape: [n / 4, 3], keys: split(key(0), 4) }));
    expect(evals).toEqual([100, 100, 100, 100]);
    let [radii, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      const point = x.data.subarray(3 * i, 3 * i + 3);
      const r = Math.hypot(...point);
      // The last steps end with the mean given a state whose noise is sqrt(3) times that of the level.
      expect(Math.abs(r - 1)).toBeLessThan(0.01);
      radii += r / n;
      squares += point[2]! ** 2 / n;
    }
    expect(Math.abs(radii - 1)).toBeLessThan(1e-3);
    // z^2 has mean 1/3 and variance 4/45.
    expect(Math.abs(squares - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
  });

  it('have the variance that their recursion says, for Gaussian data', async () => {
    const [v, n] = [0.25, 4000];
    const { score } = gaussian(sde, { mean: tensor([0], [1]), std: Math.sqrt(v) });
    const { x } = await finish(noiseFirstLangevin({ repeats: 3 })({ sde, score, shape: [1], keys: split(key(1), n) }));
    let variance = sde.priorStd ** 2;
    const levels = [...smldSigmas({ sigmaMin: 0.01, sigmaMax: 1, levels: 10 })].reverse();
    for (const sigma of levels)
      for (let repeat = 0; repeat < 3; repeat++) variance = (variance + 2 * sigma ** 2) * (v / (v + sigma ** 2)) ** 2;
    const found = x.data.reduce((sum, value) => sum + value ** 2, 0) / n;
    expect(dimensionOf(x, 0)).toBe(n);
    expect(Math.abs(found / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  it('end at a point that is all there is', async () => {
    const { score } = gaussian(sde, { mean: tensor([0.3, -0.2, 0.1], [3]), std: 0 });
    const { x } = await finish(noiseFirstLangevin()({ sde, score, shape: [3], keys: split(key(2), 2) }));
    const expected = [0.3, -0.2, 0.1, 0.3, -0.2, 0.1];
    expect(Array.from(x.data, (value, j) => Math.abs(value - expected[j]!) < 1e-12)).toEqual(expected.map(() => true));
    expect(() => noiseFirstLangevin({ repeats: 0 })).toThrow(/repeats/);
  });
});
