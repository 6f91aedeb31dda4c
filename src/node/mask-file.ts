/** @file The mask of inpainting from a picture. */
import { FileError } from '../base/errors.ts';
import { zeros, type Shape, type Tensor } from '../base/tensor.ts';
import { taskInfo } from '../catalog/restorations/inverse-tasks.ts';
import type { ImageSet } from '../data/dataset.ts';
import { readImageFile } from '../data/pictures/image-file.ts';

/** A byte from which on a pixel is known. */
const bright = 128;
/** Difference of a pixel's channels above which it has a color: compression leaves less on black and white. */
const colorful = 64;

/**
 * A mask of inpainting as it is said: known pixels and names of masks are what they are, other texts are pictures.
 * @param task - the name of the task, which refuses a mask that it does not take
 * @throws FileError as `readMask`.
 */
export async function readKnown(mask: Tensor | string, task: string, shape: Shape): Promise<Tensor | string> {
  const named = typeof mask !== 'string' || /^(box|half|random:.*)$/.test(mask) || !('mask' in taskInfo(task).takes);
  return named ? mask : readMask(mask, shape);
}

/**
 * The mask of a picture: bright pixels are known, dark ones hidden; transparent ones are white.
 * @throws FileError unless it is a picture of the size of the images, without colors, with dark pixels.
 */
export async function readMask(file: string, [, height = 1, width = 1]: Shape): Promise<Tensor> {
  const found = await readImageFile(file);
  if (found.height !== height || found.width !== width)
    throw new FileError(file, `expected a mask of ${width} x ${height} pixels, found ${found.width} x ${found.height}`);
  return knownPixels(found, file);
}

/** A channel of a picture alone would take a red hole on white for known: what a color means is not clear. */
function knownPixels({ channels, height, width, pixels }: ImageSet, file: string): Tensor {
  const area = height * width;
  const known = zeros([height, width]);
  for (let i = 0; i < area; i++) {
    const red = pixels[i] ?? 0;
    const [green, blue] = channels === 1 ? [red, red] : [pixels[area + i] ?? 0, pixels[2 * area + i] ?? 0];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > colorful)
      throw new FileError(
        file,
        `expected a mask of white pixels, which are known, and black ones, which are hidden; found the color ${red}, ${green}, ${blue} in column ${i % width} of row ${Math.floor(i / width)}`,
      );
    known.data[i] = Number(red + green + blue >= 3 * bright);
  }
  if (known.data.every((value) => value === 1))
    throw new FileError(
      file,
      'expected a mask with black pixels, which are hidden, found none (transparent ones are white); choose --task denoise where all pixels are known',
    );
  return known;
}
