/** @file Copies of training data: images and points that are new, near copies, or mirror images. */
import { expect, it } from 'vitest';
import { foldIn, key, split } from '../../src/base/key.ts';
import { normalBatch, uniform } from '../../src/base/random.ts';
import type { ImageSet, PointSet } from '../../src/data/dataset.ts';
import { halves } from '../../src/model/evaluation/evaluation.ts';
import { findCopies, trainingOf } from '../../src/node.ts';
import { memorizationLines } from '../../src/model/evaluation/memorization-text.ts';

const cloud = (seed: number, count: number): PointSet => ({
  ...{ kind: 'points', name: 'cloud', count, dimension: 6 },
  values: normalBatch(split(key(seed), count), [6]).data,
});

/** Blots of several sizes at random places of 8 x 8 pixels. */
function blots(name: string, count: number, flips = false): ImageSet {
  const pixels = new Uint8Array(count * 64);
  for (let i = 0; i < count; i++) {
    const [x = 0, y = 0, size = 0, light = 0] = uniform(foldIn(foldIn(key(0), name), i), 4);
    for (let at = 0; at < 64; at++) {
      const square = ((at % 8) - 8 * x) ** 2 + (Math.floor(at / 8) - 8 * y) ** 2;
      pixels[i * 64 + at] = 255 * (0.3 + 0.7 * light) * Math.exp(-square / (1 + 8 * size));
    }
  }
  return { kind: 'images', name, count, channels: 1, height: 8, width: 8, pixels, flips };
}

/** The first samples of a set, a little darker. */
function darker(set: ImageSet, count: number): ImageSet {
  return {
    ...set,
    name: 'copies',
    count,
    pixels: set.pixels.slice(0, 64 * count).map((byte) => Math.round(0.99 * byte)),
  };
}

const training = blots('training', 400);
const heldOut = blots('held-out', 400);

it('finds copies of images by their numbers and by their features, and none in new ones', async () => {
  const copies = await findCopies({ samples: darker(training, 150), training, heldOut }, { features: 'random' });
  expect(copies).toMatchObject({ count: 150, heldOut: 200, real: 200, training: 400, heldOutData: true });
  expect(copies.spaces.map(({ space }) => space)).toEqual(['numbers', 'random']);
  for (const { test, real, copies: near, realCopies, nearest } of copies.spaces) {
    expect(test.z).toBeLessThan(-8);
    expect(Math.abs(real.z)).toBeLessThan(4);
    expect(near.share).toBeGreaterThan(0.5);
    expect(realCopies.share).toBeLessThan(0.06);
    for (const { sample, training: point } of nearest) expect(point).toBe(sample);
  }
  expect(memorizationLines(copies).join('\n')).toMatch(/numbers: C_T -.* copies\); 200 others have/);
  expect(copies.toSvg().match(/<image/g)).toHaveLength(2 * 6 * 8);
  const fresh = await findCopies({ samples: blots('new', 200), training, heldOut }, { features: 'random' });
  for (const { test } of fresh.spaces) expect(Math.abs(test.z)).toBeLessThan(4);
});

it('counts mirror images as training samples where the training had them', async () => {
  const copied = darker(training, 150);
  const pixels = copied.pixels.slice();
  for (let line = 0; line < pixels.length; line += 8) pixels.subarray(line, line + 8).reverse();
  const mirrored = { ...copied, pixels };
  const of = async (flips: boolean): Promise<number> => {
    const data = { samples: mirrored, training: { ...training, flips }, heldOut };
    const { spaces } = await findCopies(data, { features: 'random' });
    return spaces[0]!.copies.share;
  };
  expect(await of(true)).toBeGreaterThan(0.5);
  expect(await of(false)).toBeLessThan(0.1);
});

it('takes training samples without themselves where there are no others, and has no picture of points', async () => {
  const set = cloud(1, 600);
  const own = trainingOf(halves(set));
  expect(own.heldOut).toBeUndefined();
  const fresh = await findCopies({ samples: cloud(2, 300), ...own });
  expect(fresh.heldOutData).toBe(false);
  expect(fresh.spaces.map(({ space }) => space)).toEqual(['numbers']);
  expect(Math.abs(fresh.spaces[0]!.test.z)).toBeLessThan(4);
  const copies = await findCopies({ samples: { ...set, count: 300 }, ...own });
  expect(copies.spaces[0]!.test.z).toBeLessThan(-8);
  expect(() => copies.toSvg()).toThrow('expected samples that are pictures, found points');
});

it('says what is missing', async () => {
  const few = cloud(3, 150);
  await expect(findCopies({ samples: few, training: few })).rejects.toThrow(
    'memorization: expected at least 200 samples of cloud to compare with, got 150',
  );
  await expect(findCopies({ samples: cloud(2, 99), training: cloud(1, 600) })).rejects.toThrow(
    'memorization: expected at least 100 samples, got 99',
  );
  await expect(findCopies({ samples: heldOut, training: cloud(1, 600) })).rejects.toThrow(
    'samples: expected samples [6] as the training, got [1,8,8]',
  );
});
