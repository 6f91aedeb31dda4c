/**
 * @file A folder of pictures, or of one subfolder of pictures per class. Pictures are turned upright, laid on white where they are
 * transparent, cut to their central square and averaged down to one size. What was decoded is kept in the cache folder.
 */
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { systemProblem } from '../../base/system-problem.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';
import { declaredCount, maxBytes } from '../arrays/declared-size.ts';
import { listImages } from './list-images.ts';
import { keyOf, pictureCache, type Decoded, type Stamp } from './picture-cache.ts';
import { openPicture } from './picture.ts';
import { readAllPictures, type ReadOptions } from './picture-pool.ts';
import type { Places } from '../sets/standard-set.ts';
import { textsOfFiles } from '../texts/file-texts.ts';
import { sizeText, type Square } from './read-pictures.ts';

/** How a folder is read. */
export interface ImageFolderOptions extends Pick<Places, 'cache'>, ReadOptions {
  /** Side of the square images; by default the side that all files have in common. */
  readonly size?: number | undefined;
  /** 1 turns color to gray, 3 turns gray to color; by default the files must agree. */
  readonly channels?: 1 | 3 | undefined;
  /** Whether mirror images are as likely; by default not. */
  readonly flips?: boolean | undefined;
  /** At most so many files, the first ones by name. */
  readonly limit?: number | undefined;
}

/** Fewer and smaller files are decoded as fast as they are found in the cache. */
const keptFiles = 512;
const keptBytes = 2 ** 22;

/**
 * Reads a folder of pictures as one array of bytes. Subfolders with pictures (of a folder without pictures of its own, at most 256) are
 * classes; texts are those of `textsOfFiles`.
 * @throws FileError if there are none, or naming the first file that is unreadable, smaller than `size`, or gray among color ones
 * (or the reverse) while `channels` is not given; UnsupportedError if a file needs the package sharp and that is not installed.
 */
export async function readImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<ImageSet> {
  const { files, labels, classNames, notes } = await listImages(folder, options.limit);
  const { size, channels, cache } = options;
  const stamps = files.map((file) => stampOf(folder, file));
  const bytes = stamps.reduce((sum, stamp) => sum + stamp.size, 0);
  const kept = files.length >= keptFiles || bytes >= keptBytes ? pictureCache({ cache }) : undefined;
  const key = kept && keyOf(stamps, { size, channels });
  const found = key === undefined ? undefined : kept?.get(key);
  const { shape, pixels } = found ?? (await decoded(files, folder, { ...options, bytes }));
  if (found === undefined && key !== undefined)
    kept?.put(key, { shape, pixels }, Math.max(...stamps.map(({ times }) => times[0])));
  const [count, planes, height, width] = shape;
  const texts = textsOfFiles(folder, files);
  return setOfImages({
    ...{ name: basename(resolve(folder)), count, channels: planes, height, width, pixels },
    flips: options.flips ?? false,
    ...(labels && classNames && { labels, classNames }),
    ...(texts && { texts }),
    ...(notes.length > 0 && { notes }),
  });
}

function stampOf(folder: string, file: string): Stamp {
  try {
    const { size, mtimeMs, ctimeMs } = statSync(file);
    return { name: file.slice(join(folder, '-').length - 1), size, times: [mtimeMs, ctimeMs] };
  } catch (error) {
    throw new FileError(file, `cannot be read: ${systemProblem(error)}`, { cause: error });
  }
}

async function decoded(files: readonly string[], folder: string, options: ImageFolderOptions): Promise<Decoded> {
  const square = await squareOf(files[0] ?? folder, options);
  const { size, channels } = square;
  const shape = [files.length, channels, size, size] as const;
  declaredCount(shape, 1, folder);
  return { shape, pixels: await readAllPictures(files, square, options) };
}

/** What all pictures become: what was asked for, and else what the first one is. */
async function squareOf(first: string, { size, channels }: ImageFolderOptions): Promise<Square> {
  if (size !== undefined && channels !== undefined) return { size, channels };
  const picture = await openPicture(readRegularFile(first, { maxBytes }), first);
  if (size === undefined && picture.height !== picture.width)
    throw new FileError(
      first,
      `expected square images of one size, found ${sizeText(picture)}; give a size to cut and shrink them to (--size)`,
    );
  return {
    size: size ?? picture.height,
    channels: channels ?? picture.channels,
    ...(size === undefined && { sizeOf: first }),
    ...(channels === undefined && { channelsOf: first }),
  };
}
