/** @file The variance of ancestral sampling: fixed, learned, or given by the request. */
import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { map } from '../../src/base/arith.ts';
import { tensor } from '../../src/base/tensor.ts';
import { ancestral } from '../../src/sample/steps/ancestral.ts';
import { predictorCorrector } from '../../src/sample/predictor-corrector.ts';
import { finish } from '../../src/sample/sampler.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { timesOf } from '../../src/sde/score-fn.ts';
import { transition } from '../../src/sde/transition.ts';
import { allSdes } from '../sde/all.ts';

const std = 0.5;
const batch = 4000;
const keys = split(key(1), batch);

describe.each(allSdes)('ancestral sampling of $kind', (sde) => {
  const { score } = gaussian(sde, { mean: tensor([0], [1]), std });
  const zero = tensor(new Float64Array(batch), [batch, 1]);
  const [from, to] = [0.6 * sde.tMax + 0.4 * sde.tEnd, 0.3 * sde.tMax + 0.7 * sde.tEnd];
  const moved = (place: number | ScoreFn | undefined, options = {}): Promise<{ x: typeof zero; mean: typeof zero }> =>
    ancestral(options)(sde, score, place)(keys, zero, from, to);

  it('adds the noise that a place between the two fixed variances names', async () => {
    const { variance } = transition(sde, { earlier: to, later: from });
    const shrink = (sde.sigma(to) / sde.sigma(from)) ** 2;
    const [unit] = (await moved(1)).x.data;
    for (const place of [0, 0.3, 1, 1.2]) {
      const { x, mean } = await moved(place);
      const ratio = (x.data[0]! - mean.data[0]!) / (unit! - mean.data[0]!);
      expect(ratio ** 2 / shrink ** (1 - place)).toBeCloseTo(1, 9);
      const squares = x.data.reduce((sum, value, i) => sum + (value - mean.data[i]!) ** 2, 0) / batch;
      // The relative standard error of a variance of 4000 samples is 0.022.
      expect(Math.abs(squares / (variance * shrink ** (1 - place)) - 1)).toBeLessThan(4 * Math.sqrt(2 / batch));
    }
  });

  it('takes a function for the same numbers, and a fixed choice over both', async () => {
    const learned: ScoreFn = (x) => Promise.resolve(map(x, () => 0.3));
    const [told, asked] = [await moved(0.3), await moved(learned)];
    told.x.data.forEach((value, i) => expect(asked.x.data[i]! - value).toBeCloseTo(0, 12));
    expect(await moved(learned, { variance: 'forward' })).toEqual(await moved(1));
    expect(await moved(learned, { variance: 'posterior' })).toEqual(await moved(undefined));
  });

  it('draws the data from the exact variances of few steps, where neither fixed one does', async () => {
    // The variance of a state given the next is V_s v / V_t with V = alpha^2 std^2 + sigma^2.
    const total = (t: number): number => (sde.alpha(t) * std) ** 2 + sde.sigma(t) ** 2;
    const steps = 6;
    const sampler = predictorCorrector({ predictor: ancestral(), steps, denoiseLast: false });
    const grid: number[] = [];
    for await (const { t } of sampler({ sde, score, shape: [1], keys: keys.slice(0, 1) })) grid.push(t);
    const next = (t: number): number => grid.find((later) => later < t * (1 - 1e-12)) ?? sde.tEnd;
    const exact: ScoreFn = (x, t) => {
      const [own = 0] = timesOf(t, x);
      const shrink = 2 * Math.log(sde.sigma(next(own)) / sde.sigma(own));
      return Promise.resolve(map(x, () => 1 - Math.log(total(next(own)) / total(own)) / shrink));
    };
    const varianceBy = async (reverseVariance: number | ScoreFn): Promise<number> => {
      const { x } = await finish(sampler({ sde, score, shape: [1], keys, reverseVariance }));
      return x.data.reduce((sum, value) => sum + value ** 2, 0) / batch / total(sde.tEnd);
    };
    const spread = 4 * Math.sqrt(2 / batch);
    expect(Math.abs((await varianceBy(exact)) - 1)).toBeLessThan(spread + 2 * priorGap(sde.tMax));
    expect(await varianceBy(0)).toBeLessThan(1 - spread);
    expect(await varianceBy(1)).toBeGreaterThan(1 + spread);

    /** How far the prior is from the law at tMax, of which little is left at the end. */
    function priorGap(t: number): number {
      return Math.abs(sde.priorStd ** 2 / total(t) - 1);
    }
  });
});
