import { expect, test } from 'vitest';
import { ConfigError } from '../../../src/base/errors.ts';
import { key } from '../../../src/base/key.ts';
import type { Mixture, PointSet } from '../../../src/data/dataset.ts';
import { describe } from '../../../src/data/describe.ts';
import { drawMixture, eightGaussians, toys, twoGaussians } from '../../../src/data/sets/toy.ts';

const point = (set: PointSet, i: number): [number, number] => [set.values[2 * i]!, set.values[2 * i + 1]!];
const all = (set: PointSet): [number, number][] => Array.from({ length: set.count }, (_, i) => point(set, i));

for (const [name, { draw }] of Object.entries(toys)) {
  test(`${name}: a function of key and count, whose points do not depend on the count`, () => {
    const set = draw(key(1), 101);
    expect(set).toMatchObject({ kind: 'points', name, count: 101, dimension: 2 });
    expect(draw(key(1), 40).values).toEqual(set.values.slice(0, 80));
    expect(draw(key(2), 101).values).not.toEqual(set.values);
  });

  test(`${name}: a standard deviation of about one, over both axes`, () => {
    // n = 20,000: the standard error is below 0.01, so that the bound tests the scale of the set.
    const [x, y] = describe(draw(key(3), 20_000)).std;
    expect(Math.abs(Math.hypot(x!, y!) / Math.SQRT2 - 1)).toBeLessThan(0.08);
  });
}

const mixtures: Record<string, { mixture: Mixture; set: PointSet }> = {
  'two-gaussians': { mixture: twoGaussians(), set: toys['two-gaussians'].draw(key(4), 20_000) },
  'eight-gaussians': { mixture: eightGaussians(), set: toys['eight-gaussians'].draw(key(4), 20_000) },
  'two-gaussians of weights 9 to 1': {
    mixture: twoGaussians([9, 1]),
    set: drawMixture('nine-to-one', twoGaussians([9, 1]), key(4), 20_000),
  },
};

for (const [name, { mixture, set }] of Object.entries(mixtures)) {
  test(`${name}: points follow the mixture that comes with them`, () => {
    const { weights, means, stds } = mixture;
    expect(set.mixture).toEqual(mixture);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    // Components are at least 5 standard deviations from the middle between two, so that the nearest is the right one.
    const members = means.map((): [number, number][] => []);
    for (const [x, y] of all(set)) {
      const distances = means.map(([a, b]) => Math.hypot(x - a!, y - b!));
      members[distances.indexOf(Math.min(...distances))]!.push([x, y]);
    }
    members.forEach((own, k) => {
      const [p, n] = [weights[k]!, own.length];
      // Five standard errors: of a binomial count, of a mean, of a variance (2 s^4 / n).
      expect(Math.abs(n - p * set.count)).toBeLessThan(5 * Math.sqrt(p * (1 - p) * set.count));
      for (const axis of [0, 1]) {
        const z = own.map((x) => (x[axis]! - means[k]![axis]!) / stds[k]!);
        expect(Math.abs(z.reduce((a, b) => a + b) / n)).toBeLessThan(5 / Math.sqrt(n));
        expect(Math.abs(z.reduce((a, b) => a + b * b, 0) / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
      }
    });
  });
}

test('weights must be two positive numbers', () => {
  for (const weights of [[1], [1, 0], [1, -1], [1, NaN], [1, 2, 3]])
    expect(() => twoGaussians(weights)).toThrow(ConfigError);
});

/** The curves without noise, traced finely: place(s) for s from 0 to 1. */
const curves: Record<
  'two-moons' | 'swiss-roll' | 'spirals',
  { noise: number; arms: ((s: number) => [number, number])[] }
> = {
  'two-moons': {
    noise: 0.08,
    arms: [
      (s) => [1.4 * Math.cos(Math.PI * s) - 0.7, 1.4 * Math.sin(Math.PI * s) - 0.35],
      (s) => [0.7 - 1.4 * Math.cos(Math.PI * s), 0.35 - 1.4 * Math.sin(Math.PI * s)],
    ],
  },
  'swiss-roll': { noise: 0.04, arms: [(s) => polar((1.5 + 3 * s) * Math.PI, 1 / 7)] },
  spirals: { noise: 0.05, arms: [(s) => polar(3 * Math.PI * s, 1 / 4.7), (s) => polar(3 * Math.PI * s, -1 / 4.7)] },
};

function polar(angle: number, scale: number): [number, number] {
  return [angle * scale * Math.cos(angle), angle * scale * Math.sin(angle)];
}

for (const [name, { noise, arms }] of Object.entries(curves)) {
  test(`${name}: points lie on the curve up to its noise, evenly on the arms`, () => {
    const n = 400;
    const trace = Array.from({ length: 2001 }, (_, k) => k / 2000);
    const set = toys[name as keyof typeof curves].draw(key(5), n);
    let squares = 0;
    const onArm = arms.map(() => 0);
    for (const [x, y] of all(set)) {
      const distances = arms.map((arm) => Math.min(...trace.map((s) => Math.hypot(x - arm(s)[0], y - arm(s)[1]))));
      const least = Math.min(...distances);
      onArm[distances.indexOf(least)]! += 1;
      squares += (least / noise) ** 2;
      expect(least).toBeLessThan(5 * noise);
    }
    // Across the curve the noise is one normal variable: its mean square is 1, with a standard error of sqrt(2 / n) = 0.07;
    // the ends of an arm add and the trace's steps and the curvature take a few per cent.
    expect(Math.abs(squares / n - 1)).toBeLessThan(0.4);
    for (const count of onArm) expect(Math.abs(count - n / arms.length)).toBeLessThan(5 * Math.sqrt(n / 4));
  });
}

test('the swiss roll is even in its angle, the spirals in the square of theirs', () => {
  const n = 4000;
  const meanOf = (set: PointSet, f: (radius: number) => number): number =>
    all(set).reduce((sum, [x, y]) => sum + f(Math.hypot(x, y)), 0) / n;
  // Angle uniform on (1.5 pi, 4.5 pi): five standard errors of its mean; noise adds std^2 / 2r = 0.001 to a radius.
  expect(Math.abs(7 * meanOf(toys['swiss-roll'].draw(key(6), n), (r) => r) - 3 * Math.PI)).toBeLessThan(
    (5 * 3 * Math.PI) / Math.sqrt(12 * n) + 7 * 0.001,
  );
  // Squared angle uniform on (0, 9 pi^2), where noise adds 2 std^2 to the mean squared radius.
  const squared = 4.7 ** 2 * (meanOf(toys.spirals.draw(key(6), n), (r) => r * r) - 2 * 0.05 ** 2);
  expect(Math.abs(squared - 4.5 * Math.PI ** 2)).toBeLessThan((5 * 9 * Math.PI ** 2) / Math.sqrt(12 * n) + 0.1);
});

test('the checkerboard fills its dark squares evenly, and no others', () => {
  const n = 16_000;
  const side = Math.sqrt(3) / 2;
  const counts = new Map<string, number>();
  for (const [x, y] of all(toys.checkerboard.draw(key(7), n))) {
    const [column, row] = [x / side + 2, y / side + 2];
    expect((Math.floor(column) + Math.floor(row)) % 2).toBe(0);
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(Math.sqrt(3));
    const quarter = `${Math.floor(2 * column)},${Math.floor(2 * row)}`;
    counts.set(quarter, (counts.get(quarter) ?? 0) + 1);
  }
  expect(counts.size).toBe(32);
  const expected = n / 32;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(31 + 5 * Math.sqrt(62)); // mean and five standard deviations for 31 degrees of freedom
});
