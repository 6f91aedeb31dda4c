import { describe, expect, it } from 'vitest';
import { foldIn, key, split } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { independentCoupling, otCoupling, type Coupled } from '../../../src/score/objectives/coupling.ts';
import { kolmogorovSmirnov, normalCdf } from '../../base/statistics.ts';

/** Two rings of points, of which one is twice as frequent. */
function data(own: ReturnType<typeof key>, batch: number): Float32Array {
  const u = uniform(own, 2 * batch);
  return Float32Array.from({ length: 2 * batch }, (_, k) => {
    const [angle, which] = [2 * Math.PI * u[k - (k % 2)]!, u[k - (k % 2) + 1]! < 2 / 3];
    return (which ? 2 : 0.5) * (k % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
}

const rowsOf = (values: Float32Array, size: number): readonly string[] =>
  Array.from({ length: values.length / size }, (_, row) => values.subarray(row * size, (row + 1) * size).join());

const cost = ({ x0, z }: Coupled): number => x0.reduce((sum, x, k) => sum + (x - z[k]!) ** 2, 0);

describe('the coupling by optimal transport', () => {
  const [ot, independent] = [otCoupling(), independentCoupling()];

  it('exchanges the independent noise among the samples, and changes neither noise nor samples', () => {
    for (const [trial, batch] of [1, 2, 7, 64, 600].entries()) {
      const x0 = data(foldIn(key(1), trial), batch);
      const own = foldIn(key(2), trial);
      const [before, after] = [independent({ x0, batch }, own), ot({ x0, batch }, own)];
      expect(after.x0).toBe(x0);
      expect([...rowsOf(after.z, 2)].sort()).toEqual([...rowsOf(before.z, 2)].sort());
    }
  });

  it('costs no more than independent noise, in any batch', () => {
    for (const own of split(key(3), 50)) {
      const x0 = data(foldIn(own, 'data'), 32);
      expect(cost(ot({ x0, batch: 32 }, own))).toBeLessThan(cost(independent({ x0, batch: 32 }, own)));
    }
  });

  it('pairs numbers by rank', () => {
    const batch = 300;
    const x0 = Float32Array.from(uniform(key(4), batch));
    const { z } = ot({ x0, batch }, key(5));
    const order = [...x0.keys()].sort((a, b) => x0[a]! - x0[b]!);
    const along = order.map((row) => z[row]!);
    expect(along).toEqual([...along].sort((a, b) => a - b));
  });

  it('leaves the noise of a row standard normal over batches, whatever its place (n = 2000)', () => {
    const batch = 8;
    const first = split(key(6), 2000).map((own) =>
      ot({ x0: data(foldIn(own, 'data'), batch), batch }, own).z.subarray(0, 2),
    );
    for (const k of [0, 1]) {
      const along = first.map((row) => row[k]!);
      // Exceeded once in a thousand.
      expect(kolmogorovSmirnov(along, normalCdf)).toBeLessThan(1.95);
    }
  });

  it('leaves the law of the pairs of a class as it is: noise stays within the class', () => {
    const batch = 40;
    const labels = Uint8Array.from({ length: batch }, (_, row) => (row % 3 === 0 ? 1 : 0));
    const x0 = data(key(7), batch);
    const [before, after] = [independent({ x0, batch }, key(8)), ot({ x0, batch, labels }, key(8))];
    const ofClass = (values: Float32Array, label: number): readonly string[] =>
      rowsOf(values, 2)
        .filter((_, row) => labels[row] === label)
        .sort();
    for (const label of [0, 1]) expect(ofClass(after.z, label)).toEqual(ofClass(before.z, label));
    expect(rowsOf(after.z, 2)).not.toEqual(rowsOf(before.z, 2));
    expect(cost(after)).toBeGreaterThan(cost(ot({ x0, batch }, key(8))));
  });

  it('is a function of samples and key', () => {
    const x0 = data(key(9), 64);
    const of = (): Coupled => ot({ x0, batch: 64 }, key(10));
    expect(of()).toEqual(of());
  });
});

it('independent noise is that of its key', () => {
  const { z } = independentCoupling()({ x0: new Float32Array(6), batch: 2 }, key(11));
  expect(z).toEqual(Float32Array.from(normal(key(11), 6)));
});
