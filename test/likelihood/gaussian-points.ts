/** @file Points of a Gaussian, and estimates of their log densities compared with what they should be. */
import { expect } from 'vitest';
import { key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { takeRows, tensor, type Tensor } from '../../src/base/tensor.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';

export const [mean, std] = [tensor([0.4, -0.2], [2]), 0.7];
export const points = tensor(
  normal(key(3), 8).map((z, j) => mean.data[j % 2]! + std * z),
  [4, 2],
);
export const keys = split(key(4), 4);
export const rows = [...keys.keys()];

/** ||x_0 - m||^2 and ||x_0||^2 of each point. */
export const squares = rows.map((i) => {
  const x = Array.from(takeRows(points, [i]).data);
  return {
    apart: x.reduce((sum, value, j) => sum + (value - mean.data[j]!) ** 2, 0),
    own: x.reduce((sum, value) => sum + value ** 2, 0),
  };
});
/** Mean of each sample's draws, and that it is within 4.5 standard errors (of 4 to 24 comparisons) of what is expected. */
export function expectMeans({ data, shape }: Tensor, expected: readonly number[], slack = 0): void {
  const [, draws = 1] = shape;
  expected.forEach((value, i) => {
    const found = meanEstimate(data.subarray(i * draws, (i + 1) * draws));
    expect(Math.abs(found.value - value)).toBeLessThan(4.5 * found.standardError + slack);
  });
}
