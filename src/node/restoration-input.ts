/** @file What is restored, from files: tasks with masks from pictures, images to measure, and measurements. */
import { FileError } from '../base/errors.ts';
import { sameShape, tensor, type Shape, type Tensor } from '../base/tensor.ts';
import { dataKindOf } from '../catalog/data-kinds/find.ts';
import type { RestorationTask, TaskOptions } from '../catalog/restorations/inverse-tasks.ts';
import type { ImageSet } from '../data/dataset.ts';
import { readImageFile } from '../data/pictures/image-file.ts';
import { parseNpz } from '../data/arrays/npz.ts';
import { readBytes } from '../io/atomic.ts';
import { taskOf } from '../model/restoration/restoration-plan.ts';
import { imagesOf } from '../model/restoration/restoration.ts';
import type { TrainedModel } from '../model/trained.ts';
import type { KnownData } from './run-data.ts';
import { readKnown } from './mask-file.ts';

/** Options of `readTask`; a `mask` that is not the name of one is a picture, whose bright pixels are known. */
export interface ReadTaskOptions extends TaskOptions {
  /** Name of a task (see `taskList`). */
  readonly task: string;
  /** Seed of masks and sums that are random. Default 0. */
  readonly seed?: number | undefined;
  /** Standard deviation of Gaussian noise, for images of 0 to 1. Default 0.05. */
  readonly noise?: number | undefined;
  /** Expected counts of a measured value of 1: the noise is Poisson's. Gaussian noise by default. */
  readonly counts?: number | undefined;
}

/**
 * A restoration task on the images of a model, for `model.restore({ task, … })`.
 * @throws ConfigError, ShapeError or FileError if the model is not one of images at all noise levels, there is no task of this name, or an
 * option or the mask does not fit.
 */
export async function readTask(
  { trained }: { readonly trained: TrainedModel },
  { task, seed = 0, ...options }: ReadTaskOptions,
): Promise<RestorationTask> {
  const { mask } = options;
  const known =
    mask === undefined || dataKindOf(trained.data, trained.catalog).pictures === undefined
      ? mask
      : await readKnown(mask, task, trained.data.shape);
  return taskOf(trained, { ...options, task, mask: known }, seed);
}

/**
 * A picture of the size of a model's images, to be measured.
 * @throws FileError if it cannot be read, or has another size or other channels.
 */
export function readPicture({ trained }: { readonly trained: KnownData }, file: string): Promise<ImageSet> {
  return pictureOf(file, trained.data.shape, { whose: 'the run', channels: trained.config.data.channels });
}

/** What was measured, as files say it. */
export interface ReadMeasurement {
  /** `[k, ...shapeOut]` of the task's operator, for images of 0 to 1. */
  readonly measurement: Tensor;
  /** Row of each image in the data that were measured, which names its random numbers. */
  readonly rows: readonly number[];
  /** Standard deviation of the noise; undefined where the file does not say it. */
  readonly noise: number | undefined;
}

/**
 * What was measured: a picture, or an archive (`.npz`) of `measurement`, `rows` and `noise` as `scorefield restore` writes it.
 * @throws FileError if it cannot be read, or does not fit the task.
 */
export async function readMeasurement(
  { operator, fromPicture }: RestorationTask,
  file: string,
): Promise<ReadMeasurement> {
  if (!/\.npz$/i.test(file)) {
    if (fromPicture === undefined)
      throw new FileError(file, 'expected a .npz file, as what this task measures is no picture');
    const { pixels } = await pictureOf(file, fromPicture.shape, { whose: 'the measurement' });
    return { measurement: fromPicture.read(imagesOf(pixels, [1, ...fromPicture.shape])), rows: [0], noise: undefined };
  }
  const ours = ['measurement', 'noise', 'rows'];
  const arrays = parseNpz(readBytes(file), file, (names) => names.filter((name) => ours.includes(name)));
  const found = arrays.get('measurement');
  const [count = 0, ...shape] = found?.shape ?? [];
  if (found === undefined || count === 0 || !sameShape(shape, operator.shapeOut) || !found.data.every(Number.isFinite))
    throw new FileError(
      file,
      `expected an array \`measurement\` of finite numbers [n, ${operator.shapeOut.join(', ')}] for this task, found ` +
        (found === undefined ? 'none' : `[${found.shape.join(', ')}]`),
    );
  const noise = arrays.get('noise')?.data[0];
  const rows = Array.from(arrays.get('rows')?.data ?? []);
  const named = rows.length === count && rows.every((row) => Number.isSafeInteger(row) && row >= 0);
  return {
    measurement: tensor(found.data, found.shape),
    // Images keep the random numbers that they had when they were measured.
    rows: named ? rows : Array.from({ length: count }, (_, i) => i),
    noise: noise !== undefined && noise >= 0 ? noise : undefined,
  };
}

/**
 * A picture.
 * @param options.channels - 1 or 3 where the run makes all of its pictures gray or colored
 * @throws FileError unless it has the given shape.
 */
async function pictureOf(
  file: string,
  shape: Shape,
  { whose, channels }: { readonly whose: string; readonly channels?: 1 | 3 | undefined },
): Promise<ImageSet> {
  const set = await readImageFile(file, channels);
  const found = [set.channels, set.height, set.width];
  if (!sameShape(found, shape))
    throw new FileError(file, `expected ${words(shape)} as ${whose} has, found ${words(found)}`);
  return set;
}

function words([channels = 1, height = 1, width = 1]: Shape): string {
  return `a ${channels === 1 ? 'gray' : 'color'} image of ${width} x ${height} pixels`;
}
