import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/base/key.ts';
import { takeRows, tensor } from '../../src/base/tensor.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import { annealedChains, plainChains, weightOfMode, withError } from '../../src/figure/chains.ts';
import { eliavMixture, exactMixture, ncsnMixture, noisyPoints } from '../../src/figure/mixture.ts';
import { evenStart, geometricLevels } from '../../src/sample/chains.ts';
import { edm } from '../../src/sde/processes/edm.ts';
import { gaussian } from '../../src/sde/exact/gaussian.ts';

const n = 2000;
const { keys, start } = evenStart(key(1), [-2, 2], { n });
const standard = gaussian(edm(), { mean: tensor([0, 0], [2]), std: 1 });

/** Mean square of a coordinate, whose law has mean zero. */
const variance = (x: { readonly data: Float64Array }): number => meanEstimate(x.data.map((v) => v * v)).value;
/** The relative standard error of the mean square of 2 n normal numbers is sqrt(2 / (2 n)) = 0.022; four of them. */
const tolerance = 4 * Math.sqrt(1 / n);

describe('chains', () => {
  it('end in the stationary law of the discretized dynamics', async () => {
    // x' = (1 - a) x + sqrt(2 a) z has the variance 2 a / (1 - (1 - a)^2), with a = alpha / 2 for variance 1.
    const [stepSize, a] = [0.5, 0.25];
    const x = await plainChains({ score: standard.score, keys, start, unit: 1, stepSize, steps: 40 });
    expect(Math.abs(variance(x) / ((2 * a) / (1 - (1 - a) ** 2)) - 1)).toBeLessThan(tolerance);
  });

  it('end with the noise of the last level', async () => {
    const levels = geometricLevels(3, 0.5, 3);
    const x = await annealedChains({ score: standard.score, keys, start, levels, stepSize: 1, steps: 25 });
    // At the last level alpha = 1 / 4 and the law has the variance v = 1 + 1 / 4, so that a = alpha / (2 v).
    const v = 1.25;
    const a = 0.25 / (2 * v);
    const expected = v / (1 - a / 2);
    expect(Math.abs(variance(x) / expected - 1)).toBeLessThan(tolerance);
  });

  it('do not depend on each other', async () => {
    const few = [3, 7, 11];
    const options = { score: standard.score, levels: [1, 0.5], stepSize: 0.1, steps: 3 };
    const all = await annealedChains({ ...options, keys, start });
    const some = await annealedChains({ ...options, keys: few.map((i) => keys[i]!), start: takeRows(start, few) });
    expect(some).toEqual(takeRows(all, few));
  });
});

describe('starts', () => {
  it('fill the square evenly', () => {
    expect(start.data.every((value) => value > -2 && value < 2)).toBe(true);
    // A uniform variable on (-2, 2) has variance 4/3 and fourth moment 16/5: a relative standard error of 0.014.
    expect(Math.abs(variance(start) / (4 / 3) - 1)).toBeLessThan(0.056);
    expect(keys).toEqual(split(key(1), n));
  });
});

describe('geometric', () => {
  it('goes from the first to the last in equal ratios', () => {
    const levels = geometricLevels(20, 1, 10);
    expect(levels).toHaveLength(10);
    expect([levels[0], levels[9]]).toEqual([20, 1]);
    levels.slice(1).forEach((level, i) => expect(level / levels[i]!).toBeCloseTo(20 ** (-1 / 9), 12));
  });
});

describe('mixtures', () => {
  it.each([
    ['ncsn', ncsnMixture, { mean: [-5, -5], weight: 0.2, variance: 1 }],
    ['eliav', eliavMixture({ weight: 0.3, variance: 0.1 }), { mean: [1, 1], weight: 0.3, variance: 0.1 }],
  ] as const)(
    '%s has the weights of its modes, and noise adds its variance',
    (_, mixture, { mean, weight, variance: of }) => {
      for (const level of [0, 0.5]) {
        const x = noisyPoints(mixture, foldIn(key(2), 'points'), { n, level });
        const found = weightOfMode(x, mixture, 0);
        expect(mixture.means[0]).toEqual(mean);
        // Noise of 0.5 takes a few points of the narrower mixture across the middle.
        expect(Math.abs(found.value - weight)).toBeLessThan(4 * found.standardError + (level === 0 ? 0 : 0.03));
        const squares = Array.from({ length: n }, (__, i) => x.data[2 * i]! ** 2 + x.data[2 * i + 1]! ** 2);
        const { value, standardError } = meanEstimate(squares);
        const expected = 2 * (mean[0] ** 2 + of + level ** 2);
        expect(Math.abs(value - expected)).toBeLessThan(4 * standardError);
      }
    },
  );

  it('has an exact score that is zero at a far mode', async () => {
    const s = await exactMixture(edm(), ncsnMixture).score(tensor([5, 5, -5, -5], [2, 2]), 0);
    s.data.forEach((value) => expect(value).toBeCloseTo(0, 12));
  });
});

describe('withError', () => {
  it('shows as many digits as the error has', () => {
    expect(withError({ value: 0.21049, standardError: 0.0114 })).toBe('0.21 ± 0.01');
    expect(withError({ value: 0.12812, standardError: 0.0093 })).toBe('0.128 ± 0.009');
    expect(withError({ value: 1, standardError: 0 })).toBe('1.00 ± 0.00');
  });
});
