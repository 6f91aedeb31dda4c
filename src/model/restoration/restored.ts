/** @file The result of a restoration: posterior samples, their mean and spread, how good they are, and pictures of them. */
import { FileError } from '../../base/errors.ts';
import { batchOf } from '../../base/tensor.ts';
import type { NpyArray } from '../../data/arrays/npy.ts';
import { formatNpz } from '../../data/arrays/npz.ts';
import { meanEstimate } from '../../evaluate/estimate.ts';
import type { Host } from '../host.ts';
import { pixelArray, restorationSheet } from './restoration-pictures.ts';
import { qualityOf, type RestorationQuality } from './restoration-quality.ts';
import type { Method, PosteriorDraws, RestorationRequest } from './restoration.ts';
import { samplesOf, type Samples } from '../samples/samples.ts';
import type { TrainedModel } from '../trained.ts';

/** Restored images. Tensors are in [0, 1], as they came out: nothing is cut off. */
export interface Restoration
  extends PosteriorDraws, Pick<RestorationRequest, 'task' | 'subjects' | 'range' | 'count' | 'seed'> {
  readonly method: Omit<Method, 'sampler'>;
  /** The samples in the units of the data: `count` of the first image, then of the next. */
  readonly images: Samples;
  /** PSNR, SSIM and residuals of every reconstruction. */
  readonly quality: RestorationQuality;
  /**
   * One row for each image as SVG: truth, measurement, classical reconstructions, mean, spread and the first samples.
   * @param title - the name of the images by default
   */
  sheet(title?: string): string;
  /**
   * Writes the sheet (`.png` or `.svg`), or samples, means and spreads as arrays (`.npz`), by the ending of the name.
   * @param options.title - of the sheet; the name of the images by default
   * @throws FileError for another ending, or if the file cannot be written.
   */
  save(path: string, options?: { readonly title?: string | undefined }): Promise<void>;
}

/** The arrays of a restoration: `samples` `[k, n, H, W]` or `[k, n, H, W, C]`, `mean` and `spread` without n. */
export function restorationArrays({
  samples,
  means,
  spreads,
}: Pick<PosteriorDraws, 'samples' | 'means' | 'spreads'>): Readonly<Record<string, NpyArray>> {
  const k = batchOf(means);
  return {
    samples: pixelArray(samples, [k, batchOf(samples) / k]),
    mean: pixelArray(means, [k]),
    spread: pixelArray(spreads, [k]),
  };
}

/**
 * A restoration with its quality and its pictures.
 * @param about - what the subtitle of the sheet ends with, such as the class
 */
export function restorationOf(
  {
    host,
    trained,
    about = '',
  }: { readonly host: Host; readonly trained: Pick<TrainedModel, 'data' | 'name'>; readonly about?: string },
  request: Pick<Restoration, 'task' | 'method' | 'subjects' | 'range' | 'count' | 'seed'>,
  drawn: PosteriorDraws,
): Restoration {
  const { task, method, subjects, range, count, seed } = request;
  const { samples, means, spreads, evaluations, x } = drawn;
  const quality = qualityOf(subjects, drawn);
  const status = evaluations.map(() => 'ok' as const);
  const { measurement, counts } = subjects;
  const sheet = (title = subjects.name): string =>
    restorationSheet({
      title,
      subtitle:
        `${count} samples by ${method.name}, ${meanEstimate(evaluations).value.toFixed(0)} evaluations each; ` +
        `${counts === undefined ? `noise ${measurement.noiseStd}` : `${counts} counts for 1`} for images of 0 to 1${about}` +
        (subjects.truth === undefined ? '' : '; below the pictures: PSNR, SSIM'),
      ...{ task, subjects, restoration: drawn, quality: quality.columns },
    });
  return {
    ...drawn,
    ...{ task, method, subjects, range, count, seed, quality, sheet },
    images: samplesOf({ host, ...trained }, { x, evaluations, status }),
    save: async (path, { title } = {}) => {
      const name = path.toLowerCase();
      if (name.endsWith('.npz')) await host.writeFile(path, formatNpz(restorationArrays({ samples, means, spreads })));
      else if (name.endsWith('.svg')) await host.writeFile(path, new TextEncoder().encode(sheet(title)));
      else if (name.endsWith('.png')) await host.writeFile(path, await host.rasterize(sheet(title)));
      else throw new FileError(path, 'expected a name that ends in .png, .svg or .npz');
    },
  };
}
