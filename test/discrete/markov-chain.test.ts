import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import {
  chainEntropy,
  chainLogProbability,
  chainPosteriors,
  drawChain,
  maskEmission,
  noisedLogProbability,
} from '../../src/discrete/markov-chain.ts';
import { rowAt, sequencesOf } from '../../src/discrete/tokens.ts';
import { sequences, threeStates, twoTokens } from './cases.ts';

describe('a Markov chain of tokens', () => {
  it('has the entropy of the sum over all sequences', () => {
    expect(chainEntropy(twoTokens, 2)).toBeCloseTo(1.812236666, 8);
    expect(chainEntropy(threeStates, 4)).toBeCloseTo(3.29756082, 8);
    const all = sequences(threeStates, 4);
    const entropy = all.reduce((sum, { x, p }) => sum - p * chainLogProbability(threeStates, x), 0);
    expect(chainEntropy(threeStates, 4)).toBeCloseTo(entropy, 12);
  });

  it('says what is under masks as Bayes does', () => {
    const x = tensor([0, 3, 3, 2], [1, 4]);
    const p = chainPosteriors(threeStates, x, maskEmission(3));
    const expected = [
      [1, 0, 0],
      [0.59201558, 0.28627069, 0.12171373],
      [0.25998053, 0.37000974, 0.37000974],
      [0, 0, 1],
    ];
    expected.forEach((row, i) => row.forEach((value, k) => expect(rowAt(p, i)[k]).toBeCloseTo(value, 8)));
  });

  it('says what is under noise that keeps a token with probability 0.7 as Bayes does', () => {
    const keep = (seen: number): number[] => [0, 1, 2].map((k) => 0.7 * Number(k === seen) + 0.1);
    const x = tensor([0, 1, 1, 2], [1, 4]);
    const p = chainPosteriors(threeStates, x, keep);
    const [first, last] = [rowAt(p, 0), rowAt(p, 3)];
    [0.727312, 0.21458892, 0.05809908].forEach((value, k) => expect(first[k]).toBeCloseTo(value, 7));
    [0.06441082, 0.26875868, 0.6668305].forEach((value, k) => expect(last[k]).toBeCloseTo(value, 7));
    expect(Math.exp(noisedLogProbability(threeStates, x, keep)[0]!)).toBeCloseTo(0.01159743, 8);
    // Without what is seen of a position, by the sum over all sequences.
    const without = chainPosteriors(threeStates, x, keep, { without: true });
    const weights = [0, 0, 0];
    for (const { x: x0, p: prior } of sequences(threeStates, 4))
      weights[x0[1]!]! += prior * [0, 2, 3].reduce((product, i) => product * keep(x.data[i]!)[x0[i]!]!, 1);
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, k) => expect(rowAt(without, 1)[k]).toBeCloseTo(weight / sum, 12));
  });

  it('draws pairs as often as they are likely', () => {
    const n = 4000;
    const drawn = sequencesOf(drawChain(threeStates, split(key(5), n), 2));
    const chiSquare = sequences(threeStates, 2).reduce((sum, { x, p }) => {
      const found = drawn.filter((row) => row[0] === x[0] && row[1] === x[1]).length;
      return sum + (found - n * p) ** 2 / (n * p);
    }, 0);
    // 8 degrees of freedom; 26.1 is the 0.1 % point.
    expect(chiSquare).toBeLessThan(26.1);
  });
});
