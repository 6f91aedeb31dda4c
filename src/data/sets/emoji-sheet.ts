/**
 * @file Emoji: 1,658 pictures of 32 x 32 on white, made from the Noto set by scripts/make-emoji.ts and kept as one sheet: assets/emoji.png
 * of this package, with assets/emoji.json beside it.
 */
import { decode } from 'fast-png';
import { ConfigError, InternalError } from '../../base/errors.ts';
import type { ImageSet } from '../dataset.ts';
import { planesInto } from '../pictures/resize.ts';

/** What assets/emoji.json says of the sheet: picture i is in row floor(i / columns) and column i mod columns. */
interface SheetIndex {
  readonly size: number;
  readonly columns: number;
  readonly names: readonly string[];
  readonly groups: Readonly<Record<string, readonly number[]>>;
}

/** The categories divide the pictures; `labels` of the whole set are their numbers. */
export const emojiCategories = [
  'smileys',
  'people',
  'animals',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;

/** Every group that can be asked for; the last three are subsets of a category that look alike. */
export const emojiGroups = [...emojiCategories, 'faces', 'hearts', 'clocks'] as const;

/** A name of a group. */
export type EmojiGroup = (typeof emojiGroups)[number];

/** Groups whose pictures have no writing, hands or numbers, so that a mirror image is one of the kind. */
const mirrored: ReadonlySet<EmojiGroup> = new Set(['animals', 'food']);

/**
 * The emoji of a group, or all of them with their category as class.
 * @param index - the content of assets/emoji.json
 * @param png - the bytes of assets/emoji.png
 * @returns color images of 32 x 32; `faces` are 96 round yellow ones
 * @throws ConfigError if there is no such group.
 */
export function emojiSet(index: string, png: Uint8Array, group?: string): ImageSet {
  const { size, columns, names, groups } = JSON.parse(index) as SheetIndex;
  const sheet = decode(png);
  if (sheet.channels !== 3 || sheet.depth !== 8)
    throw new InternalError('assets/emoji.png is not an RGB image of 8 bits');
  const known = emojiGroups.find((name) => name === group);
  if (group !== undefined && known === undefined)
    throw new ConfigError([{ path: 'group', message: `expected one of ${emojiGroups.join(', ')}, found ${group}` }]);
  const chosen = known === undefined ? names.map((_, i) => i) : (groups[known] ?? []);

  const sampleBytes = 3 * size * size;
  const pixels = new Uint8Array(chosen.length * sampleBytes);
  const tile = new Uint8Array(sampleBytes);
  for (const [row, i] of chosen.entries()) {
    const left = (i % columns) * size;
    const top = Math.floor(i / columns) * size;
    for (let y = 0; y < size; y++) {
      const start = 3 * ((top + y) * sheet.width + left);
      tile.set(sheet.data.subarray(start, start + 3 * size), 3 * y * size);
    }
    planesInto(pixels, row * sampleBytes, tile, 3);
  }
  const shape = { count: chosen.length, channels: 3, height: size, width: size };
  if (known !== undefined)
    return { kind: 'images', name: `emoji-${known}`, ...shape, pixels, flips: mirrored.has(known) };
  const labels = new Uint8Array(chosen.length);
  for (const [label, category] of emojiCategories.entries()) for (const i of groups[category] ?? []) labels[i] = label;
  return { kind: 'images', name: 'emoji', ...shape, pixels, labels, classNames: emojiCategories, flips: false };
}
