/** @file How good reconstructions are: beside the truth where it is known, and beside the measurement. */
import { combine, map, rmsPerSample } from '../../base/arith.ts';
import { batchOf, takeRows, type Tensor } from '../../base/tensor.ts';
import { psnr, ssim } from '../../evaluate/image-quality.ts';
import type { Measurement } from '../../inverse/measurement.ts';
import type { PosteriorDraws, Subjects } from './restoration.ts';

/** How good a reconstruction is. */
export interface Quality {
  /** In decibels, for values cut off to [0, 1]; Infinity for equal images. */
  readonly psnr?: number;
  /** Of images of 11 pixels or more. */
  readonly ssim?: number;
  /** Root mean square of y - A x, for images in [0, 1]. */
  readonly misfit: number;
  /** The same relative to the noise, of each count its own, about 1 for samples of the posterior; none where there is no noise. */
  readonly residual?: number;
}

/**
 * The quality of each row.
 * @param x - `[k m, C, H, W]`: m reconstructions of each image
 * @param truth - `[k, C, H, W]`
 */
export function qualities(x: Tensor, measurement: Measurement, truth?: Tensor): readonly Quality[] {
  const { operator, y, noiseStd, noise } = measurement;
  const m = batchOf(x) / batchOf(y);
  const image = Array.from({ length: batchOf(x) }, (_, i) => Math.floor(i / m));
  const clean = operator.apply(x);
  const apart = combine([1, takeRows(y, image)], [-1, clean]);
  const misfits = rmsPerSample(apart, () => 1);
  const variances = noise?.varianceOf(clean);
  const relative = variances && rmsPerSample(map(apart, (value, i) => value / Math.sqrt(variances.data[i] ?? 1)), () => 1); // prettier-ignore
  const reference = truth && takeRows(truth, image);
  const shown = map(x, (value) => Math.min(1, Math.max(0, value)));
  const large = Math.min(...x.shape.slice(2)) >= 11;
  const decibels = reference && psnr(shown, reference, { dataRange: 1 });
  const similarity = reference && large ? ssim(shown, reference, { dataRange: 1 }) : undefined;
  return Array.from(misfits, (misfit, i) => ({
    ...(decibels && { psnr: decibels[i] ?? NaN }),
    ...(similarity && { ssim: similarity[i] ?? NaN }),
    misfit,
    ...(noiseStd > 0 && { residual: relative?.[i] ?? misfit / noiseStd }),
  }));
}

/** The quality of all reconstructions of a restoration. */
export interface RestorationQuality {
  /** By the name of the reconstruction: the classical ones, `mean` and `samples`; of each image, of each sample under `samples`. */
  readonly columns: Readonly<Record<string, readonly Quality[]>>;
  readonly images: readonly ImageQuality[];
}

/** The quality of all reconstructions of one image. */
export interface ImageQuality {
  /** Row of the image in its data. */
  readonly index: number;
  readonly mean: Quality | undefined;
  readonly samples: readonly Quality[];
  /** Root mean square over the pixels of the standard deviation over the samples. */
  readonly spread: number;
  readonly baselines: Readonly<Record<string, Quality | undefined>>;
  /** Weight of total variation that the noise asks for. */
  readonly totalVariationWeight: number | undefined;
}

/** Judges every reconstruction, by name and by image. */
export function qualityOf({ measurement, truth, rows }: Subjects, restoration: PosteriorDraws): RestorationQuality {
  const { samples, means, spreads, baselines, tvWeights } = restoration;
  const judge = (x: Tensor): readonly Quality[] => qualities(x, measurement, truth);
  const byName = Object.fromEntries(Object.entries(baselines).map(([name, x]) => [name, judge(x)]));
  const columns = { ...byName, mean: judge(means), samples: judge(samples) };
  const n = columns.samples.length / rows.length;
  const size = spreads.data.length / rows.length;
  const images = rows.map((row, i) => {
    const own = spreads.data.subarray(i * size, (i + 1) * size);
    return {
      index: row,
      mean: columns.mean[i],
      samples: columns.samples.slice(i * n, (i + 1) * n),
      spread: Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / size),
      baselines: Object.fromEntries(Object.entries(byName).map(([name, of]) => [name, of[i]])),
      totalVariationWeight: tvWeights[i],
    };
  });
  return { columns, images };
}
