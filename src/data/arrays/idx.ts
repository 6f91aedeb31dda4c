/**
 * @file IDX, the format of MNIST and its relatives: two zero bytes, the type of the numbers, the number of axes, the
 * sizes as big-endian 32-bit words, the numbers. Plain or gzipped.
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits"
 */
import { FileError } from '../../base/errors.ts';
import { declaredCount, expectLength } from './declared-size.ts';
import { gunzipExactly, gunzipStart, isGzip, readBytes } from '../file.ts';

/** An IDX array of bytes. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const unsignedByte = 8;

/**
 * Reads an IDX array of bytes with `axes` axes: 3 for images `[n, height, width]`, 1 for labels `[n]`.
 * @throws FileError if the bytes are not such an array or are cut short.
 */
export async function parseIdx(bytes: Uint8Array, axes: number, file: string): Promise<IdxArray> {
  const headerLength = 4 + 4 * axes;
  const zipped = isGzip(bytes);
  const header = zipped ? await gunzipStart(bytes, headerLength, file) : bytes.subarray(0, headerLength);
  if (header[0] !== 0 || header[1] !== 0 || header[2] !== unsignedByte || header[3] !== axes)
    throw new FileError(
      file,
      `expected an IDX file of bytes with ${axes} axes (first bytes 0 0 8 ${axes}), found first bytes ${[...header.subarray(0, 4)].join(' ') || 'none'}`,
    );
  if (header.length < headerLength)
    throw new FileError(file, `expected a header of ${headerLength} bytes, found only ${header.length}`);
  const view = new DataView(header.buffer, header.byteOffset, headerLength);
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const length = headerLength + declaredCount(shape, 1, file);
  if (!zipped) expectLength(bytes.length, length, file);
  const content = zipped ? await gunzipExactly(bytes, length, file) : bytes;
  return { shape, data: content.subarray(headerLength) };
}

/** Gray images and their classes from an IDX file of images and one of labels. */
export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly labels?: Uint8Array;
}

/**
 * Reads an IDX file of images, and one of labels if there is one.
 * @throws FileError if a file is not what it should be, or the labels are not as many as the images.
 */
export async function readIdxImages(imagesFile: string, labelsFile?: string): Promise<IdxImages> {
  const images = await parseIdx(await readBytes(imagesFile), 3, imagesFile);
  const [count = 0, height = 0, width = 0] = images.shape;
  const common = { count, height, width, pixels: images.data };
  if (labelsFile === undefined) return common;
  const labels = await parseIdx(await readBytes(labelsFile), 1, labelsFile);
  if (labels.data.length !== count)
    throw new FileError(labelsFile, `expected ${count} labels, one per image, found ${labels.data.length}`);
  return { ...common, labels: labels.data };
}
