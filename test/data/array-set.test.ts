import { expect, test } from 'vitest';
import { arraySet, npySet, npzSet } from '../../src/data/array-set.ts';
import { formatNpy, type NpyArray } from '../../src/data/npy.ts';
import { formatNpz } from '../../src/data/npz.ts';
import { openDataSet } from '../../src/data/open.ts';
import { put, temporaryFolder } from './fixtures.ts';

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
  const colour = Uint8Array.from([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  expect(arraySet({ shape: [1, 2, 2, 3], data }, 'x.npy')).toMatchObject({
    count: 1,
    channels: 3,
    width: 2,
    pixels: colour,
  });
});

test('float images of 0 to 1 become the nearest bytes; integers stay', () => {
  const pixels = Uint8Array.from([0, 1, 128, 255]);
  for (const data of [Float32Array, Float64Array].map((type) => type.from([0, 1 / 255, 0.5, 1])))
    expect(arraySet({ shape: [1, 2, 2], data }, 'x')).toMatchObject({ pixels });
  expect(arraySet({ shape: [1, 2, 2], data: Int32Array.from(pixels) }, 'x')).toMatchObject({ pixels });
});

const refused: Record<string, [array: NpyArray, message: RegExp]> = {
  'float images of -1 to 1': [
    { shape: [1, 1, 2], data: Float32Array.from([1, -1]) },
    /float pixels of 0 to 1, found -1/,
  ],
  'float images of 0 to 255': [
    { shape: [1, 1, 2], data: Float32Array.from([1, 255]) },
    /float pixels of 0 to 1, found 255/,
  ],
  'images that hold NaN': [{ shape: [1, 1, 1], data: Float32Array.from([NaN]) }, /float pixels of 0 to 1, found NaN/],
  'integers beyond bytes': [
    { shape: [1, 1, 1], data: Int32Array.from([256]) },
    /integer pixels of 0 to 255, found 256/,
  ],
  'points that hold infinity': [{ shape: [1, 1], data: Float32Array.from([Infinity]) }, /expected finite numbers/],
  'a list': [{ shape: [2], data: new Uint8Array(2) }, /points \[n, d\] or images .*found shape \[2\]/],
  'four channels': [{ shape: [1, 1, 1, 4], data: new Uint8Array(4) }, /found shape \[1,1,1,4\]/],
  'channels before pixels': [{ shape: [1, 3, 2, 2], data: new Uint8Array(12) }, /found shape \[1,3,2,2\]/],
};

for (const [name, [array, message]] of Object.entries(refused)) {
  test(`refuses ${name}`, () => expect(() => arraySet(array, 'x.npy')).toThrow(message));
}

test('a .npz file holds one array, and perhaps the classes of its images', async () => {
  const images = { shape: [2, 1, 1], data: Uint8Array.from([5, 6]) };
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
