/** @file Files for the tests of the data floor, written to folders that vanish after the test. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { searchOrder } from '../../src/data/places.ts';
import { fashionMnistFiles as fashionMnist } from '../../src/catalog/data-sets/fashion-mnist.ts';

/** The first 300 images of each part of Fashion-MNIST, as a `folder` in which it is found. */
export const realImages = fileURLToPath(new URL('fashion-mnist', import.meta.url));

/** Whether the whole of Fashion-MNIST is on this machine. */
export const hasFashionMnist = searchOrder('fashion-mnist', {}).some((folder) =>
  Object.values(fashionMnist.files)
    .flatMap(({ images, labels }) => [images, labels])
    .every(({ name }) => existsSync(join(folder, name))),
);

/** For the title of a test that needs the whole: why it may be skipped, and how to have it. */
export const needsFashionMnist =
  '(skipped without it; to have it: apt-get install dataset-fashion-mnist, or its four files in ~/.cache/scorefield/fashion-mnist)';

/** A new folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, with the folders above it, and returns its path. */
export async function put(folder: string, name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** A .npy file with any header and any body. */
export function npyFile(header: string, body: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length, ...text, ...body]);
}

/** An IDX file of bytes. */
export function idxFile(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const sizes = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...Array.from(data)]);
}

/** The error that a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`expected an Error, found ${String(error)}`, { cause: error });
  }
  throw new Error('expected a failure, found none');
}
