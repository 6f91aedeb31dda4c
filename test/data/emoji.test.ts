import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { readAsset } from '../../src/data/asset.ts';
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
