/**
 * @file A folder of PNG, JPEG and WebP images, or of one subfolder of images per class. Images are turned upright, laid on
 * white where they are transparent, cut to their central square and brought to one size, one file at a time.
 */
import { basename, resolve } from 'node:path';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { FileError, UnsupportedError } from '../base/errors.ts';
import type { ImageSet } from './dataset.ts';
import { declaredCount } from './declared-size.ts';
import { listImages } from './list-images.ts';
import { planesInto } from './resize.ts';

/** How a folder is read. */
export interface ImageFolderOptions {
  /** Side of the square images; by default the side that all files have in common. */
  readonly size?: number | undefined;
  /** 1 turns colour to grey, 3 turns grey to colour; by default the files must agree. */
  readonly channels?: 1 | 3 | undefined;
  /** Whether mirror images are as likely; by default not. */
  readonly flips?: boolean | undefined;
  /** At most so many files, the first ones by name. */
  readonly limit?: number | undefined;
}

const formats = ['png', 'jpeg', 'webp'];

/** Larger pictures are refused before they are decoded: a few bytes may declare any size. */
const maxPixels = 2 ** 27;

/** How every file is opened. */
export const openOptions: SharpOptions = { limitInputPixels: maxPixels, failOn: 'truncated' };

type SharpModule = (file: string, options?: SharpOptions) => Sharp;

/** @throws UnsupportedError if the package sharp is not installed. */
export async function loadSharp(): Promise<SharpModule> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new UnsupportedError('reading image files needs the package sharp: run "npm install sharp"', { cause });
  }
}

/** A file of an image, before it is decoded. */
export interface Picture {
  readonly file: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Reads a folder of images as one array of bytes. Subfolders (of a folder without images of its own, at most 256) are classes.
 * @throws FileError naming the first file that is unreadable, smaller than `size`, or grey among colour ones (or the
 * reverse) while `channels` is not given; UnsupportedError if the package sharp is not installed.
 */
export async function readImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<ImageSet> {
  const sharp = await loadSharp();
  const { files, labels, classNames } = await listImages(folder, options.limit ?? Infinity);
  const pictures = await inTurn(files, (file) => inspect(sharp, file));
  const channels = options.channels ?? commonChannels(pictures);
  const size = options.size ?? commonSide(pictures);
  const small = pictures.find(({ height, width }) => Math.min(height, width) < size);
  if (small !== undefined)
    throw new FileError(
      small.file,
      `expected an image of at least ${size} x ${size}, found ${sizeText(small)}; choose a smaller size`,
    );

  const count = files.length;
  const sampleBytes = channels * size * size;
  const pixels = new Uint8Array(declaredCount([count, channels, size, size], 1, folder));
  await inTurn(files, async (file, row) => {
    const image = await decode(sharp(file, openOptions), { file, size, channels });
    planesInto(pixels, row * sampleBytes, image, channels);
  });
  const shape = { count, channels, height: size, width: size };
  const set = {
    kind: 'images',
    name: basename(resolve(folder)),
    ...shape,
    pixels,
    flips: options.flips ?? false,
  } as const;
  return labels === undefined || classNames === undefined ? set : { ...set, labels, classNames };
}

/** @throws FileError unless the file is a PNG, JPEG or WebP image. */
export async function inspect(sharp: SharpModule, file: string): Promise<Picture> {
  const metadata = await naming(file, () => sharp(file, openOptions).metadata());
  if (!formats.includes(metadata.format))
    throw new FileError(file, `expected a PNG, JPEG or WebP image, found ${metadata.format}`);
  const { height, width } = metadata.autoOrient;
  return { file, height, width, channels: isGrey(metadata) ? 1 : 3 };
}

function isGrey({ channels, hasAlpha }: Metadata): boolean {
  return channels - (hasAlpha ? 1 : 0) === 1;
}

function commonChannels(pictures: readonly Picture[]): 1 | 3 {
  const grey = pictures.find(({ channels }) => channels === 1);
  const colour = pictures.find(({ channels }) => channels === 3);
  if (grey !== undefined && colour !== undefined)
    throw new FileError(
      grey.file,
      `expected images with as many channels as the others, found grey while ${colour.file} is in colour; choose 1 or 3 channels for all`,
    );
  return grey === undefined ? 3 : 1;
}

function commonSide(pictures: readonly Picture[]): number {
  const [first, ...rest] = pictures;
  if (first === undefined) return 1;
  const other = [first, ...rest].find(({ height, width }) => height !== first.height || width !== height);
  if (other !== undefined)
    throw new FileError(
      other.file,
      `expected square images of one size, found ${sizeText(other)}; choose a size to cut and shrink them to`,
    );
  return first.height;
}

function sizeText({ height, width }: Picture): string {
  return `${width} x ${height}`;
}

interface Target {
  readonly file: string;
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Bytes `[size, size, channels]` of one file. */
async function decode(image: Sharp, { file, size, channels }: Target): Promise<Uint8Array> {
  const flat = image
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const square = flat.resize(size, size, { fit: 'cover', position: 'centre', kernel: 'cubic' });
  const { data, info } = await naming(file, () => square.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  if (info.channels !== channels)
    throw new FileError(file, `expected an image of ${channels} channels, found ${info.channels} after decoding`);
  return data;
}

/** Files at work at the same time: enough to keep a processor busy, few enough to hold in memory. */
const atOnce = 8;

/** Results of `action` on each file, in order; of several failures, that of the first file by name is thrown. */
async function inTurn<T>(files: readonly string[], action: (file: string, row: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < files.length; start += atOnce) {
    const group = files.slice(start, start + atOnce).map((file, i) => action(file, start + i));
    for (const result of await Promise.allSettled(group)) {
      if (result.status === 'rejected') throw result.reason;
      results.push(result.value);
    }
  }
  return results;
}

/** @throws FileError naming the file in place of an error of sharp. */
export async function naming<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new FileError(file, `expected a PNG, JPEG or WebP image, found one that does not decode (${reason})`, {
      cause: error,
    });
  }
}
