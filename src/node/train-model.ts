/** @file Training in a Node process. */
import type { Model } from '../model/model.ts';
import type { RunOptions, Running } from '../model/running.ts';
import { trainOn, type TrainingStep, type TrainingData, type TrainModelOptions } from '../model/training.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/**
 * Trains a model on data in memory; `scorefield train` is the way to runs that can be stopped, resumed and inspected.
 * @throws ConfigError listing every option that is unknown or does not fit the data.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 * @example
 * ```ts
 * import { trainModel } from 'scorefield/node';
 *
 * const ring = Array.from({ length: 2000 }, (_, i) => [Math.cos(i), Math.sin(i)]);
 * const model = await trainModel(ring, { steps: 300 });
 * const { samples } = await model.sample({ count: 100 });
 * await samples.save('ring.png');
 * ```
 */
export function trainModel(
  data: TrainingData,
  options: TrainModelOptions & EngineOptions & RunOptions<TrainingStep> = {},
): Running<TrainingStep, Model> {
  return trainOn(nodeHost(options), data, options);
}
