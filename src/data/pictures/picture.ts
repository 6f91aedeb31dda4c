/**
 * @file One picture from the bytes of a file: PNG by our own reader, other kinds by sharp. It is turned upright and laid on white where
 * it is transparent.
 */
import type { Metadata, Sharp, SharpInput, SharpOptions } from 'sharp';
import { FileError, UnsupportedError } from '../../base/errors.ts';
import { isPng, maxPixels, parsePng, pngSamples } from './png-reader.ts';
import { bytesOf } from './tones.ts';

/** Names of the kinds of pictures that are read. */
export const pictureKinds = 'PNG, JPEG, WebP, GIF, TIFF or AVIF';

const formats: readonly string[] = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'heif'];

/** How every file is opened: of an animation or of several pages, the first. */
const openOptions: SharpOptions = { limitInputPixels: maxPixels, failOn: 'truncated' };

/** A file of a picture, whose pixels are decoded when they are asked for. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  /** 1 for gray, 3 for color. */
  readonly channels: 1 | 3;
  /** Bytes `[height, width, channels]`, in gray or in color. */
  pixels(channels: 1 | 3): Promise<Uint8Array>;
}

/**
 * Reads what a file says of its picture.
 * @throws FileError unless it is a picture of a kind that is read, and from `pixels` if it is damaged; UnsupportedError if it
 * needs the package sharp and that is not installed.
 */
export async function openPicture(bytes: Uint8Array, file: string): Promise<Picture> {
  if (isPng(bytes)) {
    const png = parsePng(bytes, file);
    if (!png.managed) {
      const { height, width, gray } = png;
      const pixels: Picture['pixels'] = (channels) => Promise.resolve(bytesOf(pngSamples(png, file), channels));
      return { height, width, channels: gray ? 1 : 3, pixels };
    }
  }
  const sharp = await loadSharp(file);
  const open = (): Sharp => sharp(bytes, openOptions).autoOrient();
  const metadata = await naming(file, () => sharp(bytes, openOptions).metadata());
  if (!formats.includes(metadata.format))
    throw new FileError(file, `expected a ${pictureKinds} image, found ${metadata.format}`);
  const { height, width } = metadata.autoOrient;
  const gray = isGray(metadata);
  return {
    ...{ height, width, channels: gray ? 1 : 3 },
    pixels: (channels) =>
      naming(file, () =>
        metadata.depth === 'ushort' ? fromWords(open(), gray, channels) : fromBytes(open(), channels),
      ),
  };
}

async function fromBytes(image: Sharp, channels: 1 | 3): Promise<Uint8Array> {
  const flat = image.flatten({ background: '#ffffff' }).toColorspace(channels === 1 ? 'b-w' : 'srgb');
  return flat.raw({ depth: 'uchar' }).toBuffer();
}

/** Of 16 bits a channel; cutting them to 8 is our own. */
async function fromWords(image: Sharp, gray: boolean, channels: 1 | 3): Promise<Uint8Array> {
  const words = image.toColorspace(gray ? 'grey16' : 'rgb16').raw({ depth: 'ushort' });
  const { data, info } = await words.toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return bytesOf({ width, height, bands: info.channels, data: samples }, channels);
}

function isGray({ channels, hasAlpha }: Metadata): boolean {
  return channels - (hasAlpha ? 1 : 0) === 1;
}

type SharpModule = (input: SharpInput, options?: SharpOptions) => Sharp;

/** @throws UnsupportedError if the package sharp is not installed. */
async function loadSharp(file: string): Promise<SharpModule> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new UnsupportedError(
      `${file}: reading pictures that are no PNG, or PNG with a color profile, needs the package sharp: run "npm install sharp"`,
      { cause },
    );
  }
}

/** @throws FileError naming the file in place of an error of sharp. */
async function naming<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FileError) throw error;
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new FileError(file, `expected a ${pictureKinds} image, found one that does not decode (${reason})`, {
      cause: error,
    });
  }
}
