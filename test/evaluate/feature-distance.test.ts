import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, type Key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { energyAboveFloor, frechetAboveFloor, type FeatureSets } from '../../src/evaluate/feature-distance.ts';

const dimension = 4;

/** Draws of N(shift, scale^2 I). */
function gaussian(of: Key, n: number, { shift = 0, scale = 1 } = {}): Tensor {
  return tensor(
    normal(of, n * dimension).map((z) => shift + scale * z),
    [n, dimension],
  );
}
function sets(of: Key, n: number, law: { shift?: number; scale?: number } = {}): FeatureSets {
  return {
    samples: gaussian(foldIn(of, 'samples'), n, law),
    real: gaussian(foldIn(of, 'real'), n),
    reference: gaussian(foldIn(of, 'reference'), 2 * n),
  };
}

describe('the Fréchet distance above its floor', () => {
  // FD of N(m, s^2 I) and N(0, I) is D (m^2 + (s - 1)^2).
  const law = { shift: 0.5, scale: 1.5 };
  const exact = dimension * (0.25 + 0.25);

  it('is that of the laws, within its error: mean of 20 repetitions of 200 samples', () => {
    const found = Array.from({ length: 20 }, (_, i) => frechetAboveFloor(sets(foldIn(key(1), i), 200, law)));
    const values = found.map(({ excess }) => excess.value);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
    // Four standard errors of the mean; the bias that is left is a difference of two of about D / N each.
    expect(Math.abs(mean - exact)).toBeLessThan((4 * spread) / Math.sqrt(20) + dimension / 200);
    const told = found.reduce((sum, { excess }) => sum + excess.standardError, 0) / found.length;
    // The spread of 20 values is known to 16 %, and each error to 16 % or so.
    expect(told / spread).toBeGreaterThan(0.6);
    expect(told / spread).toBeLessThan(1.6);
  });

  it('subtracts the floor, which falls as 1 / N', () => {
    const few = frechetAboveFloor(sets(key(2), 100));
    expect(few.excess.value).toBeCloseTo(few.samples.value - few.floor.value, 12);
    const floors = [100, 400].map((n) => {
      const values = Array.from({ length: 30 }, (_, i) => frechetAboveFloor(sets(foldIn(key(2), i), n)).floor.value);
      return values.reduce((a, b) => a + b) / values.length;
    });
    // Floors are like chi-squares of 14 degrees: each mean of 30 is within 7 %, so that 4 +- 40 % is four errors.
    expect(floors[0]! / floors[1]!).toBeGreaterThan(2.4);
    expect(floors[0]! / floors[1]!).toBeLessThan(5.6);
  });

  it('refuses a floor of another number of samples, and too few', () => {
    const good = sets(key(3), 100);
    expect(() => frechetAboveFloor({ ...good, real: gaussian(key(4), 99) })).toThrow(ShapeError);
    expect(() => frechetAboveFloor(sets(key(3), 39))).toThrow(ShapeError);
  });
});

describe('the energy distance', () => {
  it('distinguishes a shift of half a standard deviation from none', () => {
    const { samples, floor } = energyAboveFloor(sets(key(5), 400, { shift: 0.5 }));
    expect(samples.value).toBeGreaterThan(5 * samples.standardError);
    expect(Math.abs(floor.value)).toBeLessThan(4 * floor.standardError);
  });

  it('takes no more samples than the limit', () => {
    const all = sets(key(6), 300);
    const first = (x: Tensor): Tensor => tensor(x.data.slice(0, 50 * dimension), [50, dimension]);
    const cut = { samples: first(all.samples), real: first(all.real), reference: first(all.reference) };
    expect(energyAboveFloor(all, { most: 50 })).toEqual(energyAboveFloor(cut));
  });
});
