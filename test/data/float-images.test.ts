import { describe, expect, it } from 'vitest';
import { ConfigError, ShapeError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { uniform } from '../../src/base/random.ts';
import { tensor } from '../../src/base/tensor.ts';
import { arraySet } from '../../src/data/arrays/array-set.ts';
import { loadBatch } from '../../src/data/batch.ts';
import { firstOf, inSameUnits, inUnitsOf, scalerOf, type ImageSet } from '../../src/data/dataset.ts';
import { describe as summaryOf } from '../../src/data/describe.ts';
import { fingerprint } from '../../src/data/fingerprint.ts';
import { isOfBytes, rangeOf, unitValues } from '../../src/data/float-images.ts';
import { formatNpz, parseNpz } from '../../src/data/arrays/npz.ts';
import { bitsOffset, centered, logDetNats, scaled, toBytes, unscaled } from '../../src/data/scaler.ts';
import { shrink } from '../../src/data/pictures/resize.ts';

/** Images of floats between two ends. */
function floats(low: number, high: number, channels = 1): ImageSet {
  const values = Float32Array.from(uniform(key(4), 6 * 4 * 4 * channels), (u) => low + (high - low) * u);
  return arraySet({ shape: [6, 4, 4, channels], data: values }, 'floats.npy') as ImageSet;
}
const small = floats(0, 0.01);

it.each([
  ['photographs', [0.02, 0.98], [0, 1]],
  ['small numbers', [0, 0.01], [0, 0.01]],
  ['numbers around zero', [-1, 1], [-1, 1]],
  ['large numbers', [0, 255], [0, 255]],
  ['equal numbers', [3, 3], [3, 6]],
  ['zeros', [0, 0], [0, 1]],
] as const)(
  '%s: the range is 0 to 1 where they lie within and reach its upper half, else theirs',
  (_, values, range) => {
    expect(rangeOf(values)).toEqual(range);
  },
);

describe.each([
  ['0 to 0.01', small],
  ['0 to 1', floats(0, 1)],
  ['-1000 to 3000, in color', floats(-1000, 3000, 3)],
])('images of floats of %s', (_, set) => {
  const { values, range } = set.floats!;
  it.each(['centered', 'unit'] as const)('fill the range %s, and come back as they were', (kind) => {
    const scaler = scalerOf(set, { range: kind });
    const batch = loadBatch(set, scaler, [0, 1, 2, 3, 4, 5], key(1));
    const [low, high] = kind === 'unit' ? [0, 1] : [-1, 1];
    expect(Math.min(...batch)).toBeGreaterThanOrEqual(low - 1e-6);
    expect(Math.max(...batch)).toBeLessThanOrEqual(high + 1e-6);
    const back = unscaled(scaler, tensor(Float64Array.from(batch), [batch.length])).data;
    back.forEach((value, j) => expect(Math.abs(value - values[j]!)).toBeLessThan(1e-6 * (range[1] - range[0])));
    expect(
      [...toBytes(scaler, tensor(Float64Array.from(batch), [batch.length]))].every(
        (byte, j) => Math.abs(byte - set.pixels[j]!) <= 1,
      ),
    ).toBe(true);
  });

  it('have the log-Jacobian of their scale, and no noise', () => {
    const scaler = scalerOf(set);
    const [a, b] = [0, 1].map((v) => scaled(scaler, tensor([v], [1, 1])).data[0]!) as [number, number];
    expect(logDetNats(scaler, tensor([0], [1, 1]))).toBeCloseTo(Math.log(b - a), 9);
    expect(bitsOffset(scaler)).toBeCloseTo(-Math.log2(b - a), 9);
    expect(loadBatch(set, scaler, [2], key(1))).toEqual(loadBatch(set, scaler, [2], key(2)));
  });
});

it('keep more than 256 values, in every view of the set', () => {
  expect(new Set(small.floats!.values).size).toBeGreaterThan(80);
  expect(summaryOf(small).range[1]).toBeLessThan(0.01);
  expect(summaryOf(small).std[0]! / (0.01 / Math.sqrt(12))).toBeCloseTo(1, 0);
  expect(firstOf(small, 2).floats!.values).toEqual(small.floats!.values.slice(0, 32));
  const half = shrink(small, 2);
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(half.floats!.values)).toBeCloseTo(mean(small.floats!.values), 9);
  const moved = {
    ...small,
    floats: { ...small.floats!, values: small.floats!.values.map((v, j) => (j === 0 ? v + 1e-6 : v)) },
  };
  expect(fingerprint(moved)).not.toBe(fingerprint(small));
  expect([...unitValues(small, 0)].every((value) => value >= 0 && value <= 1)).toBe(true);
});

it('are mirrored as bytes are', () => {
  const set = { ...small, flips: true };
  const scaler = scalerOf(set);
  const plain = loadBatch(small, scaler, [0], key(0));
  const seen = Array.from({ length: 20 }, (_, i) => loadBatch(set, scaler, [0], key(i)));
  const mirror = plain.map((_, j) => plain[j - (j % 4) + 3 - (j % 4)]!);
  expect(seen.some((batch) => batch.join() === plain.join())).toBe(true);
  expect(seen.some((batch) => batch.join() === mirror.join())).toBe(true);
});

describe('where floats and bytes meet', () => {
  const photos = floats(0, 1);
  const { floats: own, ...bytes } = photos;
  it('a run of bytes reads floats of 0 to 1 as older versions did', () => {
    expect(inUnitsOf(centered, photos)).toEqual(bytes);
    expect(fingerprint(inUnitsOf(centered, photos))).toBe(fingerprint(bytes));
    const dark = inUnitsOf(centered, small) as ImageSet;
    expect([...dark.pixels]).toEqual(Array.from(small.floats!.values, (value) => Math.round(255 * value)));
    expect(() => inUnitsOf(centered, floats(-1, 1))).toThrow(ConfigError);
  });

  it('a run of floats reads bytes if its floats are of 0 to 1', () => {
    const scaler = scalerOf(photos);
    expect((inUnitsOf(scaler, bytes) as ImageSet).floats!.values[0]).toBeCloseTo(bytes.pixels[0]! / 255, 6);
    expect(() => inUnitsOf(scalerOf(small), bytes)).toThrow(/expected images of floats of .* found bytes/);
    expect([isOfBytes(centered), isOfBytes(scaler)]).toEqual([true, false]);
  });

  it('samples are compared in the range of the data, or both as bytes', () => {
    const wide = { ...photos, floats: { ...own!, range: [-1, 3] as const } };
    expect((inSameUnits(wide, photos)[0] as ImageSet).floats!.range).toEqual([0, 1]);
    for (const set of inSameUnits(bytes, photos)) expect(set).not.toHaveProperty('floats');
    for (const set of inSameUnits(photos, bytes)) expect(set).not.toHaveProperty('floats');
  });

  it('a scaler of the other kind is refused', () => {
    expect(() => loadBatch(photos, centered, [0], key(1))).toThrow(ShapeError);
    expect(() => loadBatch(bytes, scalerOf(photos), [0], key(1))).toThrow(ShapeError);
  });
});

it('float32 stays float32 from array to .npz and back', () => {
  const { values } = small.floats!;
  const npz = formatNpz({ samples: { shape: [6, 4, 4], data: values } });
  expect(parseNpz(npz, 'x.npz').get('samples')!.data).toEqual(values);
});
