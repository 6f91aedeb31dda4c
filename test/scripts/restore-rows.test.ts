import { describe, expect, it } from 'vitest';
import { markdownRows, restoreRow } from '../../scripts/restore-rows.ts';

const quality = (psnr: number, ssim: number): { psnr: number; ssim: number; misfit: number; residual: number } => ({
  ...{ psnr, ssim, misfit: 0.1, residual: 2 },
});

describe('rows of restored images', () => {
  const perImage = [
    [quality(20, 0.5), quality(24, 0.7)],
    [quality(30, 0.9), quality(30, 0.9)],
  ];

  it('have means, and errors over images, whatever the number of samples of each', () => {
    const { psnr, ssim, residual, images } = restoreRow('samples', perImage);
    expect(images).toBe(2);
    // Means of the images 22 and 30: their standard deviation is 8 / sqrt(2), the error of their mean 4.
    expect(psnr.value).toBeCloseTo(26, 12);
    expect(psnr.standardError).toBeCloseTo(4, 12);
    expect(ssim!.value).toBeCloseTo(0.75, 12);
    expect(residual).toEqual({ value: 2, standardError: 0 });
  });

  it('leave out what was not measured', () => {
    const row = restoreRow('mean', [[{ psnr: 20, misfit: 0 }], [{ psnr: 22, misfit: 0 }]]);
    expect(row).not.toHaveProperty('ssim');
    expect(markdownRows([row]).split('\n').at(-1)).toBe('| mean | 21.00 ± 1.00 |  |  |');
  });

  it('are a table', () => {
    expect(markdownRows([restoreRow('samples', perImage)])).toBe(
      '| method | PSNR (dB) | SSIM | residual / noise |\n| --- | ---: | ---: | ---: |\n' +
        '| samples | 26.00 ± 4.00 | 0.750 ± 0.150 | 2.00 ± 0.00 |',
    );
  });
});
