import { describe, expect, it } from 'vitest';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { tensor, type Tensor } from '../../../src/base/tensor.ts';
import { ddim } from '../../../src/sample/steps/ddim.ts';
import { predictorCorrector } from '../../../src/sample/predictor-corrector.ts';
import { finish } from '../../../src/sample/sampler.ts';
import { fromState } from '../../../src/sample/start.ts';
import { straightPaths } from '../../../src/sample/adaptive/straightness.ts';
import { gaussian } from '../../../src/sde/exact/gaussian.ts';
import { rectifiedFlow } from '../../../src/sde/processes/rectified-flow.ts';
import type { ScoreFn } from '../../../src/sde/score-fn.ts';
import { uniformGrid } from '../../../src/sde/time/time-grid.ts';
import { allSdes } from '../../sde/all.ts';

const s = 0.5;
// The whole way from noise to data, up to rounding.
const sde = rectifiedFlow({ tMin: 1e-9, tEnd: 1e-9, tMax: 1 - 1e-9 });
const { score } = gaussian(sde, { mean: tensor([0], [1]), std: s });
const tight = { rtol: 1e-10, atol: 1e-10 };

/** The flow of N(0, s^2) with the coupling of its own paths, which are straight: z = x_t / ((1 - t) s + t). */
const rectified: ScoreFn = (x, t) => {
  const at = (row: number): number => (typeof t === 'number' ? t : (t[row] ?? 0));
  const data = x.data.map((value, row) => -value / ((1 - at(row)) * s + at(row)) / at(row));
  return Promise.resolve({ shape: x.shape, data });
};

describe('the straightness of the flow of N(0, s^2)', () => {
  it('is s (2 - pi / 2) z^2 for the path of the noise z, s = 0.5', async () => {
    const z = [-1.7, 0.3, 1, 2.2];
    const { straightness, speed, x, status } = await straightPaths({ sde, score }, tensor(z, [4, 1]), tight);
    expect(s * (2 - Math.PI / 2)).toBeCloseTo(0.2146018366, 10);
    straightness.forEach((own, i) => {
      // The ends that are left out are of 1e-9.
      expect(own / z[i]! ** 2).toBeCloseTo(0.2146018366, 7);
      expect(speed[i]).toBeCloseTo((1 - s) ** 2 * z[i]! ** 2, 7);
      expect(x.data[i]).toBeCloseTo(s * z[i]!, 7);
    });
    expect(new Set(status)).toEqual(new Set(['ok']));
  });

  it('is 0 after the flow was rectified', async () => {
    const { straightness, x } = await straightPaths({ sde, score: rectified }, tensor([-1.7, 2.2], [2, 1]), tight);
    for (const own of straightness) expect(own).toBeLessThan(1e-8);
    expect([...x.data]).toEqual([expect.closeTo(-0.85, 7), expect.closeTo(1.1, 7)]);
  });

  it.each(allSdes)('under $kind it is that of rectified flow between the same noise ratios', async (other) => {
    const { tMax, tEnd } = other;
    const [alpha, sigma] = [(t: number) => other.alpha(t), (t: number) => other.sigma(t)];
    const exact = gaussian(other, { mean: tensor([0], [1]), std: s });
    const { straightness } = await straightPaths(
      { sde: other, score: exact.score },
      tensor([sigma(tMax)], [1, 1]),
      tight,
    );
    // y = v(u) along the path that is at 1, with v^2 = (1 - u)^2 s^2 + u^2, and the integral of v'^2 in closed form.
    const part = (t: number): number => sigma(t) / (alpha(t) + sigma(t));
    const [low, high] = [part(tEnd), part(tMax)];
    const v = (u: number): number => Math.hypot((1 - u) * s, u);
    const angle = (u: number): number => s * Math.atan(u / ((1 - u) * s));
    const own = (1 + s * s) * (high - low) - (angle(high) - angle(low)) - (v(high) - v(low)) ** 2 / (high - low);
    const y = sigma(tMax) / (alpha(tMax) + sigma(tMax)) / v(high);
    expect(straightness[0]! / (own * y * y)).toBeCloseTo(1, 5);
  });

  it('counts evaluations, and its mean over the numbers of a sample is that of the paths of each', async () => {
    const z = normalBatch(split(key(1), 3), [2, 2]);
    const wide = gaussian(sde, { mean: tensor([0, 0, 0, 0], [2, 2]), std: s });
    const { straightness, evals, x } = await straightPaths({ sde, score: wide.score }, z, tight);
    expect(x.shape).toEqual([3, 2, 2]);
    straightness.forEach((own, i) => {
      const square = z.data.subarray(4 * i, 4 * i + 4).reduce((sum, value) => sum + value * value, 0) / 4;
      expect(own / square).toBeCloseTo(s * (2 - Math.PI / 2), 6);
    });
    for (const count of evals) expect(count).toBeGreaterThan(10);
  });
});

describe('Euler steps from noise', () => {
  const euler = async (of: ScoreFn, steps: number): Promise<number> => {
    const start = fromState(tensor([1], [1, 1]) satisfies Tensor, sde.tMax);
    const sampler = predictorCorrector({ predictor: ddim(), grid: uniformGrid, steps, denoiseLast: false });
    const { x } = await finish(sampler({ sde, score: of, shape: [1], keys: split(key(0), 1), start }));
    return x.data[0]!;
  };

  it.each([
    [1, 0],
    [2, 0.2],
    [4, 0.34054054],
    [8, 0.41478455],
  ])('%d of them make of N(0, 0.5^2) a deviation of %d, and of the rectified flow 0.5', async (steps, std) => {
    expect(await euler(score, steps)).toBeCloseTo(std, 7);
    // The last step divides by alpha = 1e-9 at tMax.
    expect(await euler(rectified, steps)).toBeCloseTo(0.5, 6);
  });
});
