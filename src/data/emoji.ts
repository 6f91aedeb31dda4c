/** @file The emoji of this package's assets. */
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { ImageSet } from './dataset.ts';
import { emojiSet, type EmojiOptions } from './sets/emoji-sheet.ts';
import { readBytes } from './file.ts';

// The same distance from src/data and from dist/data.
const assets = new URL('../../assets/', import.meta.url);

/** `emojiSet` of the sheet in this package. */
export async function emoji(group?: string, options: EmojiOptions = {}): Promise<ImageSet> {
  const read = (name: string): Promise<Uint8Array> => readBytes(fileURLToPath(new URL(name, assets)));
  const sheet = brotliDecompressSync(await read('emoji.rgb.br'));
  return emojiSet(new TextDecoder().decode(await read('emoji.json')), sheet, { group, ...options });
}
