/** @file Files of pictures as squares of one size, one after the other: the work of one thread. */
import { FileError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { maxBytes } from '../arrays/declared-size.ts';
import { openPicture, type Picture } from './picture.ts';
import { areaAverageInto, planesInto } from './resize.ts';

/** What every picture becomes. */
export interface Square {
  readonly size: number;
  readonly channels: 1 | 3;
  /** A file whose size the others must have, where no size was asked for. */
  readonly sizeOf?: string | undefined;
  /** A file whose channels the others must have, where no number of channels was asked for. */
  readonly channelsOf?: string | undefined;
}

/** Pictures at work at the same time, of which sharp decodes as many as it has threads; few enough for memory. */
const atOnce = 4;

/**
 * Reads pictures, cut to their central squares and averaged down, as `[n, channels, size, size]`.
 * @throws FileError naming the first file by place that is unreadable, too small, or not as the others.
 */
export async function readPictures(files: readonly string[], square: Square): Promise<Uint8Array> {
  const sampleBytes = square.channels * square.size ** 2;
  const pixels = new Uint8Array(files.length * sampleBytes);
  for (let start = 0; start < files.length; start += atOnce) {
    const group = files.slice(start, start + atOnce).map(async (file, i) => {
      const picture = openPicture(readRegularFile(file, { maxBytes }), file);
      await squareInto(pixels.subarray((start + i) * sampleBytes), await picture, { ...square, file });
    });
    for (const result of await Promise.allSettled(group)) if (result.status === 'rejected') throw result.reason;
  }
  return pixels;
}

async function squareInto(
  out: Uint8Array,
  picture: Picture,
  { size, channels, sizeOf, channelsOf, file }: Square & { readonly file: string },
): Promise<void> {
  const { height, width } = picture;
  if (sizeOf !== undefined && (height !== size || width !== size))
    throw new FileError(
      file,
      `expected square images of one size, found ${sizeText(picture)} while ${sizeOf} has ${size} x ${size}; ` +
        'give a size to cut and shrink them to (--size)',
    );
  if (Math.min(height, width) < size)
    throw new FileError(
      file,
      `expected an image of at least ${size} x ${size}, found ${sizeText(picture)}; choose a smaller size`,
    );
  if (channelsOf !== undefined && picture.channels !== channels)
    throw new FileError(
      file,
      `expected ${inWords(channels)} as ${channelsOf}, found ${inWords(picture.channels)}; ` +
        'give --channels 3 to make gray images color, or --channels 1 to make color ones gray',
    );
  const bytes = await picture.pixels(channels);
  if (height === size && width === size) {
    planesInto(out, 0, bytes, channels);
    return;
  }
  const planes = new Uint8Array(bytes.length);
  planesInto(planes, 0, bytes, channels);
  areaAverageInto(out, planes, { count: channels, height, width }, size);
}

function inWords(channels: 1 | 3): string {
  return channels === 1 ? 'gray' : 'color';
}

/** Width and height of a picture in words. */
export function sizeText({ height, width }: Pick<Picture, 'height' | 'width'>): string {
  return `${width} x ${height}`;
}
