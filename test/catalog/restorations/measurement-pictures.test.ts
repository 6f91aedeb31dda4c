import { describe, expect, it } from 'vitest';
import { tensor, zeros } from '../../../src/base/tensor.ts';
import { kSpacePicture, sinogramPicture } from '../../../src/catalog/restorations/measurement-pictures.ts';
import { subsampledFourier } from '../../../src/inverse/operator/scans/fourier.ts';

describe('pictures of measurements', () => {
  it('draw sinograms from 0 to the largest value of each', () => {
    const y = tensor([1, 2, -1, 4, 10, 5, 0, 1], [2, 1, 2, 2]);
    expect(Array.from(sinogramPicture(y).data)).toEqual([0.25, 0.5, 0, 1, 1, 0.5, 0, 0.1]);
    expect(Array.from(sinogramPicture(zeros([1, 1, 1, 2])).data)).toEqual([0, 0]);
  });

  it('draw frequency zero of a flat image in the middle, and nothing else', () => {
    const [height, width] = [4, 6];
    const columns = [1, 3, 4];
    const flat = tensor(new Float64Array(24).fill(0.3), [1, 1, height, width]);
    const { shape, data } = kSpacePicture(subsampledFourier([1, height, width], columns).apply(flat), {
      ...{ height, width, columns },
    });
    expect(shape).toEqual([1, 1, height, width]);
    // Row and column of frequency zero are half the sides.
    expect(data[2 * width + 3]).toBe(1);
    expect(data.reduce((sum, value) => sum + value, 0)).toBe(1);
  });

  it('draw magnitudes by their logarithms, over three decades', () => {
    const y = tensor([3, 0.05, 0.0001, 4, 0, 0], [1, 2, 1, 3]);
    const { data } = kSpacePicture(y, { height: 1, width: 3, columns: [0, 1, 2] });
    expect(data[0]).toBe(1);
    expect(data[1]).toBeCloseTo(1 - 2 / 3, 12); // 0.05 of 5
    expect(data[2]).toBe(0);
  });
});
