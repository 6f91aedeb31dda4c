/** @file Averages over many restored images, with their standard errors, as rows of a table. */
import { meanEstimate, type Estimate } from '../src/evaluate/estimate.ts';
import type { Quality } from '../src/cli/restoration.ts';

/** One reconstruction method over all images. */
export interface RestoreRow {
  readonly method: string;
  readonly images: number;
  readonly psnr: Estimate;
  /** None where the images are too small for it. */
  readonly ssim?: Estimate;
  /** None where there is no noise. */
  readonly residual?: Estimate;
}

/**
 * The averages of one method. The error is over images: samples of one image are averaged first, as they share their truth
 * and their measurement.
 * @param perImage - one reconstruction, or several, of each image
 */
export function restoreRow(method: string, perImage: readonly (readonly Quality[])[]): RestoreRow {
  const estimate = (of: keyof Quality): Estimate | undefined => {
    const means = perImage.map((all) => meanEstimate(all.map((one) => one[of] ?? NaN)).value);
    return means.some(Number.isNaN) ? undefined : meanEstimate(means);
  };
  const [ssim, residual] = [estimate('ssim'), estimate('residual')];
  return {
    method,
    images: perImage.length,
    psnr: estimate('psnr') ?? { value: NaN, standardError: NaN },
    ...(ssim && { ssim }),
    ...(residual && { residual }),
  };
}

/** Rows of a table in Markdown, under a head. */
export function markdownRows(rows: readonly RestoreRow[]): string {
  const cell = (of: Estimate | undefined, digits: number): string =>
    of === undefined ? '' : `${of.value.toFixed(digits)} ± ${of.standardError.toFixed(digits)}`;
  const lines = rows.map(
    ({ method, psnr, ssim, residual }) => `| ${method} | ${cell(psnr, 2)} | ${cell(ssim, 3)} | ${cell(residual, 2)} |`,
  );
  return ['| method | PSNR (dB) | SSIM | residual / noise |', '| --- | ---: | ---: | ---: |', ...lines].join('\n');
}
