import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import { parseIdx, readIdxImages } from '../../../src/data/arrays/idx.ts';
import { describe } from '../../../src/data/describe.ts';
import { fashionMnistFiles as fashionMnist } from '../../../src/catalog/data-sets/fashion-mnist.ts';
import { openStandard } from '../../../src/data/sets/standard.ts';
import { failure, hasFashionMnist, idxFile, needsFashionMnist, put, realImages, temporaryFolder } from '../fixtures.ts';
import { unix } from '../../platform.ts';

const file = idxFile([2, 1, 3], [1, 2, 3, 4, 5, 6]);

test('reads plain and gzipped arrays', async () => {
  const expected = { shape: [2, 1, 3], data: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
  for (const bytes of [file, gzipSync(file), gzipSync(file, { level: 0 })]) {
    const { shape, data } = await parseIdx(bytes, 3, 'x');
    expect({ shape, data: Uint8Array.from(data) }).toEqual(expected);
  }
});

const zeros = new Uint8Array(1e6);
const refused: Record<string, [file: Uint8Array, message: RegExp]> = {
  'another kind of file': [
    new TextEncoder().encode('hello'),
    /first bytes 0 0 8 3\), found first bytes 104 101 108 108/,
  ],
  'an empty file': [new Uint8Array(), /found first bytes none/],
  labels: [idxFile([2], [1, 2]), /found first bytes 0 0 8 1/],
  'floats instead of bytes': [Uint8Array.from([0, 0, 13, 3, ...file.subarray(4)]), /found first bytes 0 0 13 3/],
  'half a header': [file.subarray(0, 9), /expected a header of 16 bytes, found only 9/],
  'half a gzipped header': [gzipSync(file.subarray(0, 9)), /expected a header of 16 bytes, found only 9/],
  'missing pixels': [file.subarray(0, 21), /expected 22 bytes as its header declares, found 21/],
  'too many pixels': [Uint8Array.from([...file, 0]), /expected 22 bytes as its header declares, found 23/],
  'missing gzipped pixels': [gzipSync(file.subarray(0, 21)), /expected 22 bytes as its header declares, found 21/],
  'a gzip bomb': [gzipSync(idxFile([1, 1, 1], zeros)), /expected 17 bytes as its header declares, found more/],
  'a gzip file that is cut off': [gzipSync(file).subarray(0, 30), /found gzip data that ends early or is damaged/],
  'gzip in name only': [Uint8Array.from([0x1f, 0x8b, 9, 9, 9, 9]), /bytes that do not decompress/],
  'more than gzip can hold': [
    gzipSync(idxFile([60000, 28, 28], [])),
    /expected 47040016 bytes .*found only \d+ compressed/,
  ],
  'more than fits into memory': [idxFile([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], []), /an array of at most 2 GiB/],
  'no images': [idxFile([0, 28, 28], []), /sizes of at least 1, found \[0,28,28\]/],
};

for (const [name, [bytes, message]] of Object.entries(refused)) {
  test(`refuses ${name}`, async () => {
    const error = await failure(parseIdx(bytes, 3, 'bad-idx'));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(message);
  });
}

test('labels must be as many as images', async () => {
  const folder = temporaryFolder();
  const images = await put(folder, 'images', file);
  const labels = await put(folder, 'labels', idxFile([2], [7, 8]));
  expect(await readIdxImages(images, labels)).toMatchObject({
    count: 2,
    height: 1,
    width: 3,
    labels: Uint8Array.from([7, 8]),
  });
  const fewer = await put(folder, 'fewer', idxFile([1], [7]));
  expect((await failure(readIdxImages(images, fewer))).message).toMatch(/expected 2 labels, one per image, found 1/);
});

test('a file that is missing or a folder is named', async () => {
  const folder = temporaryFolder();
  expect((await failure(readIdxImages(`${folder}/none`))).message).toMatch(
    /none: cannot be read: there is no such file/,
  );
  expect((await failure(readIdxImages(folder))).message).toMatch(/cannot be read: it is a folder/);
  if (unix) expect((await failure(readIdxImages('/dev/zero'))).message).toMatch(/it is a device, not a regular file/);
});

test('reads real images, of which Python says the same', async () => {
  const parts = [
    ['train', [9, 0, 0, 3, 0, 2, 7, 2, 5, 5], 'e66a87fa431cd714ea85aa9f53e9a4c5'],
    ['test', [9, 2, 1, 1, 6, 1, 4, 6, 5, 7], '9580a588bf0e181888411bd98aed7095'],
  ] as const;
  for (const [split, labels, md5] of parts) {
    const set = await openStandard(fashionMnist, { split, folder: realImages });
    expect(set).toMatchObject({ name: 'fashion-mnist', count: 300, channels: 1, height: 28, width: 28, flips: false });
    // Python: gzip, and hashlib.md5 of all after the first 16 bytes; the labels are the first that are published.
    expect(createHash('md5').update(set.pixels).digest('hex')).toBe(md5);
    expect([...set.labels!.subarray(0, 10)]).toEqual(labels);
  }
});

// Checks computed from the files of the Debian package dataset-fashion-mnist with Python's gzip and hashlib, and NumPy.
test.skipIf(!hasFashionMnist)(`reads the whole of Fashion-MNIST ${needsFashionMnist}`, async () => {
  const set = await openStandard(fashionMnist);
  expect(set).toMatchObject({ name: 'fashion-mnist', count: 60_000, channels: 1, height: 28, width: 28, flips: false });
  expect(createHash('md5').update(set.pixels).digest('hex')).toBe('f209073e486d5113ebe2cc431d4df862');
  expect([...set.labels!.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
  const counts = new Array<number>(10).fill(0);
  for (const label of set.labels!) counts[label]! += 1;
  expect(counts).toEqual(new Array(10).fill(6000));
  expect(await openStandard(fashionMnist, { split: 'test' })).toMatchObject({ count: 10_000 });
  // NumPy: images.mean(), images.std().
  const { mean, std } = describe(set);
  expect(mean[0]).toBeCloseTo(72.94035223214286, 9);
  expect(std[0]).toBeCloseTo(90.02118235130526, 9);
});
