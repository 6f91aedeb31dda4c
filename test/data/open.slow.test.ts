import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, FileError } from '../../src/base/errors.ts';
import { describe } from '../../src/data/describe.ts';
import type { ImageSet, PointSet } from '../../src/data/dataset.ts';
import { dataSetNames } from '../../src/run/data-sets.ts';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { openDataSet } from '../../src/run/data-sets.ts';
import type { OpenOptions } from '../../src/data/opener.ts';
import { toys } from '../../src/data/sets/toy.ts';
import { failure, idxFile, put, realImages, temporaryFolder } from './fixtures.ts';

const embedded = [...Object.keys(toys), 'emoji', 'digits', 'phantoms'];

test('every set has one line about it', () => {
  expect(Object.keys(dataSetNames)).toEqual([
    ...embedded,
    'solids',
    'chairs',
    'desks',
    'mnist',
    'fashion-mnist',
    'cifar10',
  ]);
  for (const line of Object.values(dataSetNames)) expect(line).toMatch(/^[^\n]{10,}$/);
});

for (const name of embedded) {
  test(`${name} opens without any file, the same each time`, async () => {
    const set = await openDataSet(name, { limit: 5 });
    expect(set).toMatchObject({ name, count: 5 });
    expect(await openDataSet(name, { limit: 5 })).toEqual(set);
  });
}

test('toys take a count, a seed and weights', async () => {
  const open = async (options: OpenOptions): Promise<PointSet> =>
    (await openDataSet('two-gaussians', options)) as PointSet;
  expect((await open({})).count).toBe(10_000);
  const set = await open({ count: 500, seed: 3, weights: [1, 4] });
  expect(set.count).toBe(500);
  expect(set.mixture?.weights).toEqual([0.2, 0.8]);
  expect((await open({ count: 500, weights: [1, 4] })).values).not.toEqual(set.values);
});

test('emoji take a group, a size, a limit and flips', async () => {
  const faces = (await openDataSet('emoji', { group: 'faces', size: 20 })) as ImageSet;
  expect(faces).toMatchObject({ name: 'emoji-faces', count: 96, height: 20, width: 20, flips: false });
  expect(faces.pixels.length).toBe(96 * 3 * 400);
  const whole = (await openDataSet('emoji', { group: 'faces' })) as ImageSet;
  const [small, large] = [describe(faces), describe(whole)];
  // Bytes of 20 x 20 are rounded to the nearest: the mean of 38,400 of them moves by far less than half a byte.
  small.mean.forEach((mean, c) => expect(Math.abs(mean - large.mean[c]!)).toBeLessThan(0.05));
  expect(await openDataSet('emoji', { group: 'food', limit: 3, flips: false })).toMatchObject({
    count: 3,
    flips: false,
  });
  expect(await openDataSet('emoji', { group: 'food', limit: 3 })).toMatchObject({ flips: true });
});

test('Fashion-MNIST at half its size has the same mean', async () => {
  const set = await openDataSet('fashion-mnist', { split: 'test', size: 14, limit: 200, folder: realImages });
  const full = await openDataSet('fashion-mnist', { split: 'test', limit: 200, folder: realImages });
  expect(set).toMatchObject({ count: 200, height: 14, width: 14 });
  expect((set as ImageSet).labels).toHaveLength(200);
  // Quarters round up in half of the cases: up to 1/8 on average where areas are neither black nor white.
  expect(Math.abs(describe(set).mean[0]! - describe(full).mean[0]!)).toBeLessThan(0.13);
});

const contradictions: [ref: string, options: OpenOptions, message: RegExp][] = [
  ['two-moons', { size: 8 }, /^size: two-moons has no such option, only limit, count, seed$/],
  ['two-moons', { weights: [1, 1] }, /^weights: two-moons has no such option/],
  ['two-moons', { count: 0 }, /^count: expected a positive integer, got 0$/],
  ['two-moons', { seed: -1 }, /^seed: expected an integer of 0 or more, found -1$/],
  ['two-gaussians', { weights: [1, -1] }, /^weights: expected two positive numbers/],
  [
    'fashion-mnist',
    { size: 32, folder: realImages },
    /^size: expected at most 28, the size of the images of fashion-mnist, found 32$/,
  ],
  ['fashion-mnist', { group: 'faces' }, /^group: fashion-mnist has no such option/],
  ['fashion-mnist', { split: 'valid' as 'test' }, /^split: expected train or test, found valid$/],
  ['emoji', { size: 0 }, /^size: expected a positive integer, got 0$/],
  ['emoji', { size: 2.5, limit: -1 }, /^size: .*; limit: /],
  ['emoji', { group: 'cats' }, /^group: expected one of smileys/],
  ['emoji', { channels: 1 }, /^channels: emoji has no such option/],
  [
    'fashion-mist',
    {},
    /^data: expected one of two-gaussians, .*cifar10, or the path of a file or folder, found "fashion-mist"$/,
  ],
  ['__proto__', {}, /^data: expected one of/],
];

for (const [ref, options, message] of contradictions) {
  test(`${ref} with ${JSON.stringify(options)} is refused`, async () => {
    const error = await failure(openDataSet(ref, options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(message);
  });
}

test('options that are undefined are not given', async () => {
  expect(await openDataSet('spirals', { count: 5, size: undefined, group: undefined })).toMatchObject({ count: 5 });
});

test('paths: arrays, IDX files and folders, CIFAR-10, folders of images', async () => {
  const folder = temporaryFolder();
  const pixels = Uint8Array.from({ length: 32 }, (_, i) => i);
  const npy = await put(folder, 'x.npy', formatNpy({ shape: [2, 4, 4], data: pixels }));
  const npz = await put(folder, 'x.npz', formatNpz({ x: { shape: [2, 4, 4], data: pixels } }));
  const points = await put(folder, 'p.npy', formatNpy({ shape: [2, 1], data: Float64Array.from([1, 2]) }));
  const idx = await put(folder, 'idx/train-images-idx3-ubyte', idxFile([2, 4, 4], pixels));
  await put(folder, 'idx/train-labels-idx1-ubyte', idxFile([2], [1, 0]));
  const png = await sharp(Buffer.from(pixels.subarray(0, 16)), { raw: { width: 4, height: 4, channels: 1 } })
    .toColorspace('b-w')
    .png()
    .toBuffer();
  const picture = await put(folder, 'pictures/1.png', png);
  await put(folder, 'cifar/test_batch.bin', new Uint8Array(3073));

  for (const path of [npy, npz, idx, `${folder}/idx`])
    expect(await openDataSet(path, { size: 2, flips: true })).toMatchObject({
      count: 2,
      height: 2,
      flips: true,
      pixels: Uint8Array.from([3, 5, 11, 13, 19, 21, 27, 29]), // means 2.5, 4.5, ..., rounded up
    });
  expect(await openDataSet(idx)).toMatchObject({ labels: Uint8Array.from([1, 0]) });
  expect(await openDataSet(`${folder}/pictures`, { channels: 3 })).toMatchObject({ count: 1, channels: 3 });
  expect(await openDataSet(`${folder}/cifar`, { split: 'test' })).toMatchObject({ count: 1, height: 32 });
  expect(await openDataSet(points)).toMatchObject({ kind: 'points', count: 2 });

  expect((await failure(openDataSet(points, { size: 2 }))).message).toBe(
    'size: is of images only, and these are points',
  );
  expect((await failure(openDataSet(npy, { size: 5 }))).message).toMatch(/^size: expected at most 4/);
  expect((await failure(openDataSet(npy, { count: 5 }))).message).toMatch(
    /^count: .* has no such option, only size, limit, flips/,
  );
  expect((await failure(openDataSet(`${folder}/idx`, { split: 'test' }))).message).toMatch(
    /expected t10k-images-idx3-ubyte/,
  );
  const error = await failure(openDataSet(picture));
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toMatch(
    /1.png: expected a .csv, .npy or .npz file, a text \(.txt\), a MIDI file \(.mid\), a sound \(.wav\), a shape \(.ply, .obj, .stl\), an IDX file/,
  );
});

test('a name wins over a path, and ./name is a path', async () => {
  const folder = temporaryFolder();
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(folder);
  mkdirSync('emoji');
  const png = await sharp({ create: { width: 3, height: 3, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  writeFileSync(join('emoji', '1.png'), png);
  expect(await openDataSet('emoji')).toMatchObject({ count: 1658 });
  expect(await openDataSet('./emoji')).toMatchObject({ count: 1, height: 3 });
});

test('a summary has counts, range, moments and classes', async () => {
  const images: ImageSet = {
    kind: 'images',
    name: 'x',
    count: 2,
    channels: 2,
    height: 1,
    width: 2,
    pixels: Uint8Array.from([0, 2, 10, 10, 4, 6, 10, 10]),
    labels: Uint8Array.from([2, 0]),
    classNames: ['a', 'b'],
    flips: true,
  };
  const { std, ...rest } = describe(images);
  expect(rest).toEqual({
    name: 'x',
    kind: 'images',
    count: 2,
    shape: [2, 1, 2],
    range: [0, 10],
    mean: [3, 10],
    flips: true,
    classes: [
      { name: 'a', count: 1 },
      { name: 'b', count: 0 },
      { name: '2', count: 1 },
    ],
    bytesInMemory: 10,
  });
  expect(std[0]).toBeCloseTo(Math.sqrt(5), 12);
  expect(std[1]).toBe(0);
  const values = Float64Array.from([1e9, 5, 1e9 + 2, 7]);
  const points = describe({ kind: 'points', name: 'p', count: 2, dimension: 2, values });
  expect(points).toMatchObject({ shape: [2], mean: [1e9 + 1, 6], std: [1, 1], range: [5, 1e9 + 2], bytesInMemory: 32 });
  const fashion = describe(await openDataSet('fashion-mnist', { folder: realImages }));
  // Python: the mean of all bytes, and the root of that of their squared differences from it.
  expect(fashion.mean[0]).toBeCloseTo(74.3266156462585, 9);
  expect(fashion.std[0]).toBeCloseTo(90.57837469100474, 9);
});
