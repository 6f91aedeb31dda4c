/** @file How often a classifier finds the classes that were asked for, against counts by hand. */
import { expect, it } from 'vitest';
import type { DataSet } from '../../../src/data/dataset.ts';
import { foundOf } from '../../../src/model/evaluation/class-accuracy.ts';

const setOf = (labels: readonly number[], classNames: readonly string[]): DataSet => ({
  kind: 'points',
  name: 'a set',
  count: labels.length,
  dimension: 1,
  values: new Float64Array(labels.length),
  labels: Uint8Array.from(labels),
  classNames,
});

it('counts class by class, by the names of the classes, and what would be right by chance', () => {
  // Numbered otherwise than by the classifier: 0 is b, 1 is a.
  const samples = { set: setOf([0, 0, 1, 1, 1, 0], ['b', 'a']), rows: [5, 1, 2, 3], found: [1, 0, 0, 0] };
  const reference = { set: setOf([0, 1, 1, 1], ['a', 'b']), rows: [0, 1, 2, 3], found: [0, 1, 1, 0] };
  const found = foundOf(samples, reference, ['a', 'b', 'c']);
  // Asked for b, b, a, a; found b, a, a, a.
  expect(found?.samples.value).toBe(3 / 4);
  expect(found?.reference.value).toBe(3 / 4);
  expect(found?.byChance).toBeCloseTo((2 / 4) * (3 / 4) + (2 / 4) * (1 / 4), 12);
  expect(Object.keys(found?.classes ?? {})).toEqual(['a', 'b']);
  expect(found?.classes['a']).toMatchObject({ n: { samples: 2, reference: 1 }, samples: { value: 1 }, reference: { value: 1 } }); // prettier-ignore
  expect(found?.classes['b']).toMatchObject({ n: { samples: 2, reference: 3 }, samples: { value: 1 / 2 }, reference: { value: 2 / 3 } }); // prettier-ignore
});

it('says nothing of samples without classes, or of classes that the classifier does not know', () => {
  const known = { set: setOf([0, 1], ['a', 'b']), rows: [0, 1], found: [0, 1] };
  const others = { set: setOf([0, 1], ['a', 'x']), rows: [0, 1], found: [0, 1] };
  expect(foundOf(known, others, ['a', 'b'])).toBeUndefined();
  expect(foundOf(others, known, ['a', 'b'])).toBeUndefined();
  expect(foundOf(known, known, [])).toBeUndefined();
});
