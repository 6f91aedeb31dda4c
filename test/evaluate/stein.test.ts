/** @file The kernel Stein discrepancy: closed forms, and the level and the power of its test. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/base/errors.ts';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { tensor, type Tensor } from '../../src/base/tensor.ts';
import { inverseMultiquadric, radialGaussian, steinDiscrepancy } from '../../src/evaluate/stein.ts';

/** Of the standard normal law. */
const scoreOf = (x: Tensor): Tensor => ({ shape: x.shape, data: x.data.map((value) => -value) });
const draw = (seed: number, n: number, { d = 1, shift = 0, spread = 1 } = {}): Tensor =>
  tensor(
    normal(key(seed), n * d).map((z) => shift + spread * z),
    [n, d],
  );

describe('of samples of another Gaussian, with closed forms', () => {
  // For the Gaussian kernel of h = 1: |m|^2 (1/3)^(d/2), and (1 - 1/v)^2 (v/2) (r - r^3) with r = 1 / sqrt(1 + 2 v).
  it.each([
    ['Gaussian kernel, shift 1', radialGaussian(1), { shift: 1 }, 1 / Math.sqrt(3)],
    ['Gaussian kernel, spread 2', radialGaussian(1), { spread: 2 }, 1 / 3],
    ['Gaussian kernel, three dimensions', radialGaussian(1), { shift: 1, d: 3 }, 3 * 3 ** -1.5],
    ['inverse multiquadric, shift 1', inverseMultiquadric(1), { shift: 1 }, 0.705757],
    ['inverse multiquadric, spread 2', inverseMultiquadric(1), { spread: 2 }, 0.29648],
    ['inverse multiquadric, the law itself', inverseMultiquadric(1), {}, 0],
  ])('%s (600 samples)', async (_, kernel, law, expected) => {
    const x = draw(3, 600, law);
    const { squared } = await steinDiscrepancy(key(0), { x, scores: scoreOf(x), kernel, draws: 1 });
    expect(Math.abs(squared.value - expected)).toBeLessThan(4 * squared.standardError);
    expect(squared.standardError).toBeLessThan(0.07);
  });
});

it('keeps its level, 5 % of 120 sets of 80 samples, and sees a shift by a half', async () => {
  const kernel = inverseMultiquadric(1);
  const pValues = async (shift: number, sets: number): Promise<number[]> =>
    Promise.all(
      split(key(9), sets).map(async (k) => {
        const x = tensor(
          normal(foldIn(k, 'x'), 160).map((z) => shift + z),
          [80, 2],
        );
        return (await steinDiscrepancy(foldIn(k, 'signs'), { x, scores: scoreOf(x), kernel, draws: 100 })).pValue;
      }),
    );
  const rejected = (await pValues(0, 120)).filter((p) => p <= 0.05).length;
  // 6 on average, with a standard deviation of 2.4.
  expect(rejected).toBeLessThan(16);
  expect(rejected).toBeGreaterThan(0);
  for (const p of await pValues(0.5, 10)) expect(p).toBeLessThan(0.05);
});

it('does not see a lost mode, as the score does not', async () => {
  // Modes at -4 and 4; all samples are of the second.
  const x = draw(1, 400, { shift: 4 });
  const scores = { shape: x.shape, data: x.data.map((v) => -v + 4 * Math.tanh(4 * v)) };
  const { squared } = await steinDiscrepancy(key(0), { x, scores, kernel: inverseMultiquadric(1), draws: 1 });
  expect(Math.abs(squared.value)).toBeLessThan(4 * squared.standardError + 1e-3);
});

it('refuses scores of another shape', async () => {
  const x = draw(1, 10);
  await expect(steinDiscrepancy(key(0), { x, scores: draw(1, 9), kernel: radialGaussian(1) })).rejects.toThrow(
    ShapeError,
  );
});
