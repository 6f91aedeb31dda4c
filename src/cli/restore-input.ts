/** @file What `scorefield restore` restores: images to measure, or measurements, and masks, from files and data sets. */
import { checkOptions } from '../base/check.ts';
import { ConfigError, FileError } from '../base/errors.ts';
import { foldIn, type Key } from '../base/key.ts';
import { concatRows, sameShape, tensor, type Shape, type Tensor } from '../base/tensor.ts';
import type { LoadedRun } from '../run/load.ts';
import type { RestorationTask, TaskInfo } from '../catalog/inverse-tasks.ts';
import { readImageFile } from '../data/image-file.ts';
import type { Layout } from '../data/layout.ts';
import { unitValues } from '../data/float-images.ts';
import { parseNpz } from '../data/npz.ts';
import { readBytes } from '../io/atomic.ts';
import { measure, type Measurement } from '../inverse/measurement.ts';
import { poissonNoise } from '../inverse/noise.ts';
import { imagesOf } from './restoration.ts';
import { openRunData } from './run-data.ts';

/** Where the images come from; at most one of image, data and measured. */
export interface InputFlags {
  readonly image?: string;
  readonly data?: string;
  readonly layout?: Layout;
  readonly index?: string;
  readonly measured?: string;
}

/** Measurements in the user's units, and the images that were measured where they are known. */
export interface Subjects {
  /** What people call them. */
  readonly name: string;
  readonly rows: readonly number[];
  readonly measurement: Measurement;
  /** `[k, C, H, W]`, 0 to 1 */
  readonly truth?: Tensor;
}

/** What is read before anything is measured. */
export type Input =
  | { readonly name: string; readonly rows: readonly number[]; readonly truth: Tensor }
  | { readonly name: string; readonly rows: readonly number[]; readonly y: Tensor; readonly noise?: number };

/**
 * Reads images or measurements.
 * @throws ConfigError or FileError if there is more than one source, or its images do not fit the run or the task.
 */
export async function readInput(loaded: LoadedRun, task: RestorationTask, flags: InputFlags): Promise<Input> {
  const { image, data, index, measured } = flags;
  const given = Object.entries({ '--image': image, '--data': data, '--measured': measured })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  checkOptions(
    [given.length <= 1, given.join(' and '), 'expected one of them'],
    [index === undefined || (image ?? measured) === undefined, '--index', 'expected with --data alone'],
  );
  const { shape } = loaded.data;
  if (image !== undefined)
    return {
      name: image,
      rows: [0],
      truth: await readPicture(image, shape, { whose: 'the run', channels: loaded.config.data.channels }),
    };
  if (measured !== undefined) return { name: measured, ...(await readMeasured(measured, task)) };
  const set = await openRunData(loaded, data ?? 'test', flags);
  if (set.kind !== 'images') throw new ConfigError([{ path: '--data', message: 'expected images, found points' }]);
  const rows = indices(index ?? '0', set);
  const truth = rows.map((row) => ({ shape: [1, ...shape], data: unitValues(set, row) }));
  return { name: set.name, rows, truth: concatRows(truth) };
}

/** Rows as 3,17,4. */
function indices(text: string, { count, name }: { readonly count: number; readonly name: string }): readonly number[] {
  const rows = text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  const fits = rows.every((row) => row < count) && new Set(rows).size === rows.length;
  const message = `expected different numbers of 0 to ${count - 1}, images of ${name}, with commas between, got ${text}`;
  checkOptions([fits, '--index', message]);
  return rows;
}

/** How noisy the measurement is. */
export interface NoiseFlags {
  readonly noise?: number | undefined;
  readonly noiseModel?: 'gaussian' | 'poisson' | undefined;
  readonly counts?: number | undefined;
}

/**
 * The law of the noise that was asked for, in the user's units; undefined for Gaussian noise.
 * @throws ConfigError if the options contradict each other, or what the task measures cannot be counted.
 */
export function countsOf({ name, counts: countable }: TaskInfo, flags: NoiseFlags): number | undefined {
  const poisson = flags.noiseModel === 'poisson';
  checkOptions(
    [poisson || flags.counts === undefined, '--counts', 'expected with --noise-model poisson'],
    [
      !poisson || flags.noise === undefined,
      '--noise',
      'expected with Gaussian noise; Poisson noise is told by --counts',
    ],
    [
      !poisson || countable,
      '--noise-model',
      `expected gaussian, as what ${name} measures may be negative and cannot be counted, got poisson`,
    ],
  );
  return poisson ? (flags.counts ?? defaultCounts) : undefined;
}

/** What was measured of the input: its own values, or those of its images with noise. */
export function measureInput(key: Key, { operator }: RestorationTask, input: Input, told: NoiseFlags): Subjects {
  const { name, rows } = input;
  const poisson = told.counts === undefined ? undefined : poissonNoise({ rate: told.counts });
  if ('y' in input) {
    const { y } = input;
    if (poisson !== undefined)
      return { name, rows, measurement: counted({ operator, y, noiseStd: 1, noise: poisson }) };
    return { name, rows, measurement: { operator, y, noiseStd: told.noise ?? input.noise ?? defaultNoise } };
  }
  const keys = rows.map((row) => foldIn(foldIn(key, 'noise'), row));
  const { truth } = input;
  if (poisson !== undefined)
    return { name, rows, truth, measurement: counted(measure(keys, { operator, noiseStd: 1, noise: poisson }, truth)) };
  return { name, rows, truth, measurement: measure(keys, { operator, noiseStd: told.noise ?? defaultNoise }, truth) };
}

/** With the root mean square of what the counts themselves tell of their noise. */
function counted(measurement: Measurement): Measurement {
  const variances = measurement.noise?.varianceOf(measurement.y).data ?? new Float64Array();
  return { ...measurement, noiseStd: Math.sqrt(variances.reduce((sum, v) => sum + v, 0) / variances.length) };
}

/** In units of [0, 1]. */
const defaultNoise = 0.05;
/** Expected counts of a measured value of 1. */
const defaultCounts = 100;

/**
 * A picture in [0, 1].
 * @param options.channels - 1 or 3 where the run makes all of its pictures grey or coloured
 * @throws FileError unless it has the given shape.
 */
async function readPicture(
  file: string,
  shape: Shape,
  options: { readonly whose: string; readonly channels?: 1 | 3 | undefined },
): Promise<Tensor> {
  const { channels, height, width, pixels } = await readImageFile(file, options.channels);
  if (!sameShape([channels, height, width], shape))
    throw new FileError(
      file,
      `expected ${words(shape)} as ${options.whose} has, found ${words([channels, height, width])}`,
    );
  return imagesOf(pixels, [1, ...shape]);
}

function words([channels = 1, height = 1, width = 1]: Shape): string {
  return `a ${channels === 1 ? 'grey' : 'colour'} image of ${width} x ${height} pixels`;
}

async function readMeasured(
  file: string,
  { operator, fromPicture }: RestorationTask,
): Promise<{ readonly rows: readonly number[]; readonly y: Tensor; readonly noise?: number }> {
  if (!/\.npz$/i.test(file)) {
    if (fromPicture === undefined)
      throw new FileError(file, 'expected a .npz file, as what this task measures is no picture');
    const picture = await readPicture(file, fromPicture.shape, { whose: 'the measurement' });
    return { rows: [0], y: fromPicture.read(picture) };
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
    // Images keep the random numbers that they had when they were measured.
    rows: named ? rows : Array.from({ length: count }, (_, i) => i),
    y: tensor(found.data, found.shape),
    ...(noise !== undefined && noise >= 0 && { noise }),
  };
}
