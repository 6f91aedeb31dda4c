/** @file Transformations: inverses, derivatives, and the laws that they make. */
import { describe, expect, it } from 'vitest';
import { normalCdf } from '../../../src/base/gamma.ts';
import { key } from '../../../src/base/key.ts';
import { normal, uniform } from '../../../src/base/random.ts';
import { readTransform, transforms } from '../../../src/data/transforms/index.ts';
import type { Transform } from '../../../src/data/transforms/transform.ts';
import { kolmogorovSmirnovTest } from '../../../src/evaluate/goodness-of-fit.ts';

const positive = normal(key(1), 3000)
  .map((z) => Math.exp(1 + 0.8 * z))
  .sort();
/** As a file keeps it. */
function fitted(name: string, values: Float64Array, step = 0): Transform {
  const sorted = values.slice().sort();
  const parts = transforms.find((one) => one.name === name)!.fit({ sorted, step });
  return readTransform(JSON.parse(JSON.stringify({ name, parts })) as { name: string; parts: typeof parts })!;
}

describe.each(transforms.map(({ name }) => name))('%s', (name) => {
  const transform = fitted(name, positive);
  const inside = [0.02, 0.2, 0.37, 0.5, 0.71, 0.98].map((part) => positive[Math.floor(part * positive.length)]! + 1e-4);

  it('has an inverse', () => {
    for (const value of inside) expect(transform.toData(transform.toModel(value, 0.5))).toBeCloseTo(value, 7);
  });

  it('has the slope of a central difference', () => {
    for (const value of inside) {
      const h = 1e-7 * value;
      const slope = (transform.toModel(value + h, 0.5) - transform.toModel(value - h, 0.5)) / (2 * h);
      // Differences of numbers of size 1 over 1e-7 have eight digits less than these.
      expect(transform.logSlope(transform.toModel(value, 0.5))).toBeCloseTo(Math.log(slope), 5);
    }
  });

  it('makes mean 0 and variance 1', () => {
    const z = positive.map((value) => transform.toModel(value, 0.5));
    const mean = z.reduce((sum, own) => sum + own / z.length, 0);
    const variance = z.reduce((sum, own) => sum + (own - mean) ** 2 / z.length, 0);
    // The pieces of quantile-normal are straight, and its tails end where the data do.
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 1);
  });

  it('refuses what is damaged', () => {
    const { parts } = { parts: transforms.find((one) => one.name === name)!.fit({ sorted: positive, step: 0 }) };
    for (const part of Object.keys(parts))
      expect(readTransform({ name, parts: { ...parts, [part]: 'x' } })).toBeUndefined();
  });
});

describe('whole numbers', () => {
  const counts = uniform(key(2), 2000).map((u) => Math.floor(-Math.log(1 - u) * 4));

  it.each(['affine', 'log1p', 'asinh', 'quantile-normal'])('come back exactly, wherever %s spreads them', (name) => {
    const transform = fitted(name, counts, 1);
    for (const u of [0.001, 0.25, 0.5, 0.999]) for (const value of counts.slice(0, 200)) expect(transform.toData(transform.toModel(value, u))).toBe(value); // prettier-ignore
  });

  it('have probabilities that are their shares', () => {
    const transform = fitted('quantile-normal', counts, 1);
    for (const value of [0, 1, 2, 7]) {
      const share = counts.filter((own) => own === value).length / counts.length;
      const z = transform.toModel(value, 0.5);
      // Of a model that is standard normal: log phi(z) and what it lacks. Gaps between the numbers take 1e-5 each.
      expect(Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + transform.logSlope(z))).toBeCloseTo(share, 3);
    }
  });

  it('become standard normal', () => {
    const transform = fitted('quantile-normal', counts, 1);
    const u = uniform(key(3), counts.length);
    const z = counts.map((value, i) => transform.toModel(value, u[i]!));
    expect(kolmogorovSmirnovTest(z, normalCdf).pValue).toBeGreaterThan(0.01); // n = 2000
  });
});

describe('quantile-normal', () => {
  const mixed = normal(key(4), 3000).map((z, i) => (i % 3 === 0 ? 0 : Math.exp(z)));
  const transform = fitted('quantile-normal', mixed);

  it('keeps a number that many samples share, and what lies around it', () => {
    for (const u of [0, 0.3, 0.99]) expect(transform.toData(transform.toModel(0, u))).toBe(0);
    expect(transform.toData(transform.toModel(0.5, 0.5))).toBeCloseTo(0.5, 9);
    const width = transform.toModel(0, 0.999) - transform.toModel(0, 0.001);
    expect(normalCdf(transform.toModel(0, 0.999999))).toBeCloseTo(1 / 3, 2);
    expect(width).toBeGreaterThan(1);
  });

  it('puts numbers beyond the data further out, and makes none of them', () => {
    const [low, high] = [Math.min(...mixed), Math.max(...mixed)];
    const at = [high, high + 1, high + 10].map((value) => transform.toModel(value, 0.5));
    expect(at[1]).toBeGreaterThan(at[0]!);
    expect(at[2]).toBeGreaterThan(at[1]!);
    expect(transform.toData(at[2]!)).toBe(high);
    expect(transform.toData(-9)).toBe(low);
  });

  it('makes a number between two of few unlikely', () => {
    const few = fitted(
      'quantile-normal',
      Float64Array.from({ length: 900 }, (_, i) => [1, 2, 9][i % 3]!),
    );
    const log = (value: number): number => {
      const z = few.toModel(value, 0.5);
      return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + few.logSlope(z);
    };
    // Of 900 numbers, 1 / 900 lies beyond the least and the greatest.
    expect(log(2)).toBeCloseTo(Math.log(1 / 3), 2);
    expect(log(5)).toBeLessThan(Math.log(1e-5));
  });
});
