/** @file The result of a restoration: posterior samples, their mean and spread, how good they are, and pictures of them. */
import { FileError } from '../base/errors.ts';
import { batchOf } from '../base/tensor.ts';
import { formatNpz } from '../data/npz.ts';
import { meanEstimate } from '../evaluate/estimate.ts';
import type { Host } from './host.ts';
import { arrayOf, restorationSheet } from './restoration-pictures.ts';
import { qualityOf, type RestorationQuality } from './restoration-quality.ts';
import type { Drawn, RestorationRequest } from './restoration.ts';
import { samplesOf, type Samples } from './samples.ts';
import type { TrainedModel } from './trained.ts';

/** Restored images. Tensors are in [0, 1], as they came out: nothing is cut off. */
export interface Restoration
  extends Drawn, Pick<RestorationRequest, 'task' | 'method' | 'subjects' | 'count' | 'seed'> {
  /** The samples in the units of the data: `count` of the first image, then of the next. */
  readonly images: Samples;
  /** PSNR, SSIM and residuals of every reconstruction. */
  readonly quality: RestorationQuality;
  /**
   * One row for each image as SVG: truth, measurement, classical reconstructions, mean, spread and the first samples.
   * @param title - task and name of the images by default
   */
  sheet(title?: string): string;
  /**
   * Writes the sheet (`.png` or `.svg`), or samples, means and spreads as arrays (`.npz`), by the ending of the name.
   * @throws FileError for another ending, or if the file cannot be written.
   */
  save(path: string): Promise<void>;
}

/**
 * A restoration with its quality and its pictures.
 * @param about - what the subtitle of the sheet ends with, such as the class
 */
export function restorationOf(
  { host, trained, about = '' }: { readonly host: Host; readonly trained: TrainedModel; readonly about?: string },
  request: RestorationRequest,
  drawn: Drawn,
): Restoration {
  const { task, method, subjects, count, seed } = request;
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
    ...{ task, method, subjects, count, seed, quality, sheet },
    images: samplesOf({ host, data: trained.data, name: trained.name }, { x, evaluations, status }),
    save: async (path) => {
      const name = path.toLowerCase();
      const k = batchOf(means);
      const arrays = {
        samples: arrayOf(samples, [k, count]),
        mean: arrayOf(means, [k]),
        spread: arrayOf(spreads, [k]),
      };
      if (name.endsWith('.npz')) await host.writeFile(path, formatNpz(arrays));
      else if (name.endsWith('.svg')) await host.writeFile(path, new TextEncoder().encode(sheet()));
      else if (name.endsWith('.png')) await host.writeFile(path, await host.rasterize(sheet()));
      else throw new FileError(path, 'expected a name that ends in .png, .svg or .npz');
    },
  };
}
