/**
 * @file CIFAR-10 in its binary version: records of one class byte and 3072 pixel bytes, red, green and blue planes of
 * 32 x 32.
 * @see Krizhevsky 2009, "Learning multiple layers of features from tiny images"
 */
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { shellWord } from '../../base/words.ts';
import { setOfImages } from '../kinds/image-set.ts';
import type { ImageSet } from '../kinds/set-kind.ts';
import { kindOfPath, readBytes } from '../file.ts';
import { cacheOf, searchOrder } from '../places.ts';
import type { StandardOptions, Split } from './standard-set.ts';

const side = 32;
const imageBytes = 3 * side * side;
const recordBytes = 1 + imageBytes;

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Names of the files of each part of the set. */
const fileNames = {
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  test: ['test_batch.bin'],
} as const;

/**
 * Reads the unpacked folder `cifar-10-batches-bin`.
 * @throws FileError if a file is missing, is not a whole number of records, or contains a class above 9.
 */
export async function readCifar10(folder: string, split: Split = 'train'): Promise<ImageSet> {
  const files = fileNames[split].map((name) => join(folder, name));
  const parts: Uint8Array[] = [];
  for (const file of files) parts.push(checked(await readBytes(file), file));
  const count = parts.reduce((sum, part) => sum + part.length / recordBytes, 0);
  const pixels = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  let row = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += recordBytes, row++) {
      labels.set(part.subarray(at, at + 1), row);
      pixels.set(part.subarray(at + 1, at + recordBytes), row * imageBytes);
    }
  }
  const shape = { count, channels: 3, height: side, width: side };
  return setOfImages({ name: 'cifar10', ...shape, pixels, labels, classNames, flips: true });
}

/** Whether a folder contains the binary version. */
export async function hasCifar10(folder: string): Promise<boolean> {
  return (await kindOfPath(join(folder, fileNames.test[0]))) === 'file';
}

/**
 * Reads CIFAR-10 from the first place that has the unpacked folder `cifar-10-batches-bin`.
 * @throws FileError if no place has it, saying how to get it, and as `readCifar10` does.
 */
export async function openCifar10(options: StandardOptions = {}): Promise<ImageSet> {
  const unpacked = 'cifar-10-batches-bin';
  const searched = searchOrder('cifar10', options).flatMap((place) => [place, join(place, unpacked)]);
  for (const folder of searched) if (await hasCifar10(folder)) return readCifar10(folder, options.split);
  const cache = cacheOf('cifar10', options);
  throw new FileError(
    'cifar10',
    `not found in ${searched.join(', ')}; download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz (SHA-256 ` +
      `c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd) and unpack it: mkdir -p ${shellWord(cache)} && tar xzf ` +
      `cifar-10-binary.tar.gz -C ${shellWord(cache)}`,
  );
}

function checked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes.length === 0 || bytes.length % recordBytes !== 0)
    throw new FileError(file, `expected records of ${recordBytes} bytes, found ${bytes.length} bytes`);
  for (let at = 0; at < bytes.length; at += recordBytes) {
    const label = bytes[at] ?? 0;
    if (label > 9)
      throw new FileError(file, `expected classes 0 to 9, found ${label} at byte ${at}; is this the binary version?`);
  }
  return bytes;
}
