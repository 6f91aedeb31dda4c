/**
 * @file Emoji: 1,658 pictures of 32 x 32 or 64 x 64 on white, made from the Noto set by scripts/make-emoji.ts and kept one after another in
 * assets/emoji.rgb.br and assets/emoji-64.rgb.br of this package, with assets/emoji.json beside them.
 */
import { ConfigError, InternalError } from '../../base/errors.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';
import { planesInto } from '../pictures/resize.ts';

/** What assets/emoji.json says of the pictures: their names, and the numbers of those of each group. */
interface SheetIndex {
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

/** Pictures whose names combine words that other names have, to see what a model of words makes of the combination. */
const combined =
  /^(woman-(artist|cook|detective|farmer|firefighter|juggling|pilot|singer|student|surfing)|(black|brown|green|orange|purple|white)-heart)$/;

/** Parts of the pictures by their names: all but those of `combined`, or those alone. */
export const combinationKinds = ['seen', 'unseen'] as const;

/** A part of the pictures by their names. */
export type Combinations = (typeof combinationKinds)[number];

/** Which emoji are taken. */
export interface EmojiOptions {
  /** One of `emojiGroups`; all by default. */
  readonly group?: string | undefined;
  /** All by default. */
  readonly combinations?: Combinations | undefined;
}

/** Groups whose pictures have no writing, hands or numbers, so that a mirror image is one of the kind. */
const mirrored: ReadonlySet<EmojiGroup> = new Set(['animals', 'food']);

/**
 * The emoji of a group, or all of them with their category as class. The texts of each are its name, and its name and category.
 * @param index - the content of assets/emoji.json
 * @param sheet - the pictures as bytes `[picture, height, width, channel]`
 * @returns color images of the size of the sheet; `faces` are 96 round yellow ones
 * @throws ConfigError if there is no such group, or none of its pictures is taken.
 */
export function emojiSet(index: string, sheet: Uint8Array, { group, combinations }: EmojiOptions = {}): ImageSet {
  const { names, groups } = JSON.parse(index) as SheetIndex;
  const known = emojiGroups.find((name) => name === group);
  if (group !== undefined && known === undefined)
    throw new ConfigError([{ path: 'group', message: `expected one of ${emojiGroups.join(', ')}, found ${group}` }]);
  const members = known === undefined ? names.map((_, i) => i) : (groups[known] ?? []);
  const taken = (i: number): boolean => combined.test(names[i] ?? '') === (combinations === 'unseen');
  const chosen = combinations === undefined ? members : members.filter(taken);
  if (chosen.length === 0)
    throw new ConfigError([{ path: 'combinations', message: `no name of the group ${group} is ${combinations}` }]);

  const sampleBytes = sheet.length / names.length;
  const size = Math.sqrt(sampleBytes / 3);
  if (!Number.isInteger(size)) throw new InternalError('assets/emoji.json does not belong to the pictures');
  const pixels = new Uint8Array(chosen.length * sampleBytes);
  for (const [row, i] of chosen.entries())
    planesInto(pixels, row * sampleBytes, sheet.subarray(i * sampleBytes, (i + 1) * sampleBytes), 3);
  const categories = new Uint8Array(names.length);
  for (const [label, category] of emojiCategories.entries())
    for (const i of groups[category] ?? []) categories[i] = label;
  const labels = Uint8Array.from(chosen, (i) => categories[i] ?? 0);
  const texts = chosen.map((i, row) => {
    const name = (names[i] ?? '').replaceAll('-', ' ');
    return [name, `${name}, ${emojiCategories[labels[row] ?? 0]}`];
  });
  const shape = { count: chosen.length, channels: 3, height: size, width: size };
  if (known !== undefined)
    return setOfImages({ name: `emoji-${known}`, ...shape, pixels, texts, flips: mirrored.has(known) });
  return setOfImages({ name: 'emoji', ...shape, pixels, labels, classNames: emojiCategories, texts });
}
