import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { exactChainBound, noiseTokens, priorNats } from '../../src/discrete/chain-bound.ts';
import { chainEntropy, chainPosteriors } from '../../src/discrete/markov-chain.ts';
import { reverseLaw, tokenPosterior, type ReverseForm } from '../../src/discrete/reverse-step.ts';
import {
  absorbingNoise,
  cosineRates,
  gaussianNoise,
  linearRates,
  tokenNoises,
  uniformNoise,
  type TokenNoise,
} from '../../src/discrete/token-noise.ts';
import type { TokenProbabilities } from '../../src/discrete/tokens.ts';
import { sequences, twoTokens } from './cases.ts';

const noises = Object.values(tokenNoises).map((make) => make({ tokens: 5, steps: 6 }));
const states = ({ states: n }: TokenNoise): number[] => Array.from({ length: n }, (_, i) => i);

async function bound(noise: TokenNoise, form: ReverseForm, without: boolean): Promise<number> {
  const probabilities: TokenProbabilities = (x, t) => {
    const n = Math.round(t * noise.steps);
    const emission = (seen: number): number[] => [0, 1, 2].map((k) => noise.total(n, k, seen));
    return chainPosteriors(twoTokens, x, emission, { without });
  };
  let total = 0;
  for (const { x, p } of sequences(twoTokens, 2)) total += p * (await exactChainBound(noise, form, probabilities, x));
  return total;
}

describe('noise of tokens', () => {
  it.each(noises)('has rows of sum 1 and products of its matrices: $kind', (noise) => {
    const all = states(noise);
    for (let n = 1; n <= noise.steps; n++)
      for (const from of all) {
        expect(all.reduce((sum, to) => sum + noise.step(n, from, to), 0)).toBeCloseTo(1, 12);
        for (const to of all) {
          const product = all.reduce((sum, j) => sum + noise.total(n - 1, from, j) * noise.step(n, j, to), 0);
          expect(noise.total(n, from, to)).toBeCloseTo(product, 12);
        }
      }
  });

  it.each(noises)('has the posterior of Bayes, and forms that agree with it: $kind', (noise) => {
    for (const seen of states(noise))
      for (const x0 of [0, 2]) {
        if (noise.total(3, x0, seen) === 0) continue;
        const expected = states(noise).map(
          (j) => (noise.total(2, x0, j) * noise.step(3, j, seen)) / noise.total(3, x0, seen),
        );
        const p = Float64Array.from({ length: 5 }, (_, k) => Number(k === x0));
        for (const [j, value] of expected.entries()) {
          expect(tokenPosterior(noise, 3, seen, x0)[j]).toBeCloseTo(value, 12);
          for (const form of ['mixture', 'published'] as const)
            expect(reverseLaw(noise, form, { n: 3, seen, p })[j]).toBeCloseTo(value, 12);
        }
      }
  });

  it('has the published rates and matrices', () => {
    [0.07966736, 0.23642819, 0.45949904, 0.999].forEach((rate, n) => expect(cosineRates(4)[n]).toBeCloseTo(rate, 8));
    const small = gaussianNoise({ tokens: 4, steps: 1 }, Float64Array.of(0.1));
    expect([0, 1, 2, 3].map((to) => small.step(1, 0, to))).toEqual(
      [0.988525849, 0.0114741321, 1.858e-8, 4.15e-18].map(
        (value) => expect.closeTo(value, value > 1e-9 ? 9 : 20) as unknown as number,
      ),
    );
    const large = gaussianNoise({ tokens: 256, steps: 1 }, linearRates(1));
    [0.72125077, 0.23919902, 0.03778272].forEach((value, to) => expect(large.step(1, 0, to)).toBeCloseTo(value, 8));
    const two = uniformNoise({ tokens: 3, steps: 2 }, Float64Array.of(0.2, 0.5));
    [0.72222222, 0.22222222, 0.05555556].forEach((value, j) =>
      expect(tokenPosterior(two, 2, 1, 0)[j]).toBeCloseTo(value, 8),
    );
    const absorbing = absorbingNoise({ tokens: 3, steps: 10 });
    expect(absorbing.total(4, 1, 3)).toBeCloseTo(0.4, 12);
    expect(priorNats(absorbing, [0, 1, 2])).toBeCloseTo(0, 12);
  });

  it('forgets x0 at its end', () => {
    for (const noise of noises.filter(({ kind }) => kind !== 'gaussian'))
      expect(priorNats(noise, [0, 1, 4])).toBeLessThan(1e-3);
  });

  it.each(noises)('noises as its products say: $kind', (noise) => {
    const n = 4000;
    const drawn = split(key(8), n).map((own) => noiseTokens(noise, [2], 3, own)[0]!);
    for (const j of states(noise)) {
      const p = noise.total(3, 2, j);
      const share = drawn.filter((token) => token === j).length / n;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(4.5 * Math.sqrt((p * (1 - p)) / n));
    }
  });
});

describe('the bound of a chain of steps', () => {
  it.each([
    [4, 2.570008, 1.920458],
    [16, 2.712266, 1.840665],
  ])(
    'needs p(x0_i | x_n without i) in the published form, and the posterior in the mixture: %d steps',
    async (steps, ofPosterior, withoutOwn) => {
      const noise = uniformNoise({ tokens: 3, steps });
      expect(await bound(noise, 'published', false)).toBeCloseTo(ofPosterior, 5);
      expect(await bound(noise, 'published', true)).toBeCloseTo(withoutOwn, 5);
      expect(await bound(noise, 'mixture', false)).toBeCloseTo(withoutOwn, 5);
    },
  );

  it('is one for both forms where the noise is absorbing, and falls to the entropy with the steps', async () => {
    const excess = async (steps: number): Promise<number> => {
      const noise = absorbingNoise({ tokens: 3, steps });
      const found = await bound(noise, 'mixture', false);
      expect(await bound(noise, 'published', false)).toBeCloseTo(found, 9);
      return found - chainEntropy(twoTokens, 2);
    };
    const information = 2.180641449 - 1.812236666;
    for (const steps of [1, 2, 4, 16]) expect(await excess(steps)).toBeCloseTo(information / steps, 8);
  });

  it('is a bound for the Gaussian process too', async () => {
    const noise = gaussianNoise({ tokens: 3, steps: 8 }, linearRates(8, [0.02, 1]));
    const found = await bound(noise, 'mixture', false);
    expect(found).toBeGreaterThan(chainEntropy(twoTokens, 2));
  });
});
