import { expect, it } from 'vitest';
import { map } from '../../../src/base/arith.ts';
import { takeRows, tensor, type Tensor } from '../../../src/base/tensor.ts';
import {
  conjugateGradients,
  conjugateStart,
  conjugateStep,
  hasStopped,
} from '../../../src/inverse/operator/conjugate-gradients.ts';
import { noise } from '../all.ts';

/** diag(1, 2, ..., n) on every sample. */
const diagonal = (x: Tensor): Tensor => map(x, (value, i) => value * (1 + (i % x.shape[1]!)));

it('solves exactly in as many iterations as there are eigenvalues', () => {
  const b = noise([7], 3, 1);
  const { x, iterations, squared } = conjugateGradients(diagonal, b, { tolerance: 1e-13 });
  x.data.forEach((value, i) => expect(value).toBeCloseTo(b.data[i]! / (1 + (i % 7)), 12));
  expect(iterations).toEqual([7, 7, 7]);
  squared.forEach((value) => expect(value).toBeLessThan(1e-24));
});

it('lets each sample stop by itself and leaves it alone from then on', () => {
  // The first sample is an eigenvector, the second has three eigenvalues, the third is zero.
  const b = tensor([0, 5, 0, 0, 1, 0, 2, -1, 0, 0, 0, 0], [3, 4]);
  const all = conjugateGradients(diagonal, b);
  expect(all.iterations).toEqual([1, 3, 0]);
  for (const i of [0, 1, 2]) {
    const alone = conjugateGradients(diagonal, takeRows(b, [i]));
    expect(alone.x).toEqual(takeRows(all.x, [i]));
    expect(alone.iterations).toEqual([all.iterations[i]]);
  }
});

it('leaves a sample alone that has converged but for a rest within the tolerance', () => {
  // The nearer a sample is to an eigenvector, the sooner it is within the tolerance.
  const b = tensor([1, 1e-3, 1e-3, 1e-3, 1e-3, 1, 1, 1, 1, 1], [2, 5]);
  const all = conjugateGradients(diagonal, b, { tolerance: 0.01 });
  expect(all.iterations[0]).toBeLessThan(all.iterations[1]!);
  expect(all.squared[0]).toBeGreaterThan(0);
  expect(conjugateGradients(diagonal, takeRows(b, [0]), { tolerance: 0.01 }).x).toEqual(takeRows(all.x, [0]));
});

it('stops at what is not in the range of the map, and at the most iterations', () => {
  const half = (x: Tensor): Tensor => map(x, (value, i) => (i % 2 === 0 ? 3 * value : 0));
  const state = conjugateGradients(half, tensor([0, 1], [1, 2]));
  expect([...state.x.data]).toEqual([0, 0]);
  expect(state.iterations).toEqual([0]);
  expect(hasStopped(state)).toBe(true);
  expect(conjugateGradients(diagonal, noise([7], 1, 1), { maxIterations: 2 }).iterations).toEqual([2]);
});

it('stops before a step along what the map does not reach', () => {
  // Rank one with weights that rounding does not cancel: of (1, 2, 3) only the part along (a, b, c) is in its range.
  const [a, b, c] = [0.1, 0.7, 0.3];
  const once = (x: Tensor): Tensor => {
    const along = a * x.data[0]! + b * x.data[1]! + c * x.data[2]!;
    return tensor([a * along, b * along, c * along], [1, 3]);
  };
  const { x, iterations } = conjugateGradients(once, tensor([1, 2, 3], [1, 3]));
  expect(iterations[0]).toBeLessThan(3);
  expect(Math.hypot(...x.data)).toBeLessThan(20);
});

it('can be stepped from outside, for maps that are asynchronous', async () => {
  const b = noise([5], 2, 2);
  let state = conjugateStart(b, 1e-8);
  while (!hasStopped(state)) state = conjugateStep(state, await Promise.resolve(diagonal(state.direction)));
  expect(state).toEqual(conjugateGradients(diagonal, b));
});

it('refuses tolerances and counts that are none', () => {
  const b = noise([2], 1, 1);
  expect(() => conjugateGradients(diagonal, b, { tolerance: -1 })).toThrow(
    'tolerance: expected a number of 0 to 1, got -1',
  );
  expect(() => conjugateGradients(diagonal, b, { maxIterations: 0 })).toThrow(
    'maxIterations: expected a positive integer',
  );
});
