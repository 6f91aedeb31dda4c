import { expect, test } from 'vitest';
import { arraySet, npySet, npzSet } from '../../../src/data/arrays/array-set.ts';
import { formatNpy, type NpyArray } from '../../../src/data/arrays/npy.ts';
import type { Layout } from '../../../src/data/arrays/layout.ts';
import { formatNpz } from '../../../src/data/arrays/npz.ts';
import { sampleShape } from '../../../src/data/dataset.ts';
import { openDataSet } from '../../../src/run/data-sets.ts';
import { failure, put, temporaryFolder } from '../fixtures.ts';

test('[n, d] are points, whatever the type of the numbers', async () => {
  const bytes = formatNpy({ shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6.5]) });
  const path = await put(temporaryFolder(), 'x.npy', bytes);
  expect(npySet(bytes, 'a folder/x.npy')).toEqual(await openDataSet(path));
  expect(npySet(bytes, 'x.npy')).toEqual({
    kind: 'points',
    name: 'x.npy',
    count: 2,
    dimension: 3,
    values: Float64Array.from([1, 2, 3, 4, 5, 6.5]),
  });
});

test('images of bytes stay as they are, and channels become planes', () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i);
  const common = { kind: 'images', name: 'x.npy', height: 2, flips: false };
  expect(arraySet({ shape: [3, 2, 2], data }, 'x.npy')).toEqual({
    ...common,
    count: 3,
    channels: 1,
    width: 2,
    pixels: data,
  });
  const color = Uint8Array.from([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  expect(arraySet({ shape: [1, 2, 2, 3], data }, 'x.npy')).toMatchObject({
    count: 1,
    channels: 3,
    width: 2,
    pixels: color,
  });
});

test('images of floats stay floats, and have levels to look at; integers of bytes are bytes', () => {
  const pixels = Uint8Array.from([0, 1, 128, 255]);
  for (const data of [Float32Array, Float64Array].map((type) => type.from([0, 1 / 255, 0.5, 1])))
    expect(arraySet({ shape: [1, 2, 2], data }, 'x')).toMatchObject({
      pixels,
      floats: { values: data, range: [0, 1] },
    });
  const bytes = arraySet({ shape: [1, 2, 2], data: Int32Array.from(pixels) }, 'x');
  expect(bytes).toMatchObject({ pixels });
  expect(bytes).not.toHaveProperty('floats');
});

const refused: Record<string, [array: NpyArray, message: RegExp]> = {
  'images that hold infinity': [
    { shape: [1, 1, 2], data: Float32Array.from([Infinity, 0]) },
    /expected finite pixels, found one that is not/,
  ],
  'integers beyond bytes': [
    { shape: [1, 1, 2], data: Int32Array.from([256, 0]) },
    /integer pixels of 0 to 255, found 256/,
  ],
  'points that hold infinity': [{ shape: [1, 1], data: Float32Array.from([Infinity]) }, /expected finite numbers/],
  'a list': [{ shape: [2], data: new Uint8Array(2) }, /points \[n, d\], images .*found shape \[2\]/],
  'four channels': [{ shape: [1, 1, 1, 4], data: new Uint8Array(4) }, /found shape \[1,1,1,4\]/],
  'channels before pixels': [{ shape: [1, 3, 2, 2], data: new Uint8Array(12) }, /found shape \[1,3,2,2\]/],
};

for (const [name, [array, message]] of Object.entries(refused)) {
  test(`refuses ${name}`, () => expect(() => arraySet(array, 'x.npy')).toThrow(message));
}

test('a .npz file holds one array, and perhaps the classes of its images', async () => {
  const images = { shape: [2, 1, 2], data: Uint8Array.from([5, 6, 7, 8]) };
  const y = (...labels: number[]): NpyArray => ({ shape: [labels.length], data: Int32Array.from(labels) });
  const read = (arrays: Record<string, NpyArray>): unknown => npzSet(formatNpz(arrays), 'x.npz');
  const path = await put(temporaryFolder(), 'x.npz', formatNpz({ images }));
  expect(await openDataSet(path)).toEqual(read({ images }));
  expect(read({ images })).toMatchObject({ kind: 'images', name: 'x.npz', count: 2 });
  expect(read({ images, y: y(1, 0) })).toMatchObject({ labels: Uint8Array.from([1, 0]) });
  expect(() => read({ images, other: images })).toThrow(/one array besides labels, found \["images","other"\]/);
  expect(() => read({ y: y(1) })).toThrow(/one array besides labels, found \["y"\]/);
  expect(() => read({ images, y: y(1) })).toThrow(/labels of shape \[2\], found \[1\]/);
  expect(() => read({ images, y: y(1, 300) })).toThrow(/integers of 0 to 255, found 300/);
});

const bytes = (...shape: number[]): NpyArray => ({
  shape,
  data: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

const ambiguous: Record<string, [shape: number[], message: RegExp]> = {
  'one picture': [
    [16, 16, 3],
    /--layout for an array of shape \[16,16,3\], which may be hwc \(one color image of 16 x 16\), nhw/,
  ],
  'a series of one number': [
    [64, 178, 1],
    /hwc \(one gray image of 64 x 178\), nhw .* or points \(64 rows of 178 numbers\)/,
  ],
  'a series of three': [[64, 28, 3], /or points \(64 rows of 84 numbers\)/],
  'one picture of planes': [[3, 8, 9], /chw \(one color image of 8 x 9\), nhw \(3 gray images of 8 x 9\)/],
  'channels first': [[2, 3, 8, 9], /found shape \[2,3,8,9\]; for 2 images with channels first, give --layout nchw/],
};
for (const [name, [shape, message]] of Object.entries(ambiguous))
  test(`asks what ${name} is`, () => expect(() => arraySet(bytes(...shape), 'x.npy')).toThrow(message));

test('a layout says what the axes are', () => {
  const image = { kind: 'images', flips: false } as const;
  const data = bytes(3, 4, 3);
  expect(arraySet(data, 'x', { layout: 'nhw' })).toMatchObject({
    ...image,
    count: 3,
    channels: 1,
    height: 4,
    width: 3,
    pixels: data.data,
  });
  expect(arraySet(data, 'x', { layout: 'chw' })).toMatchObject({
    ...image,
    count: 1,
    channels: 3,
    height: 4,
    width: 3,
    pixels: data.data,
  });
  const planes = Uint8Array.from({ length: 36 }, (_, i) => 3 * (i % 12) + Math.floor(i / 12));
  expect(arraySet(data, 'x', { layout: 'hwc' })).toMatchObject({
    ...image,
    count: 1,
    channels: 3,
    height: 3,
    width: 4,
    pixels: planes,
  });
  expect(arraySet(data, 'x', { layout: 'points' })).toMatchObject({
    kind: 'points',
    count: 3,
    dimension: 12,
    values: Float64Array.from(data.data),
  });
  expect(arraySet(bytes(5), 'x', { layout: 'points' })).toMatchObject({ kind: 'points', count: 5, dimension: 1 });
  expect(arraySet(bytes(2, 3, 2, 2), 'x', { layout: 'nchw' })).toMatchObject({
    ...image,
    count: 2,
    channels: 3,
    height: 2,
    width: 2,
  });
  expect(arraySet(bytes(2, 3, 2, 1), 'x', { layout: 'nhwc' })).toEqual(arraySet(bytes(2, 3, 2, 1), 'x'));
  expect(() => arraySet(bytes(2, 3), 'x', { layout: 'hwc' })).toThrow(
    /axes h, w, c as --layout hwc says, found shape \[2,3\]/,
  );
  // Of other channels than pictures have, they are fields.
  expect(sampleShape(arraySet(bytes(2, 3, 4), 'x', { layout: 'hwc' }))).toEqual([4, 2, 3]);
});

test('a layout is an option of arrays alone', async () => {
  const file = await put(temporaryFolder(), 'x.npy', formatNpy(bytes(4, 4, 3)));
  expect(await openDataSet(file, { layout: 'hwc' })).toMatchObject({ count: 1, channels: 3 });
  expect((await failure(openDataSet(file, { layout: 'whc' as Layout }))).message).toMatch(
    /layout: expected points, nhw,/,
  );
  expect((await failure(openDataSet('two-moons', { layout: 'points' }))).message).toMatch(
    /layout: two-moons has no such/,
  );
});
