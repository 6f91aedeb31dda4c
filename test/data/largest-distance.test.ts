import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { sizeOf } from '../../src/base/tensor.ts';
import { kindOf, sampleShape, type DataSet } from '../../src/data/dataset.ts';
import type { Numbers } from '../../src/data/kinds/set-kind.ts';
import { largestDistance } from '../../src/data/largest-distance.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { centered, unit, type Scaler, commonFactor } from '../../src/data/scaler.ts';
import { standardize } from '../../src/data/standardize.ts';

const identity: Scaler = { kind: 'standard', factor: 1, shift: [0] };

function points(values: readonly number[], dimension: number): DataSet {
  const count = values.length / dimension;
  return { kind: 'points', name: 'points', count, dimension, values: Float64Array.from(values) };
}

/** Every pair, compared. */
function byAllPairs(set: DataSet): number {
  const [data] = kindOf(set).content(set) as [Numbers];
  const size = sizeOf(sampleShape(set));
  let best = 0;
  for (let a = 0; a < set.count; a++)
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += (data[a * size + j]! - data[b * size + j]!) ** 2;
      best = Math.max(best, Math.sqrt(sum));
    }
  return best;
}

describe.each(['two-moons', 'eight-gaussians', 'checkerboard', 'swiss-roll', 'emoji'])('of %s', (ref) => {
  it('is that of all pairs', async () => {
    const set = await openDataSet(ref, ref === 'emoji' ? { size: 4, group: 'faces' } : { count: 500 });
    const scaler = set.kind === 'points' ? standardize(set, 'common') : centered;
    const exact = commonFactor(scaler) * byAllPairs(set);
    const found = largestDistance(set, scaler);
    expect(found.distance / exact).toBeCloseTo(1, 13);
    expect(found.atMost).toBe(found.distance);
  });

  it('lies within bounds where the work ends before', async () => {
    const set = await openDataSet(ref, ref === 'emoji' ? { size: 4, group: 'faces' } : { count: 500 });
    const exact = byAllPairs(set);
    const size = sizeOf(sampleShape(set));
    const bounds = [1, 2, 5, 10, 20].map((pairs) => largestDistance(set, identity, { work: pairs * size }));
    for (const [i, { distance, atMost }] of bounds.entries()) {
      expect(distance).toBeLessThanOrEqual(exact);
      expect(distance).toBeGreaterThan(0);
      expect(atMost).toBeGreaterThanOrEqual(exact * (1 - 1e-14));
      if (i > 0) expect(distance).toBeGreaterThanOrEqual(bounds[i - 1]!.distance);
    }
  });
});

it('of the corners of a square is its diagonal, in the units of the model', () => {
  const square = points([0, 0, 0, 3, 4, 3, 4, 0], 2);
  expect(largestDistance(square, identity)).toEqual({ distance: 5, atMost: 5 });
  expect(largestDistance(square, { ...identity, factor: 0.5, shift: [7] }).distance).toBe(2.5);
});

it('is bounded by two radii where one pair of an even triangle is compared', () => {
  const corners = [0, 1, 2].flatMap((k) => [Math.cos((k * 2 * Math.PI) / 3), Math.sin((k * 2 * Math.PI) / 3)]);
  const { distance, atMost } = largestDistance(points(corners, 2), identity, { work: 2 });
  expect(distance).toBeCloseTo(Math.sqrt(3), 12);
  expect(atMost).toBeCloseTo(2, 12);
});

it('of black and white pixels is the root of their number, up to the last bin', () => {
  const pixels = Uint8Array.from({ length: 3 * 16 }, (_, j) => [0, 255, 128][Math.floor(j / 16)]!);
  const set: DataSet = { kind: 'images', name: 'x', count: 3, channels: 1, height: 4, width: 4, pixels, flips: false };
  expect(largestDistance(set, unit).distance).toBeCloseTo((255 / 256) * 4, 14);
});

it('of one sample, or of equal ones, is zero', () => {
  expect(largestDistance(points([1, 2], 2), identity)).toEqual({ distance: 0, atMost: 0 });
  expect(largestDistance(points([1, 2, 1, 2, 1, 2], 2), identity)).toEqual({ distance: 0, atMost: 0 });
  expect(() => largestDistance(points([1, 2], 2), identity, { work: 0 })).toThrow(ConfigError);
});
