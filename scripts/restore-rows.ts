/** @file Averages over many restored images, with their standard errors, as rows of a table. */
import { meanEstimate, type Estimate } from '../src/evaluate.ts';
import type { Quality } from '../src/node.ts';
import { table } from './samplers-page.ts';

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

/** One task by one method, as far as it has come. */
export interface Measured {
  readonly task: string;
  readonly method: string;
  readonly steps: number;
  readonly noise: number;
  /** Samples of each image. */
  readonly n: number;
  readonly threads: number;
  /** Images that are done, the first ones. */
  readonly images: number;
  /** Of the sampling of all of them. */
  readonly seconds: number;
  /** Of all their samples. */
  readonly evaluations: number;
  /** Qualities of each image, by reconstruction. */
  readonly perImage: Readonly<Record<string, readonly (readonly Quality[])[]>>;
}

/** What is reported of one task by one method. */
export interface Summary extends Omit<Measured, 'seconds' | 'evaluations' | 'perImage'> {
  readonly secondsPerSample: number;
  readonly evaluationsPerSample: number;
  readonly rows: readonly RestoreRow[];
}

/** Averages over images, and the cost of a sample. */
export function summary({ seconds, evaluations, perImage, ...rest }: Measured): Summary {
  const samples = rest.images * rest.n;
  return {
    ...rest,
    secondsPerSample: seconds / samples,
    evaluationsPerSample: evaluations / samples,
    rows: Object.entries(perImage).map(([column, images]) => restoreRow(column, images)),
  };
}

/** One table for each plan: a line for each reconstruction of each task. */
export function restoreTable(tasks: readonly Summary[]): readonly string[] {
  const cell = (of: Estimate | undefined, digits: number): string =>
    of === undefined ? '' : `${of.value.toFixed(digits)} ± ${of.standardError.toFixed(digits)}`;
  const seen = new Set<string>();
  return table(
    ['task', 'reconstruction', 'PSNR (dB)', 'SSIM', 'residual / noise', 'evaluations', 'seconds a sample'],
    tasks.flatMap(({ task, method, rows, evaluationsPerSample, secondsPerSample }) => {
      const own = rows.flatMap((row) => {
        const ours = row.method === 'mean' || row.method === 'samples';
        const name = ours ? `\`${method}\`, ${row.method === 'mean' ? 'mean' : 'one sample'}` : row.method;
        const line = `${task}: ${name}`;
        if (seen.has(line)) return [];
        seen.add(line);
        const cost =
          row.method === 'samples' ? [evaluationsPerSample.toFixed(0), secondsPerSample.toFixed(2)] : ['', ''];
        return [[task, name, cell(row.psnr, 2), cell(row.ssim, 3), cell(row.residual, 2), ...cost]];
      });
      return own;
    }),
    'right',
  );
}
