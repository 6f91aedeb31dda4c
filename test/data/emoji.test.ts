import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigError, FileError } from '../../src/base/errors.ts';
import type { DataFiles } from '../../src/catalog/data-sets/data-set.ts';
import { emoji as emojiRecord } from '../../src/catalog/data-sets/emoji.ts';
import { readAsset } from '../../src/data/asset.ts';

import { openDataSet } from '../../src/run/data-sets.ts';
import { fingerprint } from '../../src/data/fingerprint.ts';
import { emojiCategories, emojiGroups, emojiSet, type EmojiOptions } from '../../src/data/sets/emoji-sheet.ts';
import { wordsOf } from '../../src/data/texts/words.ts';
import type { ImageSet } from '../../src/data/dataset.ts';

const [index, sheet] = [new TextDecoder().decode(await readAsset('emoji.json')), await readAsset('emoji.rgb.br')];
const emoji = (group?: string, options?: EmojiOptions): ImageSet => emojiSet(index, sheet, { group, ...options });

const imageOf = (set: ImageSet, i: number): Uint8Array => set.pixels.subarray(i * 3072, (i + 1) * 3072);
const textOf = (set: ImageSet, i: number): string => Buffer.from(imageOf(set, i)).toString('latin1');

test('all pictures are there once, each with its category as class', () => {
  const all = emoji();
  expect(all).toMatchObject({ name: 'emoji', count: 1658, channels: 3, height: 32, width: 32, flips: false });
  const seen = new Set(Array.from({ length: all.count }, (_, i) => textOf(all, i)));
  expect(seen.size).toBe(all.count);
  let first = 0;
  for (const [label, category] of emojiCategories.entries()) {
    const group = emoji(category);
    const part = all.pixels.subarray(first * 3072, (first + group.count) * 3072);
    expect(Buffer.compare(group.pixels, part)).toBe(0);
    expect([...all.labels!.subarray(first, first + group.count)]).toEqual(new Array(group.count).fill(label));
    first += group.count;
  }
  expect(first).toBe(all.count);
});

test('the pixels are those that models were trained on, bit for bit', () => {
  const { pixels } = emoji();
  const hash = createHash('sha256').update(pixels).digest('hex');
  expect(hash).toBe('9fe8300584ab69baed89bbc1a656295323c28f883bf18611b8c3a67a6e4a5be6');
});

const sizes: Record<string, [category: string, count: number]> = {
  faces: ['smileys', 96],
  hearts: ['smileys', 24],
  clocks: ['travel', 24],
};

test('the subsets are part of their categories', () => {
  expect(emojiGroups).toEqual([...emojiCategories, ...Object.keys(sizes)]);
  for (const [name, [category, count]] of Object.entries(sizes)) {
    const [group, whole] = [emoji(name), emoji(category)];
    expect(group.count).toBe(count);
    const members = new Set(Array.from({ length: whole.count }, (_, i) => textOf(whole, i)));
    for (let i = 0; i < count; i++) expect(members.has(textOf(group, i))).toBe(true);
  }
});

test('faces are round and yellow on white', () => {
  const faces = emoji('faces');
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

test('larger ones are the same pictures in the same order', async () => {
  const large = emojiSet(index, await readAsset('emoji-64.rgb.br'));
  expect(large).toMatchObject({ count: 1658, channels: 3, height: 64, width: 64 });
  const small = emoji();
  const half = (await openDataSet('emoji', { size: 64 })) as ImageSet;
  expect(Buffer.compare(half.pixels, large.pixels)).toBe(0);
  expect(large.texts).toEqual(small.texts);
  // Both are averages of one drawing at four times their size, whose edges are smoothed at another scale: means of four pixels differ by a gray level on average.
  let [difference, most] = [0, 0];
  for (let i = 0; i < large.count; i++) {
    let own = 0;
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < 32; y++)
        for (let x = 0; x < 32; x++) {
          const at = i * 12_288 + c * 4096 + 128 * y + 2 * x;
          const mean = [0, 1, 64, 65].reduce((sum, by) => sum + large.pixels[at + by]! / 4, 0);
          own += Math.abs(mean - small.pixels[i * 3072 + c * 1024 + 32 * y + x]!) / 3072;
        }
    difference += own / large.count;
    most = Math.max(most, own);
  }
  expect(difference).toBeLessThan(1);
  expect(most).toBeLessThan(6);
});

test('a package without the larger ones says where they are', async () => {
  const asset = async (name: string): Promise<Uint8Array> => {
    if (name.includes('64')) throw new FileError(name, 'expected a file, found nothing');
    return readAsset(name);
  };
  const files = { asset } as DataFiles;
  await expect(emojiRecord.open({ size: 33 }, files)).rejects.toThrow(/size: expected at most 32, found 33; larger emoji are in a clone/); // prettier-ignore
  expect(await emojiRecord.open({ size: 32 }, files)).toMatchObject({ width: 32 });
});

test('sizes between are averages of the larger ones, and smaller ones of the usual ones', async () => {
  const sized = async (size: number): Promise<ImageSet> =>
    (await openDataSet('emoji', { size, group: 'hearts' })) as ImageSet;
  expect([(await sized(32)).width, (await sized(33)).width, (await sized(8)).width]).toEqual([32, 33, 8]);
  expect(Buffer.compare((await sized(32)).pixels, emoji('hearts').pixels)).toBe(0);
});

test('an unknown group is refused with the known ones', () => {
  expect(() => emoji('cats')).toThrow(ConfigError);
  expect(() => emoji('cats')).toThrow(/group: expected one of smileys, .*faces.*, found cats/);
});

test('the texts of a picture are its name, and its name and category', () => {
  const cats = emoji('smileys');
  expect(cats.texts).toContainEqual(['smiling cat with heart eyes', 'smiling cat with heart eyes, smileys']);
  expect(cats.labels).toBeUndefined();
  // Texts are no part of the content by which runs know their data.
  expect(fingerprint(emoji('faces'))).toBe('4b9b8ec175506c20');
});

test('unseen combinations are left out of the others, which have all of their words', () => {
  const [all, seen, unseen] = [
    emoji(),
    emoji(undefined, { combinations: 'seen' }),
    emoji(undefined, { combinations: 'unseen' }),
  ];
  expect([seen.count, unseen.count]).toEqual([1642, 16]);
  const names = ({ texts = [] }: ImageSet): readonly string[] => texts.map(([name = '']) => name);
  expect([...names(seen), ...names(unseen)].sort()).toEqual([...names(all)].sort());
  const known = new Set(names(seen).flatMap(wordsOf));
  expect(
    names(unseen)
      .flatMap(wordsOf)
      .filter((word) => !known.has(word)),
  ).toEqual([]);
  const women = names(unseen).filter((name) => name.startsWith('woman'));
  expect(women).toHaveLength(10);
  for (const name of women) expect(names(seen)).toContain(name.replace('woman', 'man'));
  expect(names(unseen).filter((name) => / heart$/.test(name))).toHaveLength(6);
  // Pictures, categories and texts stay together.
  const at = names(all).indexOf('woman pilot');
  const own = names(unseen).indexOf('woman pilot');
  expect(imageOf(unseen, own)).toEqual(imageOf(all, at));
  expect(unseen.labels?.[own]).toBe(all.labels?.[at]);
  expect(() => emoji('food', { combinations: 'unseen' })).toThrow(/no name of the group food is unseen/);
});
