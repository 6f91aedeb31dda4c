import { expect, it } from 'vitest';
import { tensor } from '../../../src/base/tensor.ts';
import { clip } from '../../../src/inverse/operator/clip.ts';

it('clips after the gain, and pulls back nothing where it clips', () => {
  const operator = clip([6], { gain: 2, low: -1, high: 1 });
  const x = tensor([-3, -0.6, -0.4, 0, 0.5, 0.6], [1, 6]);
  expect([...operator.apply(x).data]).toEqual([-1, -1, -0.8, 0, 1, 1]);
  expect([...operator.vjp(x, tensor([1, 2, 3, 4, 5, 6], [1, 6])).data]).toEqual([0, 0, 6, 8, 0, 0]);
  expect(operator.linear).toBe(false);
});

it('refuses empty ranges and a gain of 0', () => {
  expect(() => clip([2], { low: 1, high: 1 })).toThrow('high: expected a number above low = 1, got 1');
  expect(() => clip([2], { gain: 0 })).toThrow('gain: expected a number other than 0, got 0');
  expect(() => clip([])).toThrow('expected the shape of one sample');
});
