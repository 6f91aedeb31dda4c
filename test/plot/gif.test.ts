/** @file GIF files, read back by another decoder. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { key } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { gifWriter } from '../../src/plot/gif.ts';

/** The frames of a file as another decoder reads them. */
async function framesOf(
  file: Uint8Array,
): Promise<{ readonly pages: number; readonly delay: readonly number[]; readonly data: Buffer }> {
  const image = sharp(file, { animated: true });
  const { pages = 1, delay = [] } = await image.metadata();
  return { pages, delay, data: await image.removeAlpha().raw().toBuffer() };
}

const [width, height] = [96, 80];
const rgba = (color: (i: number) => readonly [number, number, number]): Uint8Array =>
  Uint8Array.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (color(i >> 2)[i % 4] ?? 0)));

describe('a GIF file', () => {
  it('has every frame with its time, and colors that are few are near themselves', async () => {
    const writer = gifWriter(width, height);
    const frames = [0, 1, 2].map((k) => rgba((i) => [(i % width) * 2, k * 100, Math.floor(i / width) > 40 ? 255 : 0]));
    for (const frame of frames) writer.add(frame, 8);
    const { pages, delay, data } = await framesOf(writer.finish());
    expect(pages).toBe(3);
    expect(delay).toEqual([80, 80, 80]);
    const whole = frames.flatMap((frame) => Array.from(frame).filter((_, i) => i % 4 !== 3));
    const worst = whole.reduce((most, value, i) => Math.max(most, Math.abs(value - (data[i] ?? NaN))), 0);
    // Six bits of a color are 4 levels apart; 0 and 255 are kept.
    expect(worst).toBeLessThanOrEqual(4);
  });

  it('holds noise of all colors, whose codes fill the table many times', async () => {
    const noise = uniform(key(1), 3 * width * height);
    const frame = rgba(
      (i) => [0, 1, 2].map((c) => Math.floor(256 * (noise[3 * i + c] ?? 0))) as unknown as [number, number, number],
    );
    const writer = gifWriter(width, height);
    writer.add(frame, 4);
    const { data } = await framesOf(writer.finish());
    const square = data.reduce(
      (sum, value, i) => sum + (value - (frame[4 * Math.floor(i / 3) + (i % 3)] ?? 0)) ** 2,
      0,
    );
    // 256 boxes of a cube of side 256 have a side of 40; numbers within are 40 / sqrt(12) = 12 off on average.
    expect(Math.sqrt(square / data.length)).toBeLessThan(20);
  });
});
