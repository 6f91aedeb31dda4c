import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { chainEntropy, drawChain } from '../../src/discrete/markov-chain.ts';
import { meanOfParts, nGram } from '../../src/evaluate/n-gram.ts';
import { threeStates } from '../discrete/cases.ts';

describe('counted models of tokens', () => {
  it('has probabilities of sum 1, also for tokens that it has not seen', () => {
    const model = nGram([0, 1, 0, 0, 1, 2, 0], { order: 3, states: 4 });
    for (const context of [[], [0], [0, 1], [3, 3]]) {
      const sum = [0, 1, 2, 3].reduce((all, next) => all + 2 ** -model.bits([...context, next]).at(-1)!, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
    // 4 zeros, 2 ones, 1 two of 7, of 3 kinds; after 0 came 1, 0, 1.
    expect(2 ** -nGram([0, 1, 0, 0, 1, 2, 0], { order: 1, states: 4 }).bits([0])[0]!).toBeCloseTo((4 + 3 / 4) / 10, 12);
    const p1 = (2 + 3 / 4) / 10;
    expect(2 ** -nGram([0, 1, 0, 0, 1, 2, 0], { order: 2, states: 4 }).bits([0, 1])[1]!).toBeCloseTo(
      (2 + 2 * p1) / 5,
      12,
    );
  });

  it('comes to the entropy rate of a chain with pairs, and no further with more', () => {
    const [train, test] = split(key(9), 2).map((own) => drawChain(threeStates, [own], 20_000).data);
    const rate = (chainEntropy(threeStates, 201) - chainEntropy(threeStates, 200)) / Math.LN2;
    const bits = (order: number) => meanOfParts(nGram(train!, { order, states: 3 }).bits(test!), 100);
    const pairs = bits(2);
    expect(Math.abs(pairs.value - rate)).toBeLessThan(4 * pairs.standardError);
    expect(bits(1).value).toBeGreaterThan(rate + 0.2);
    expect(Math.abs(bits(4).value - rate)).toBeLessThan(0.02);
  });
});
