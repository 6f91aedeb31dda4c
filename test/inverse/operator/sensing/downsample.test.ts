import { expect, it } from 'vitest';
import { map } from '../../../../src/base/arith.ts';
import { tensor } from '../../../../src/base/tensor.ts';
import { downsample } from '../../../../src/inverse/operator/sensing/downsample.ts';
import { identity } from '../../../../src/inverse/operator/sensing/identity.ts';
import { noise } from '../../all.ts';

it('takes means of blocks, and its pseudo-inverse repeats them', () => {
  const operator = downsample([1, 2, 4], 2);
  const x = tensor([1, 2, 5, 6, 3, 4, 7, 9], [1, 1, 2, 4]);
  const y = operator.apply(x);
  y.data.forEach((value, i) => expect(value).toBeCloseTo([2.5, 6.75][i]!, 14));
  const repeated = operator.pseudoInverse!(y);
  [2.5, 2.5, 6.75, 6.75, 2.5, 2.5, 6.75, 6.75].forEach((value, i) => expect(repeated.data[i]).toBeCloseTo(value, 14));
});

it('at factor 1 and as the identity leaves everything as it is', () => {
  const x = noise([2, 3, 4], 2, 1);
  expect(downsample([2, 3, 4], 1).apply(x)).toEqual(x);
  expect(identity([2, 3, 4]).apply(x)).toEqual(x);
  expect(identity([2, 3, 4]).normalInverse!(x, 3).data).toEqual(map(x, (value) => value * 0.25).data);
});

it('refuses factors that do not divide the sides, and shapes that are not of images', () => {
  for (const factor of [0, 1.5, 3, -2])
    expect(() => downsample([1, 4, 6], factor)).toThrow(
      `factor: expected a factor of both sides of 4 x 6 pixels, got ${factor}`,
    );
  expect(() => downsample([4, 4], 2)).toThrow(
    'downsample: expected images of shape [channels, height, width], got [4,4]',
  );
  for (const shape of [[], [0, 2], [1.5]])
    expect(() => identity(shape)).toThrow(`expected the shape of one sample, positive integers, got [${shape}]`);
});
