/** @file One picture from a file, as it is: PNG, JPEG or WebP. */
import { FileError } from '../base/errors.ts';
import { requireRegularFile } from '../base/regular-file.ts';
import type { ImageSet } from './dataset.ts';
import { kindOfPath } from './file.ts';
import { inspect, loadSharp, naming, openOptions } from './image-folder.ts';
import { planesInto } from './resize.ts';

/**
 * Reads a picture as a set of one image, neither cut nor shrunk; it is turned upright and laid on white where it is
 * transparent.
 * @param as - 1 to make it grey, 3 to make it coloured; by default what it is
 * @throws FileError unless it is a PNG, JPEG or WebP image; UnsupportedError if the package sharp is not installed.
 */
export async function readImageFile(file: string, as?: 1 | 3): Promise<ImageSet> {
  const kind = await kindOfPath(file);
  if (kind === 'special') requireRegularFile(file);
  if (kind !== 'file')
    throw new FileError(
      file,
      `expected a PNG, JPEG or WebP image, found ${kind === undefined ? 'no such file' : 'a folder'}`,
    );
  const sharp = await loadSharp();
  const { height, width, channels: own } = await inspect(sharp, file);
  const channels = as ?? own;
  const image = sharp(file, openOptions)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const { data } = await naming(file, () => image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  const pixels = new Uint8Array(channels * height * width);
  planesInto(pixels, 0, new Uint8Array(data), channels);
  return { kind: 'images', name: file, count: 1, channels, height, width, pixels, flips: false };
}
