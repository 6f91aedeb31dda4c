import { describe, expect, it } from 'vitest';
import { foldIn, key } from '../../../src/base/key.ts';
import type { ImageSet } from '../../../src/data/dataset.ts';
import { openDataSet } from '../../../src/run/data-sets.ts';
import { drawEllipses, drawPhantom, drawPhantoms } from '../../../src/data/sets/phantoms.ts';

const ellipse = { x: 0.1, y: -0.2, a: 0.5, b: 0.3, angle: 0.4, value: 2 };

it('draws ellipses of the right area, place and value', () => {
  const size = 128;
  const image = drawEllipses([ellipse], size);
  const pixel = 2 / size;
  let [mass, x, y] = [0, 0, 0];
  image.forEach((value, i) => {
    mass += value * pixel ** 2;
    x += value * pixel ** 2 * (((i % size) + 0.5) * pixel - 1);
    y += value * pixel ** 2 * (1 - (Math.floor(i / size) + 0.5) * pixel);
  });
  // Shares of border pixels are right to first order in their side: to second order in sums.
  expect(mass / (2 * Math.PI * 0.5 * 0.3)).toBeCloseTo(1, 3);
  expect(x / mass).toBeCloseTo(0.1, 3);
  expect(y / mass).toBeCloseTo(-0.2, 3);
  const at = (u: number, v: number): number => image[Math.floor((1 - v) / pixel) * size + Math.floor((u + 1) / pixel)]!;
  const along = (share: number): readonly [number, number] => [
    0.1 + share * 0.5 * Math.cos(0.4),
    -0.2 + share * 0.5 * Math.sin(0.4),
  ];
  expect(at(...along(0.95))).toBe(2);
  expect(at(...along(1.05))).toBe(0);
  const sum = drawEllipses([ellipse, { ...ellipse, value: 1 }], size);
  sum.forEach((value, i) => expect(value).toBeCloseTo(1.5 * image[i]!, 12));
});

it('goes round in steps of a pixel or less: an ellipse over the border is cut, one of no size is faint', () => {
  const cut = drawEllipses([{ ...ellipse, x: 1, a: 0.5, b: 0.5 }], 16);
  const whole = drawEllipses([{ ...ellipse, x: 0, a: 0.5, b: 0.5 }], 16);
  const total = (image: Float64Array): number => image.reduce((a, b) => a + b);
  expect(total(cut) / total(whole)).toBeCloseTo(0.5, 2);
});

describe('phantoms', () => {
  const set = drawPhantoms(key(0), { count: 200, size: 32 });

  it('depend on key, size and number alone', () => {
    expect(drawPhantoms(key(0), { count: 3, size: 32 }).pixels).toEqual(set.pixels.subarray(0, 3 * 1024));
    expect(drawPhantoms(key(1), { count: 3, size: 32 }).pixels).not.toEqual(set.pixels.subarray(0, 3 * 1024));
    const second = drawPhantom(foldIn(key(0), 1), 32).map((value) => Math.round(255 * value));
    expect([...second]).toEqual([...set.pixels.subarray(1024, 2048)]);
  });

  it('are bodies on black, with values of 0 to 1 and structure inside', () => {
    const texts = new Set<string>();
    for (let i = 0; i < set.count; i++) {
      const image = drawPhantom(foldIn(key(0), i), 32);
      expect(image.every((value) => value >= 0 && value <= 1)).toBe(true);
      for (const corner of [0, 31, 31 * 32, 1023]) expect(image[corner]).toBe(0);
      const filled = image.filter((value) => value > 0).length / image.length;
      // Bodies of half axes 0.62 to 0.88 cover 0.30 to 0.61 of the square; cavities may be black.
      expect(filled).toBeGreaterThan(0.2);
      expect(filled).toBeLessThan(0.75);
      const inside = image.filter((value) => value > 0);
      const mean = inside.reduce((a, b) => a + b) / inside.length;
      const variance = inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inside.length;
      expect(Math.sqrt(variance)).toBeGreaterThan(0.02);
      texts.add(image.join());
    }
    expect(texts.size).toBe(set.count);
  });

  it('are as likely as their mirror images', () => {
    // The center of mass is symmetric about the middle: five standard errors of its mean.
    const centers = Array.from({ length: set.count }, (_, i) => {
      const image = set.pixels.subarray(i * 1024, (i + 1) * 1024);
      const mass = image.reduce((a, b) => a + b, 0);
      return image.reduce((sum, value, p) => sum + value * ((p % 32) - 15.5), 0) / mass;
    });
    const mean = centers.reduce((a, b) => a + b) / centers.length;
    const variance = centers.reduce((sum, c) => sum + (c - mean) ** 2, 0) / centers.length;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / centers.length));
    expect(set.flips).toBe(true);
  });

  it('open by name with a count, a seed and a size', async () => {
    const open = async (options: object): Promise<ImageSet> => (await openDataSet('phantoms', options)) as ImageSet;
    const small = await open({ count: 4, size: 20, seed: 3 });
    expect(small).toEqual(drawPhantoms(key(3), { count: 4, size: 20 }));
    expect(small).toMatchObject({ name: 'phantoms', count: 4, channels: 1, height: 20, width: 20 });
    expect(await open({ limit: 2 })).toMatchObject({ count: 2, height: 64, width: 64 });
    await expect(open({ count: 0 })).rejects.toThrow('count: expected a positive integer, got 0');
    expect(() => drawPhantom(key(0), 1.5)).toThrow('size: expected a positive integer, got 1.5');
  });
});
