import { describe, expect, it } from 'vitest';
import { combine, map } from '../../../src/base/arith.ts';
import { key, split } from '../../../src/base/key.ts';
import { normalBatch } from '../../../src/base/random.ts';
import { concatRows, tensor } from '../../../src/base/tensor.ts';
import { qualities } from '../../../src/model/restoration/restoration-quality.ts';
import { imagesOf, inUnitRange, modelUnits } from '../../../src/model/restoration/restoration.ts';
import { centered, scaled, unit } from '../../../src/data/scaler.ts';
import { psnr, ssim } from '../../../src/evaluate/image-quality.ts';
import { measure } from '../../../src/inverse/measurement.ts';
import { downsample } from '../../../src/inverse/operator/sensing/downsample.ts';

describe.each([
  ['[-1, 1)', centered, [-1, 1]],
  ['[0, 1)', unit, [0, 1]],
] as const)('images of 0 to 1 in the range %s', (_, scaler, [low, high]) => {
  const { factor, offset } = modelUnits(scaler);

  it('are where the scaler puts their bytes', () => {
    const bytes = Uint8Array.of(0, 1, 100, 255);
    const images = imagesOf(bytes, [1, 1, 2, 2]);
    const middles = scaled(
      scaler,
      tensor(
        Float64Array.from(bytes, (byte) => byte + 0.5),
        [1, 1, 2, 2],
      ),
    );
    images.data.forEach((value, i) => expect(factor * value + offset).toBeCloseTo(middles.data[i]!, 12));
    expect([0, 1].map((value) => factor * value + offset)).toEqual([low, high]);
  });

  it('come back as they were', () => {
    const x = normalBatch(split(key(1), 2), [1, 2, 3]);
    const there = map(x, (value) => factor * value + offset);
    inUnitRange(scaler, there).data.forEach((value, i) => expect(value).toBeCloseTo(x.data[i]!, 12));
  });
});

describe('qualities', () => {
  const truth = map(normalBatch(split(key(2), 2), [1, 12, 12]), (z) => 0.5 + 0.2 * Math.tanh(z));
  const operator = downsample([1, 12, 12], 2);
  const measurement = measure(split(key(3), 2), { operator, noiseStd: 0.1 }, truth);
  // Two reconstructions of each image, in the order of the images; the last is far outside [0, 1].
  const off = (row: number, by: number): typeof truth =>
    map(tensor(truth.data.slice(row * 144, (row + 1) * 144), [1, 1, 12, 12]), (value) => value + by);
  const x = concatRows([off(0, 0), off(0, 0.1), off(1, -0.1), off(1, 7)]);
  const found = qualities(x, measurement, truth);

  it('compare each with its own truth, cut off to [0, 1]', () => {
    expect(found[0]!.psnr).toBe(Infinity);
    expect(found[0]!.ssim).toBeCloseTo(1, 12);
    expect(found[1]!.psnr).toBeCloseTo(20, 6);
    const white = map(off(1, 0), () => 1);
    expect(found[3]!.psnr).toBeCloseTo(psnr(white, off(1, 0), { dataRange: 1 })[0]!, 10);
    expect(found[3]!.ssim).toBeCloseTo(ssim(white, off(1, 0), { dataRange: 1 })[0]!, 10);
  });

  it('report the misfit of the measurement, not cut off, and its size relative to the noise', () => {
    const noise = combine([1, measurement.y], [-1, operator.apply(truth)]).data;
    [0, 1].forEach((image) => {
      const own = noise.subarray(image * 36, (image + 1) * 36);
      const shift = image === 0 ? 0 : 7;
      const square = own.reduce((sum, value) => sum + (value - shift) ** 2, 0) / 36;
      const one = found[image === 0 ? 0 : 3]!;
      expect(one.misfit).toBeCloseTo(Math.sqrt(square), 10);
      expect(one.residual).toBeCloseTo(Math.sqrt(square) / 0.1, 9);
    });
  });

  it('leave out what is not known', () => {
    expect(Object.keys(qualities(x, { ...measurement, noiseStd: 0 })[0]!)).toEqual(['misfit']);
  });
});
