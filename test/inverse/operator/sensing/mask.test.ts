import { expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../../../src/base/errors.ts';
import { key } from '../../../../src/base/key.ts';
import { tensor, zeros } from '../../../../src/base/tensor.ts';
import { boxMask, halfMask, mask, randomMask, type Half } from '../../../../src/inverse/operator/sensing/mask.ts';

it('measures the known pixels of every channel in reading order, and fills the others with zeros', () => {
  const operator = mask([2, 2, 3], tensor([1, 0, 0, 0, 1, 1], [2, 3]));
  const x = tensor([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], [1, 2, 2, 3]);
  const y = operator.apply(x);
  expect(y).toEqual(tensor([1, 5, 6, 10, 50, 60], [1, 2, 3]));
  expect(operator.adjoint(y)).toEqual(tensor([1, 0, 0, 0, 5, 6, 10, 0, 0, 0, 50, 60], [1, 2, 2, 3]));
});

it('hides a box', () => {
  const found = boxMask([4, 5], { top: 1, left: 2, height: 2, width: 3 });
  expect(found).toEqual(tensor([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1], [4, 5]));
  for (const box of [{ top: 3 }, { left: 3 }, { top: -1 }, { height: 0 }, { width: 1.5 }])
    expect(() => boxMask([4, 5], { top: 1, left: 2, height: 2, width: 3, ...box })).toThrow(
      /^box: expected a box inside 4 x 5 pixels, got /,
    );
});

it('has the mask of a half; two halves are the whole', () => {
  const ones = (half: Half): number[] => [...halfMask([3, 5], half).data];
  expect(ones('left')).toEqual([1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0]);
  expect(ones('top')).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (const [a, b] of [
    ['left', 'right'],
    ['top', 'bottom'],
  ] as const)
    ones(a).forEach((value, i) => expect(value + ones(b)[i]!).toBe(1));
});

it('draws a share of the pixels by a key, every pixel as likely as another', () => {
  expect(randomMask(key(1), [8, 9], 0.25)).toEqual(randomMask(key(1), [8, 9], 0.25));
  expect(randomMask(key(1), [8, 9], 0.25)).not.toEqual(randomMask(key(2), [8, 9], 0.25));
  const n = 2000;
  const counts = new Float64Array(12);
  for (let seed = 0; seed < n; seed++) {
    const { data } = randomMask(key(seed), [3, 4], 0.25);
    expect(data.reduce((a, b) => a + b)).toBe(3);
    data.forEach((value, i) => (counts[i]! += value));
  }
  // Binomial counts: five standard errors.
  for (const count of counts) expect(Math.abs(count - n / 4)).toBeLessThan(5 * Math.sqrt((n * 3) / 16));
  expect(randomMask(key(0), [3], 0.01).data.reduce((a, b) => a + b)).toBe(1);
  for (const fraction of [0, 1.1, NaN]) expect(() => randomMask(key(1), [4], fraction)).toThrow(/^fraction: expected/);
});

it('refuses masks of other shapes and values, and masks that know nothing', () => {
  expect(() => mask([3, 4, 4], zeros([4, 5]))).toThrow(ShapeError);
  expect(() => mask([3, 4, 4], zeros([4, 5]))).toThrow(
    /mask: expected a mask of the last axes of \[3,4,4\], got shape \[4,5\]/,
  );
  expect(() => mask([2], zeros([1, 2]))).toThrow(ShapeError);
  expect(() => mask([2], tensor([1, 0.5], [2]))).toThrow(ConfigError);
  expect(() => mask([2], zeros([2]))).toThrow(/expected at least one known value/);
});
