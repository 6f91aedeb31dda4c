import { describe, expect, it } from 'vitest';
import { combine, dotPerSample } from '../../../src/base/arith.ts';
import { ConfigError } from '../../../src/base/errors.ts';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { tensor, type Tensor } from '../../../src/base/tensor.ts';
import { denoisedOf } from '../../../src/inverse/guidance/denoised.ts';
import { thresholded } from '../../../src/inverse/guidance/thresholded.ts';
import { gaussianMixture } from '../../../src/sde/exact/gaussian-mixture.ts';
import { vp } from '../../../src/sde/processes/vp.ts';
import { allSdes } from '../../sde/all.ts';

const means = tensor([-0.9, 0.2, 0.8, 0.9, -0.4, 0.1], [2, 3]);
const prior = { means, stds: [1e-3, 1e-3], weights: [1, 2] };
const draws = (count: number): Tensor => normalBatch(split(key(7), count), [3]);

describe.each(allSdes)('thresholding under $kind', (sde) => {
  it('leaves the exact score of data inside the range alone', async () => {
    const exact = gaussianMixture(sde, prior);
    const cut = thresholded({ sde, ...exact }, [-1, 1]);
    const x = draws(5);
    const w = draws(6);
    const rows = tensor(w.data.slice(0, 15), [5, 3]);
    for (const share of [0.3, 0.7, 1]) {
      const t = sde.tMin + share * (sde.tMax - sde.tMin);
      const [s, c] = [await exact.score(x, t), await cut.score(x, t)];
      // D and back: alpha D - x loses digits to x, relative to sigma^2.
      s.data.forEach((value, i) => expect(c.data[i]).toBeCloseTo(value, 7));
      const [v, d] = [await exact.scoreVjp(x, t, rows), await cut.scoreVjp!(x, t, rows)];
      v.vjp.data.forEach((value, i) =>
        expect(Math.abs((d.vjp.data[i] ?? NaN) - value)).toBeLessThan(1e-6 * (1 + Math.abs(value))),
      );
    }
  });
});

describe('thresholding', () => {
  const sde = vp();
  const wide = gaussianMixture(sde, { means, stds: [1.5, 1.5], weights: [1, 2] });
  let evaluations = 0;
  const counted: typeof wide.score = (...at) => {
    evaluations += 1;
    return wide.score(...at);
  };
  const cut = thresholded({ sde, score: counted, scoreVjp: wide.scoreVjp }, [-0.5, 0.7]);
  const x = draws(8);
  const t = 0.6;

  it('keeps the estimate in the range, and what was inside as it was', async () => {
    const before = denoisedOf(sde, { x, t }, await wide.score(x, t)).data;
    const after = denoisedOf(sde, { x, t }, await cut.score(x, t)).data;
    const outside = before.filter((value) => value < -0.5 || value > 0.7).length;
    expect(outside).toBeGreaterThan(2);
    expect(before.length - outside).toBeGreaterThan(2);
    after.forEach((value, i) => expect(value).toBeCloseTo(Math.min(0.7, Math.max(-0.5, before[i]!)), 10));
  });

  it('has the derivative of its score', async () => {
    const w = tensor(draws(9).data.slice(0, 24), [8, 3]);
    const v = tensor(normalBatch(split(key(8), 8), [3]).data, [8, 3]);
    const h = 1e-5;
    const [up, down] = [await cut.score(combine([1, x], [h, v]), t), await cut.score(combine([1, x], [-h, v]), t)];
    const along = dotPerSample(combine([1 / (2 * h), up], [-1 / (2 * h), down]), w);
    const { score, vjp } = await cut.scoreVjp!(x, t, w);
    expect(score.data).toEqual((await cut.score(x, t)).data);
    // Central differences of step 1e-5: their error is about 1e-8, and no estimate is that near to an end of the range.
    dotPerSample(vjp, v).forEach((value, i) => expect(value).toBeCloseTo(along[i]!, 5));
  });

  it('costs no evaluation beside the score at the same place', async () => {
    const fresh = draws(8);
    evaluations = 0;
    await cut.score(fresh, t);
    await cut.scoreVjp!(fresh, t, fresh);
    expect(evaluations).toBe(1);
    await cut.score(fresh, 0.5);
    expect(evaluations).toBe(2);
  });

  it('has no derivative where the prior has none, and needs a range', () => {
    expect(thresholded({ sde, score: wide.score }, [0, 1]).scoreVjp).toBeUndefined();
    expect(() => thresholded({ sde, score: wide.score }, [1, 1])).toThrow(ConfigError);
  });
});
