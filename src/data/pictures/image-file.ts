/** @file One picture from a file, as it is. */
import { readRegularFile } from '../../base/regular-file.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';
import { maxBytes } from '../arrays/declared-size.ts';
import { openPicture } from './picture.ts';
import { planesInto } from './resize.ts';

/**
 * Reads a picture as a set of one image, neither cut nor shrunk; it is turned upright and laid on white where it is
 * transparent.
 * @param as - 1 to make it gray, 3 to make it colored; by default what it is
 * @throws FileError unless it is a regular file of a PNG, JPEG, WebP, GIF, TIFF or AVIF image; UnsupportedError if that needs the
 * package sharp and it is not installed.
 */
export async function readImageFile(file: string, as?: 1 | 3): Promise<ImageSet> {
  const picture = await openPicture(readRegularFile(file, { maxBytes }), file);
  const { height, width } = picture;
  const channels = as ?? picture.channels;
  const pixels = new Uint8Array(channels * height * width);
  planesInto(pixels, 0, await picture.pixels(channels), channels);
  return setOfImages({ name: file, count: 1, channels, height, width, pixels });
}
