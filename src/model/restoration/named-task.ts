/** @file A named task of restoration on images of a shape, and the law of the noise of what it measures. */
import { checkOptions } from '../../base/check.ts';
import { foldIn, key } from '../../base/key.ts';
import type { Shape } from '../../base/tensor.ts';
import {
  buildTask,
  taskInfo,
  type RestorationTask,
  type TaskOptions,
} from '../../catalog/restorations/inverse-tasks.ts';
import type { Measurement } from '../../inverse/measurement.ts';
import { poissonNoise } from '../../inverse/noise.ts';
import { defaultNoise } from '../choices.ts';

/** A named task with its options, and the noise of what it measures. */
export interface NamedTask extends TaskOptions {
  /** Name of a task (see `taskList`). */
  readonly task: string;
  /** Standard deviation of Gaussian noise, for images of 0 to 1. Default 0.05. */
  readonly noise?: number | undefined;
  /** Expected counts of a measured value of 1: the noise is Poisson's. Gaussian noise by default. */
  readonly counts?: number | undefined;
}

/**
 * A named task, with its masks and sums drawn from the seed.
 * @throws ConfigError or ShapeError if there is no task of this name, it does not take an option, or the images do not fit.
 */
export function namedTask(shape: Shape, asked: NamedTask, seed: number): RestorationTask {
  const { task, noise, counts, mask, factor, blur, rate, acceleration, angles } = asked;
  const info = taskInfo(task);
  checkOptions(
    [
      counts === undefined || noise === undefined,
      'noise',
      'expected with Gaussian noise; the level of Poisson noise is set by counts',
    ],
    [
      counts === undefined || info.counts,
      'noiseModel',
      `expected gaussian, as what ${info.name} measures may be negative and cannot be counted, got poisson`,
    ],
  );
  const options = { mask, factor, blur, rate, acceleration, angles };
  return buildTask(task, shape, { ...options, key: foldIn(key(seed), 'task') });
}

/** The law of the noise of a measurement of images of 0 to 1. */
export function noiseLaw({
  noise = defaultNoise,
  counts,
}: Pick<NamedTask, 'noise' | 'counts'>): Pick<Measurement, 'noiseStd' | 'noise'> {
  return counts === undefined ? { noiseStd: noise } : { noiseStd: 1, noise: poissonNoise({ rate: counts }) };
}
