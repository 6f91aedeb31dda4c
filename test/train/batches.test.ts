import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { shuffledBatches } from '../../src/train/batches.ts';
import { chiSquare } from '../base/statistics.ts';

const cases = [
  { count: 12, batch: 4, what: 'batches that fill an epoch' },
  { count: 10, batch: 4, what: 'batches that cross epochs' },
  { count: 5, batch: 12, what: 'batches longer than two epochs' },
  { count: 7, batch: 1, what: 'single samples' },
  { count: 1, batch: 3, what: 'a set of one sample' },
];

/** Rows of steps 1 to `steps`, end to end. */
function rowsOf(n: { count: number; batch: number; steps: number; seed?: number }): number[] {
  const batches = shuffledBatches(key(n.seed ?? 1), n.count, n.batch);
  return Array.from({ length: n.steps }, (_, i) => batches(i + 1)).flat();
}

describe.each(cases)('$what', ({ count, batch }) => {
  it('show every sample once in each epoch', () => {
    const epochs = 6;
    const rows = rowsOf({ count, batch, steps: Math.ceil((epochs * count) / batch) });
    const sorted = Array.from({ length: count }, (_, i) => i);
    for (let epoch = 0; epoch < epochs; epoch++)
      expect(rows.slice(epoch * count, (epoch + 1) * count).toSorted((a, b) => a - b)).toEqual(sorted);
  });

  it('depend on the key and the step alone, in whatever order they are asked for', () => {
    const steps = [9, 2, 30, 3, 9, 1, 29, 30];
    const jumping = shuffledBatches(key(4), count, batch);
    for (const n of steps) {
      const fresh = shuffledBatches(key(4), count, batch)(n);
      expect(jumping(n)).toEqual(fresh);
      expect(fresh).toHaveLength(batch);
    }
  });
});

describe('the order of the samples', () => {
  it('differs from epoch to epoch and from key to key', () => {
    const epoch = (seed: number, n: number): string =>
      String(rowsOf({ count: 20, batch: 20, steps: n, seed }).slice(-20));
    const orders = [epoch(1, 1), epoch(1, 2), epoch(1, 3), epoch(2, 1), epoch(2, 2)];
    expect(new Set(orders).size).toBe(orders.length);
  });

  it('puts every sample first equally often', () => {
    const batches = shuffledBatches(key(8), 8, 8);
    const counts = Array<number>(8).fill(0);
    for (let epoch = 1; epoch <= 4000; epoch++) counts[batches(epoch)[0]!]! += 1;
    // 7 degrees of freedom: above 24.3 once in a thousand.
    expect(chiSquare(counts)).toBeLessThan(24.3);
  });
});
