import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/base/key.ts';
import { chainEntropy, chainPosteriors, drawChain, maskEmission } from '../../src/discrete/markov-chain.ts';
import {
  cosineMasks,
  drawMaskedBound,
  exactMaskedBound,
  linearMasks,
  maskSchedules,
  maskTokens,
  stepWeights,
} from '../../src/discrete/masked.ts';
import { batchOfTokens, type TokenProbabilities } from '../../src/discrete/tokens.ts';
import { sequences, threeStates, twoTokens } from './cases.ts';

const exact: TokenProbabilities = (x) => chainPosteriors(threeStates, x, maskEmission(3));

async function meanBound(length: number, weight?: (masks: number) => number): Promise<number> {
  let total = 0;
  for (const { x, p } of sequences(threeStates, length)) total += p * (await exactMaskedBound(exact, x, 3, weight));
  return total;
}

describe('masked diffusion', () => {
  it.each([1, 2, 4])('has the entropy as its bound for exact probabilities, for %d tokens', async (length) => {
    expect(await meanBound(length)).toBeCloseTo(chainEntropy(threeStates, length), 9);
  });

  it.each([
    [1, 4.134768427],
    [2, 3.690807751],
    [4, 3.487845067],
    [8, 3.391118139],
  ])('costs more in %d steps, as the sum over masks says', async (steps, expected) => {
    expect(await meanBound(4, stepWeights(linearMasks, steps, 4))).toBeCloseTo(expected, 8);
  });

  it('costs the mutual information over T more than the entropy for two tokens', async () => {
    const of: TokenProbabilities = (x) => chainPosteriors(twoTokens, x, maskEmission(3));
    for (const [steps, expected] of [
      [1, 2.180641449],
      [2, 1.996439058],
      [64, 1.817992991],
    ] as const) {
      const weight = stepWeights(linearMasks, steps, 2);
      let total = 0;
      for (const { x, p } of sequences(twoTokens, 2)) total += p * (await exactMaskedBound(of, x, 3, weight));
      expect(total).toBeCloseTo(expected, 8);
    }
  });

  it('is the same in the limit of many steps for every schedule', async () => {
    const many = 4000;
    for (const schedule of Object.values(maskSchedules)) {
      const found = await meanBound(2, stepWeights(schedule, many, 2));
      // The error falls as 1 / T.
      expect(Math.abs(found - chainEntropy(threeStates, 2))).toBeLessThan(3 / many);
    }
  });

  it.each(Object.values(maskSchedules))('has the weight of its schedule $kind', ({ alpha, weight }) => {
    const h = 1e-6;
    for (const t of [0.1, 0.35, 0.8]) {
      const slope = (alpha(t + h) - alpha(t - h)) / (2 * h);
      expect(weight(t)).toBeCloseTo(-slope / (1 - alpha(t)), 6);
    }
    expect([alpha(0), alpha(1)]).toEqual([1, 0].map((value) => expect.closeTo(value, 12) as unknown as number));
  });

  it('masks as many tokens as the schedule says', () => {
    const n = 20_000;
    const masked = maskTokens(key(1), new Float64Array(n), { kept: cosineMasks.alpha(0.5), mask: 3 });
    const share = masked.filter((token) => token === 3).length / n;
    const expected = Math.cos(Math.PI / 4);
    expect(Math.abs(share - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / n));
  });

  it('estimates the bound without bias', async () => {
    const [n, length] = [3000, 6];
    const x0 = drawChain(threeStates, split(key(2), n), length);
    const own = foldIn(key(3), 'bound');
    const found = await drawMaskedBound(exact, x0, { keys: split(own, n), states: 3, strata: own });
    const mean = found.reduce((sum, value) => sum + value, 0) / n;
    const std = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
    const entropy = chainEntropy(threeStates, length);
    expect(Math.abs(mean - entropy)).toBeLessThan((4 * std) / Math.sqrt(n));
    // One draw is worth something: its error is no larger than the entropy itself.
    expect(std).toBeLessThan(entropy);
  });

  it('is a bound: other probabilities cost more', async () => {
    const uniform: TokenProbabilities = (x) => ({
      shape: [...x.shape, 3],
      data: new Float64Array(3 * x.data.length).fill(1 / 3),
    });
    expect(await exactMaskedBound(uniform, [0, 1, 2], 3)).toBeCloseTo(3 * Math.log(3), 10);
    expect(() => batchOfTokens([[0, 1], [0]])).toThrow('expected 2 tokens in every sequence, got 1');
  });
});
