/** @file Classes by their names. */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { bytesOfNames, classNamed, emptyClasses, inClassOrder } from '../../src/data/class-names.ts';
import type { PointSet } from '../../src/data/dataset.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import { failure, put, temporaryFolder } from './fixtures.ts';

const clothes = ['shirt', 'Shirt', 'bag', 'Ankle boot'];
const digits = ['1', '10', '2'];
const unnamed = ['0', '1', '2'];

describe('a class by name or number', () => {
  it.each([
    // The exact name first.
    [clothes, 'shirt', 0],
    [clothes, 'Shirt', 1],
    // Then one in other case, if it is the only one.
    [clothes, 'BAG', 2],
    [clothes, 'ankle BOOT', 3],
    [clothes, 'SHIRT', undefined],
    // Then a number, if no name is one.
    [clothes, '0', 0],
    [clothes, '3', 3],
    [clothes, '4', undefined],
    [clothes, '-1', undefined],
    [clothes, '1.0', undefined],
    [clothes, '', undefined],
    [clothes, 'toString', undefined],
    [digits, '1', 0],
    [digits, '10', 1],
    [digits, '2', 2],
    [digits, '0', undefined],
    [['cat', '3', 'dog'], '0', undefined],
    [['cat', '3', 'dog'], '3', 1],
    [unnamed, '0', 0],
    [unnamed, '2', 2],
    [unnamed, '02', undefined],
    [unnamed, '3', undefined],
    [[], '0', undefined],
  ] as const)('of %j by %j is %s', (names, asked, label) => {
    expect(classNamed(names, asked)).toBe(label);
  });
});

const setOf = (labels: readonly number[] | undefined, classNames?: readonly string[]): PointSet => ({
  kind: 'points',
  name: 'other',
  count: labels?.length ?? 2,
  dimension: 1,
  values: new Float64Array(labels?.length ?? 2),
  ...(labels && { labels: Uint8Array.from(labels) }),
  ...(classNames && { classNames }),
});

describe('the classes of another set', () => {
  it.each([
    ['the same order', ['a', 'b'], setOf([0, 1, 1], ['a', 'b']), [0, 1, 1]],
    ['another order', ['a', 'b', 'c'], setOf([0, 1, 2, 0], ['c', 'a', 'b']), [2, 0, 1, 2]],
    ['a part of them', ['a', 'b', 'c'], setOf([0, 1], ['b', 'c']), [1, 2]],
    ['more, of which none has samples', ['b'], setOf([1, 1], ['a', 'b', 'c']), [0, 0]],
    ['names in other case', ['Ant', 'Bee'], setOf([0, 1], ['BEE', 'ant']), [1, 0]],
    ['exact names beside others in other case', ['bee', 'Bee'], setOf([0, 1], ['Bee', 'bee']), [1, 0]],
    ['numbers on both sides', ['0', '1', '2'], setOf([2, 1]), [2, 1]],
    ['numbers as names', ['1', '10', '2'], setOf([1, 2]), [0, 2]],
    ['numbers without gaps', ['0', '1', '2', '3'], setOf([0, 1, 2], ['1', '2', '3']), [1, 2, 3]],
  ] as const)('with %s have the numbers of the same names', (_, names, set, labels) => {
    const found = inClassOrder(set, { names, whose: 'the run', path: '--data' });
    expect([...found.labels]).toEqual(labels);
    expect(found.classNames).toEqual(names);
    expect(found).toMatchObject({ name: 'other', count: set.count });
    expect(found.kind === 'points' && found.values).toBe(set.values);
  });

  it.each([
    ['other names', ['a', 'b'], setOf([0, 1], ['b', 'c']), 'classes of the run, a, b; found c in other'],
    ['names against numbers', ['a', 'b'], setOf([0, 1]), 'classes of the run, a, b; found 0, 1 in other'],
    ['numbers against names', ['0', '1'], setOf([0, 1], ['a', 'b']), 'classes of the run, 0, 1; found a, b in other'],
    ['more numbers', ['0', '1'], setOf([0, 2]), 'classes of the run, 0, 1; found 2 in other'],
    [
      'names that only case tells apart',
      ['bee'],
      setOf([0, 1], ['Bee', 'bee']),
      'classes of the run, bee; found Bee in other',
    ],
    [
      'a name that two could have',
      ['bee', 'Bee'],
      setOf([0], ['BEE']),
      'classes of the run, bee, Bee; found BEE in other',
    ],
    ['no classes', ['a'], setOf(undefined), 'expected samples with classes, found none in other'],
  ] as const)('with %s are refused', (_, names, set, message) => {
    const order = (): unknown => inClassOrder(set, { names, whose: 'the run', path: '--data' });
    expect(order).toThrow(ConfigError);
    expect(order).toThrow(message);
    expect(order).toThrow(/^--data: /);
  });

  it('are listed by twenty names at most', () => {
    const names = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    expect(() => inClassOrder(setOf([0], ['z']), { names, whose: 'the run', path: '--data' })).toThrow(
      /class 18, class 19, …; found z/,
    );
  });
});

it('classes without samples are found', () => {
  expect(emptyClasses(setOf([1, 3]))).toEqual([0, 2]);
  expect(emptyClasses(setOf([0], ['a', 'b']))).toEqual([1]);
  expect(emptyClasses(setOf([0, 1], ['a', 'b']))).toEqual([]);
  expect(emptyClasses(setOf(undefined))).toEqual([]);
});

describe('an array file with names of classes', () => {
  const points = { shape: [3, 1], data: Float64Array.of(1, 2, 3) };
  const labels = { shape: [3], data: Uint8Array.of(0, 2, 2) };

  it('has them', async () => {
    const names = ['Löwe', '', 'cat'];
    const file = await put(temporaryFolder(), 'a.npz', formatNpz({ points, labels, class_names: bytesOfNames(names) }));
    expect(await openDataSet(file)).toMatchObject({ labels: labels.data, classNames: names });
  });

  it.each([
    ['too few', bytesOfNames(['a', 'b'])],
    ['one twice', bytesOfNames(['a', 'b', 'a'])],
    ['numbers', { shape: [3, 1], data: Float64Array.of(1, 2, 3) }],
    ['another shape', { shape: [3], data: Uint8Array.of(97, 98, 99) }],
  ])('is refused with %s', async (_, class_names) => {
    const file = await put(temporaryFolder(), 'a.npz', formatNpz({ points, labels, class_names }));
    const error = await failure(openDataSet(file));
    expect(error.message).toMatch(/expected class_names of shape \[classes, bytes\] with a name for each of 3 classes/);
  });
});
