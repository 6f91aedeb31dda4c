import { expect, test } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { emoji } from '../../src/data/emoji.ts';
import { emojiCategories, emojiGroups } from '../../src/data/sets/emoji-sheet.ts';
import type { ImageSet } from '../../src/data/dataset.ts';

const imageOf = (set: ImageSet, i: number): Uint8Array => set.pixels.subarray(i * 3072, (i + 1) * 3072);
const textOf = (set: ImageSet, i: number): string => Buffer.from(imageOf(set, i)).toString('latin1');

test('all pictures are there once, each with its category as class', async () => {
  const all = await emoji();
  expect(all).toMatchObject({ name: 'emoji', count: 1658, channels: 3, height: 32, width: 32, flips: false });
  const seen = new Set(Array.from({ length: all.count }, (_, i) => textOf(all, i)));
  expect(seen.size).toBe(all.count);
  let first = 0;
  for (const [label, category] of emojiCategories.entries()) {
    const group = await emoji(category);
    const part = all.pixels.subarray(first * 3072, (first + group.count) * 3072);
    expect(Buffer.compare(group.pixels, part)).toBe(0);
    expect([...all.labels!.subarray(first, first + group.count)]).toEqual(new Array(group.count).fill(label));
    first += group.count;
  }
  expect(first).toBe(all.count);
});

const sizes: Record<string, [category: string, count: number]> = {
  faces: ['smileys', 96],
  hearts: ['smileys', 24],
  clocks: ['travel', 24],
};

test('the subsets are part of their categories', async () => {
  expect(emojiGroups).toEqual([...emojiCategories, ...Object.keys(sizes)]);
  for (const [name, [category, count]] of Object.entries(sizes)) {
    const [group, whole] = [await emoji(name), await emoji(category)];
    expect(group.count).toBe(count);
    const members = new Set(Array.from({ length: whole.count }, (_, i) => textOf(whole, i)));
    for (let i = 0; i < count; i++) expect(members.has(textOf(group, i))).toBe(true);
  }
});

test('faces are round and yellow on white', async () => {
  const faces = await emoji('faces');
  const mean = new Float64Array(3072);
  for (let i = 0; i < faces.count; i++) {
    imageOf(faces, i).forEach((byte, j) => (mean[j]! += byte / faces.count));
  }
  const at = (y: number, x: number): number[] => [0, 1, 2].map((c) => mean[c * 1024 + y * 32 + x]!);
  for (const corner of [at(0, 0), at(0, 31), at(31, 0), at(31, 31)])
    for (const value of corner) expect(value).toBeGreaterThan(245);
  const [red, green, blue] = at(12, 5); // the cheek, where there is seldom anything else
  expect(red).toBeGreaterThan(225);
  expect(green).toBeGreaterThan(150);
  expect(blue).toBeLessThan(100);
});

test('an unknown group is refused with the known ones', async () => {
  await expect(emoji('cats')).rejects.toThrow(ConfigError);
  await expect(emoji('cats')).rejects.toThrow(/group: expected one of smileys, .*faces.*, found cats/);
});
