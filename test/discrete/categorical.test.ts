import { describe, expect, it } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { drawCategorical, fineUniform, gumbel } from '../../src/discrete/categorical.ts';

describe('draws of tokens', () => {
  it('draws weights as often as they are', () => {
    const [n, weights] = [6000, [0.5, 3, 0, 1.5]] as const;
    const drawn = split(key(4), n).map((own) => drawCategorical(own, weights));
    expect(drawn).not.toContain(2);
    for (const [k, weight] of weights.entries()) {
      const p = weight / 5;
      const share = drawn.filter((one) => one === k).length / n;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / n));
    }
  });

  it('has more than the 32 bits of a word, so that the tail of the Gumbel law is not cut off', () => {
    const u = fineUniform(key(1), 2000);
    // A number of 32 bits is a multiple of 2^-33.
    const fine = u.filter((value) => (value * 2 ** 33) % 1 !== 0).length;
    expect(fine).toBeGreaterThan(1990);
    expect(Math.min(...u)).toBeGreaterThan(0);
    const mean = gumbel(key(2), 20_000).reduce((sum, value) => sum + value, 0) / 20_000;
    // Mean gamma = 0.5772 and variance pi^2 / 6.
    expect(Math.abs(mean - 0.57721566)).toBeLessThan((4 * Math.PI) / Math.sqrt(6 * 20_000));
  });
});
