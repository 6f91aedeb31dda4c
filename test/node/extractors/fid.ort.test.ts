/** @file Networks in files of the user's: the one whose distance is called FID, as far as it is known, and others. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../src/data/dataset.ts';
import { setOfImages } from '../../../src/data/kinds/image-set.ts';
import { noiseImages } from '../../../src/model/evaluation/fid-check.ts';
import { openFid } from '../../../src/node/extractors/fid.ts';
import { newFolder } from '../../io/folders.ts';
import { writeLike, type Like } from './fid-like.ts';

const folder = newFolder();

function file(name: string, like?: Like): string {
  const path = join(folder, name);
  writeLike(path, like);
  return path;
}

const gray = setOfImages({ name: 'gray', count: 2, channels: 1, height: 1, width: 1, pixels: Uint8Array.of(0, 255) });
const engine = { threads: 1 };

it('noise has the levels of the published example, independent ones', () => {
  for (const [set, low, high] of [
    [0, 0, 200],
    [1, 100, 255],
  ] as const) {
    const pixels = noiseImages(set, 3, 5);
    const n = pixels.length;
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: high - low }, (_, i) => low + i));
    // Chi-squared of as many levels less one, whose standard deviation is the root of twice as many.
    const expected = n / (high - low);
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chi - (high - low - 1))).toBeLessThan(5 * Math.sqrt(2 * (high - low)));
    const mean = (low + high - 1) / 2;
    const variance = ((high - low) ** 2 - 1) / 12;
    // Correlations of neighbors, and of pixels that are three apart: 0 with a standard error of the root of 1 / n.
    for (const lag of [1, 2, 3]) {
      let sum = 0;
      for (let at = lag; at < n; at++) sum += ((pixels[at] ?? 0) - mean) * ((pixels[at - lag] ?? 0) - mean);
      expect(Math.abs(sum / n / variance)).toBeLessThan(5 / Math.sqrt(n));
    }
    expect([...noiseImages(set, 4, 5).subarray(0, 9)]).toEqual([...pixels.subarray(n / 2, n / 2 + 9)]);
  }
});

describe('a network with the distance that was published', () => {
  it('is the one of FID, in the range of pixels in which it has that distance', { timeout: 240_000 }, async () => {
    // Of pixels p / 128 - 1, with means of p / 255; four images at a time and no other number.
    const features = await openFid(file('centered.onnx', { batch: 4, shift: 1, scale: (0.33 * 128) / 255 }), engine);
    expect(features.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    const extractor = await features.open(kindOf(gray), [1, 1, 1]);
    try {
      expect(extractor.distance).toBe('FID (clean resizing)');
      const { data, shape } = (await extractor.of(gray, [0, 1])).features;
      expect(shape).toEqual([2, 2048]);
      // Black and white, resized from one pixel.
      expect(data[0]).toBeCloseTo(0, 5);
      expect(data[2 * 2048 - 1]).toBeCloseTo(0.33, 5);
    } finally {
      await extractor.dispose();
    }
    await expect(features.open(kindOf(gray), [2, 1, 1])).rejects.toThrow(
      /^features: expected images \[1, H, W\] or \[3, H, W\] for .*, got images \[2, 1, 1\]$/,
    );
  });
});

describe('is refused in a sentence', () => {
  it.each<readonly [string, Like, RegExp]>([
    ['width', { features: 1000 }, /expected 2048 features float32 \[N, 2048\], .* found features float32 \[N, 1000\]$/],
    [
      'sides',
      { sides: [3, 224, 224] },
      /expected one input float32 \[N, 3, 299, 299\], as the network of FID has, found images float32 \[N, 3, 224, 224\]$/,
    ],
    [
      'another',
      { scale: 3 },
      /expected the network of FID, whose kernel distance between two sets of noise is 0.0337 ± 0.0023, found another one: .*; compare by `--extractor inception`/,
    ],
  ])('a network of another %s', async (name, like, message) => {
    await expect(openFid(file(`${name}.onnx`, like), engine)).rejects.toThrow(message);
  });

  it('a file that is no network, or none', async () => {
    const path = join(folder, 'text.onnx');
    writeFileSync(path, 'no network');
    await expect(openFid(path, engine)).rejects.toThrow(
      /text\.onnx: expected a network as ONNX, which ONNX Runtime reads \(/,
    );
    await expect(openFid(join(folder, 'absent.onnx'), engine)).rejects.toMatchObject({ name: 'FileError' });
  });
});
