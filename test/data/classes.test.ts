/** @file Classes of the samples of a set. */
import { describe, expect, it, test } from 'vitest';
import { foldIn, key } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { classesOf, firstOf, type PointSet } from '../../src/data/dataset.ts';
import { describe as summaryOf } from '../../src/data/describe.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { drawMixture, eightGaussians, toys, twoGaussians } from '../../src/data/sets/toy.ts';
import { temporaryFolder, put } from './fixtures.ts';

const labels = Uint8Array.of(0, 2, 2);

test('classes have names where the set has, and else their numbers', () => {
  expect(classesOf({})).toEqual([]);
  expect(classesOf({ classNames: ['a'] })).toEqual([]);
  expect(classesOf({ labels })).toEqual(['0', '1', '2']);
  expect(classesOf({ labels, classNames: ['a', 'b'] })).toEqual(['a', 'b', '2']);
  expect(classesOf({ labels, classNames: ['a', 'b', 'c', 'd'] })).toEqual(['a', 'b', 'c', 'd']);
});

test('a summary counts the points of each class', () => {
  const set: PointSet = { kind: 'points', name: '', count: 3, dimension: 1, values: Float64Array.of(1, 2, 3), labels };
  expect(summaryOf(set)).toMatchObject({
    classes: [
      { name: '0', count: 1 },
      { name: '1', count: 0 },
      { name: '2', count: 2 },
    ],
    bytesInMemory: 27,
  });
  expect(firstOf(set, 2)).toMatchObject({ count: 2, labels: Uint8Array.of(0, 2) });
});

describe.each([
  ['two Gaussians', twoGaussians()],
  ['eight Gaussians', eightGaussians()],
])('points of %s', (_, mixture) => {
  it('have the component that they were drawn from as class', () => {
    const n = 4000;
    const set = drawMixture('', mixture, key(3), n);
    const far = Array.from({ length: n }, (_, i) => {
      const [x = 0, y = 0] = mixture.means[set.labels![i]!]!;
      return Math.hypot(set.values[2 * i]! - x, set.values[2 * i + 1]! - y) / mixture.stds[set.labels![i]!]!;
    });
    // A point in two dimensions is further than 5.5 standard deviations away once in e^15.
    expect(Math.max(...far)).toBeLessThan(5.5);
    mixture.weights.forEach((weight, k) => {
      const share = set.labels!.filter((label) => label === k).length / n;
      expect(Math.abs(share - weight)).toBeLessThan(4 * Math.sqrt((weight * (1 - weight)) / n));
    });
  });
});

test.each(['two-moons', 'spirals'] as const)('the part of %s that a point lies on is its class', (name) => {
  const n = 1000;
  const set = toys[name].draw(key(1), n);
  const turned = ([x, y]: readonly [number, number], label: number): readonly [number, number] =>
    label === 0 ? [x, y] : [-x, -y];
  const u = uniform(foldIn(key(1), 'u'), n);
  for (let i = 0; i < n; i++) {
    // The second part is the first one turned by half; both sets are centered.
    const [x, y] = turned([set.values[2 * i]!, set.values[2 * i + 1]!], set.labels![i]!);
    const angle = name === 'two-moons' ? Math.PI * u[i]! : 3 * Math.PI * Math.sqrt(u[i]!);
    const [cx, cy] =
      name === 'two-moons'
        ? [1.4 * (Math.cos(angle) - 0.5), 1.4 * (Math.sin(angle) - 0.25)]
        : [(angle / 4.7) * Math.cos(angle), (angle / 4.7) * Math.sin(angle)];
    expect(Math.hypot(x - cx, y - cy)).toBeLessThan(0.5);
  }
  expect(classesOf(set)).toEqual(['0', '1']);
});

test('arrays of points can have labels, whose numbers are the names of classes where some are missing', async () => {
  const points = { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const file = await put(temporaryFolder(), 'a.npz', formatNpz({ points, labels: { shape: [3], data: labels } }));
  const set = await openDataSet(file);
  expect(set).toMatchObject({ kind: 'points', labels: Uint8Array.of(0, 1, 1), classNames: ['0', '2'] });
  expect(summaryOf(set).classes).toEqual([
    { name: '0', count: 1 },
    { name: '2', count: 2 },
  ]);
});
