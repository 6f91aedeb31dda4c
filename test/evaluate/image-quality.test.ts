import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { normal, uniform } from '../../src/base/random.ts';
import { concatRows, tensor, zeros, type Tensor } from '../../src/base/tensor.ts';
import { psnr, ssim } from '../../src/evaluate/image-quality.ts';

const image = (seed: number, ...shape: readonly [number, number, number, number]): Tensor =>
  tensor(uniform(key(seed), shape[0] * shape[1] * shape[2] * shape[3]), shape);
const map = (x: Tensor, f: (v: number, i: number) => number): Tensor => ({ shape: x.shape, data: x.data.map(f) });
const one = { dataRange: 1 };

/** Equation 13 window by window, with the weights of the plane and moments about the means. */
function slow(x: Tensor, y: Tensor, dataRange: number): number {
  const [, channels, height, width] = x.shape as [number, number, number, number];
  const offsets = Array.from({ length: 121 }, (_, k) => [Math.floor(k / 11) - 5, (k % 11) - 5] as const);
  const raw = offsets.map(([u, v]) => Math.exp(-(u * u + v * v) / 4.5));
  const total = raw.reduce((a, b) => a + b, 0);
  const values: number[] = [];
  for (let c = 0; c < channels; c++)
    for (let row = 5; row < height - 5; row++)
      for (let column = 5; column < width - 5; column++) {
        const at = offsets.map(([u, v]) => (c * height + row + u) * width + column + v);
        const mean = (f: (i: number) => number): number => at.reduce((sum, i, k) => sum + (raw[k]! / total) * f(i), 0);
        const [mx, my] = [mean((i) => x.data[i]!), mean((i) => y.data[i]!)];
        const vx = mean((i) => (x.data[i]! - mx) ** 2);
        const vy = mean((i) => (y.data[i]! - my) ** 2);
        const cxy = mean((i) => (x.data[i]! - mx) * (y.data[i]! - my));
        const [c1, c2] = [(0.01 * dataRange) ** 2, (0.03 * dataRange) ** 2];
        values.push(((2 * mx * my + c1) * (2 * cxy + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2)));
      }
  return values.reduce((a, b) => a + b, 0) / values.length;
}

describe('PSNR', () => {
  it('is known for a constant error, per image', () => {
    const x = concatRows([
      zeros([1, 1, 2, 2]),
      tensor([0.1, -0.1, 0.1, -0.1], [1, 1, 2, 2]),
      tensor([1, 0, 0, 0], [1, 1, 2, 2]),
    ]);
    const values = psnr(x, zeros([3, 1, 2, 2]), one);
    expect(values[0]).toBe(Infinity);
    expect(values[1]).toBeCloseTo(20, 12);
    expect(values[2]).toBeCloseTo(10 * Math.log10(4), 12);
  });

  it('grows by 6.02 dB with twice the range, and does not see the scale', () => {
    const [x, y] = [image(1, 2, 3, 4, 4), image(2, 2, 3, 4, 4)];
    const base = psnr(x, y, one);
    psnr(x, y, { dataRange: 2 }).forEach((v, i) => expect(v - base[i]!).toBeCloseTo(20 * Math.log10(2), 12));
    const bytes = psnr(
      map(x, (v) => 255 * v),
      map(y, (v) => 255 * v),
      { dataRange: 255 },
    );
    bytes.forEach((v, i) => expect(v).toBeCloseTo(base[i]!, 10));
  });
});

describe('SSIM', () => {
  const [x, y] = [image(1, 2, 3, 14, 17), image(2, 2, 3, 14, 17)];

  it('is 1 for equal images, symmetric, and below 1 for others', () => {
    ssim(x, x, one).forEach((v) => expect(v).toBeCloseTo(1, 12));
    const values = ssim(x, y, one);
    ssim(y, x, one).forEach((v, i) => expect(v).toBeCloseTo(values[i]!, 12));
    values.forEach((v) => expect(v).toBeLessThan(0.2));
  });

  it('is the published formula, window by window', () => {
    for (const dataRange of [1, 255]) {
      const near = map(x, (v, i) => v + 0.1 * normal(key(3), x.data.length)[i]!);
      for (const other of [y, near]) {
        const expected = [0, 1].map((b) => {
          const only = (t: Tensor): Tensor => tensor(t.data.slice(b * 714, (b + 1) * 714), [1, 3, 14, 17]);
          return slow(only(x), only(other), dataRange);
        });
        ssim(x, other, { dataRange }).forEach((v, b) => expect(v).toBeCloseTo(expected[b]!, 10));
      }
    }
  });

  it('of constant images is (2 a b + C_1) / (a^2 + b^2 + C_1)', () => {
    const [a, b] = [0.8, 0.3];
    const flat = (value: number): Tensor => map(zeros([1, 1, 11, 11]), () => value);
    const expected = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4);
    expect(ssim(flat(a), flat(b), one)[0]).toBeCloseTo(expected, 10);
  });

  it('does not see the scale of values with their range, and is negative for opposites about a mean', () => {
    const bytes = ssim(
      map(x, (v) => 255 * v),
      map(y, (v) => 255 * v),
      { dataRange: 255 },
    );
    ssim(x, y, one).forEach((v, i) => expect(bytes[i]).toBeCloseTo(v, 10));
    ssim(
      x,
      map(x, (v) => 1 - v),
      one,
    ).forEach((v) => expect(v).toBeLessThan(-0.5));
  });

  it('is the mean over channels', () => {
    const channel = (t: Tensor, c: number): Tensor => tensor(t.data.slice(c * 238, (c + 1) * 238), [1, 1, 14, 17]);
    const mean = [0, 1, 2].reduce((sum, c) => sum + ssim(channel(x, c), channel(y, c), one)[0]! / 3, 0);
    expect(ssim(x, y, one)[0]).toBeCloseTo(mean, 12);
  });
});

it('images that do not fit are refused', () => {
  const x = zeros([1, 1, 10, 20]);
  expect(() => ssim(x, x, one)).toThrow(/sides of 11 pixels/);
  expect(() => psnr(x, zeros([1, 1, 20, 10]), one)).toThrow(ShapeError);
  expect(() => psnr(zeros([4]), zeros([4]), one)).toThrow(ShapeError);
  expect(() => psnr(x, x, { dataRange: 0 })).toThrow(ConfigError);
});
