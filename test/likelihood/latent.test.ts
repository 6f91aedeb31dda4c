import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { normPerSample, scale } from '../../src/base/arith.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { decode, encode, slerp } from '../../src/likelihood/latent.ts';
import { bosh3 } from '../../src/ode/bosh3.ts';
import { custom } from '../../src/sde/processes/custom.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import { noiseRatio } from '../../src/sde/time/noise-ratio.ts';
import type { Sde } from '../../src/sde/sde.ts';
import { vp } from '../../src/sde/processes/vp.ts';
import { allSdes } from '../sde/all.ts';

const tight = { rtol: 1e-8, atol: 1e-8 };
const points = tensor(
  normal(key(3), 8).map((z) => 0.3 + 0.6 * z),
  [4, 2],
);
const mixture = { means: tensor([0.8, 0.3, -0.6, 0.1], [2, 2]), stds: [0.4, 0.6], weights: [0.3, 0.7] };

function expectClose(found: Tensor, expected: Tensor, tolerance: number): void {
  expected.data.forEach((value, j) => expect(Math.abs(found.data[j]! - value)).toBeLessThan(tolerance));
}

describe.each(allSdes)('latents of $kind', (sde) => {
  const { score } = gaussianMixture(sde, mixture);

  it('decode to the samples', async () => {
    const codes = await encode({ sde, score }, points, tight);
    const back = await decode({ sde, score }, codes.x, tight);
    expectClose(back.x, points, 1e-5);
    expect(new Set([...codes.status, ...back.status])).toEqual(new Set(['ok']));
    expect(Math.min(...codes.evals)).toBeGreaterThan(8);
  });

  it('of Gaussian data keep their place in units of the standard deviation', async () => {
    const [mean, std] = [tensor([0.4, -0.2], [2]), 0.7];
    const { x } = await encode({ sde, score: gaussian(sde, { mean, std }).score }, points, tight);
    const spread = (t: number): number => Math.hypot(sde.alpha(t) * std, sde.sigma(t));
    const expected = points.data.map((value, j) => {
      const center = mean.data[j % 2]!;
      const place = (value - sde.alpha(sde.tMin) * center) / spread(sde.tMin);
      return sde.alpha(sde.tMax) * center + spread(sde.tMax) * place;
    });
    expectClose(x, { shape: points.shape, data: expected }, 1e-4 * sde.priorStd);
  });

  it('do not depend on the batch', async () => {
    const together = await encode({ sde, score }, points);
    const alone = await encode({ sde, score }, takeRows(points, [2]));
    expect(alone.x.data).toEqual(takeRows(together.x, [2]).data);
    expect(alone.evals[0]).toBe(together.evals[2]);
  });
});

describe('the latent of a sample', () => {
  const schedule = vp();
  /** The same noise levels in another order of time, and the same ratios without the shrinking of the data. */
  const warp = (t: number): number => t * t;
  const warped = custom({
    alpha: (t) => schedule.alpha(warp(t)),
    sigma: (t) => schedule.sigma(warp(t)),
    f: (t) => 2 * t * schedule.f(warp(t)),
    g: (t) => Math.sqrt(2 * t) * schedule.g(warp(t)),
    tMin: Math.sqrt(schedule.tMin),
  });
  const sigmas = [schedule.tMin, schedule.tMax].map((t) => noiseRatio(schedule, t));
  const exploding = edm({ sigmaMin: sigmas[0]!, sigmaMax: sigmas[1]! });
  const latent = async (sde: Sde, options: object): Promise<Tensor> => {
    const { score } = gaussianMixture(sde, mixture);
    const start = scale(sde.alpha(sde.tMin), points);
    return scale(1 / sde.alpha(sde.tMax), (await encode({ sde, score }, start, options)).x);
  };

  it('is one, whatever the schedule, the SDE and the solver', async () => {
    const expected = await latent(schedule, tight);
    const size = Math.max(...expected.data.map(Math.abs));
    expectClose(await latent(warped, tight), expected, 1e-5 * size);
    expectClose(await latent(exploding, tight), expected, 1e-5 * size);
    expectClose(await latent(schedule, { rtol: 1e-7, atol: 1e-7, solve: bosh3 }), expected, 1e-4 * size);
  });
});

describe('slerp', () => {
  const a = tensor([3, 0, 0, 1, 2, 0], [2, 3]);
  const b = tensor([0, 3, 0, 2, 4, 0], [2, 3]);

  it('follows the great circle, evenly in the angle', () => {
    for (const part of [0, 0.25, 0.5, 1]) {
      const [x, y] = [slerp(a, b, part), (Math.PI / 2) * part];
      expect(normPerSample(x)[0]).toBeCloseTo(3, 12);
      expect(Math.atan2(x.data[1]!, x.data[0]!)).toBeCloseTo(y, 12);
    }
  });

  it('is straight where both point along one line, or one is zero', () => {
    expect([...slerp(a, b, 0.5).data.subarray(3)]).toEqual([1.5, 3, 0]);
    expect([...slerp(tensor([0, 0], [1, 2]), tensor([2, 0], [1, 2]), 0.5).data]).toEqual([1, 0]);
  });

  it('refuses other shapes', () => {
    expect(() => slerp(a, takeRows(b, [0]), 0.5)).toThrow('slerp: expected shape [2,3], got [1,3]');
  });
});
