import { expect, it } from 'vitest';
import { slopes } from '../../../src/sde/time/slope.ts';

it('derivatives of known functions, within and at the ends of the times', () => {
  const range = { tMin: 1e-3, tMax: 2 };
  for (const t of [1e-3, 0.01, 0.5, 1.9999, 2]) {
    const seen: number[] = [];
    const of = (at: number): readonly number[] => {
      seen.push(at);
      return [at ** 3, Math.exp(-at), Math.log(at)];
    };
    const found = slopes(range, of, t);
    [3 * t * t, -Math.exp(-t), 1 / t].forEach((slope, i) =>
      expect(Math.abs(found[i]! / slope - 1), String([t, i])).toBeLessThan(2e-10),
    );
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(range.tMin * (1 - 1e-12));
    expect(Math.max(...seen)).toBeLessThanOrEqual(range.tMax);
  }
});
