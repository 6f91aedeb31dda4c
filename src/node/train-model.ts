/** @file Training in a Node process. */
import { distillOn, type DistillModelOptions, type DistillModelStep } from '../model/distillation.ts';
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

/**
 * Distills a student of a model in memory: its samples cost few evaluations. `distillRun` is the way to runs that can be stopped and resumed.
 * @param data - those that the teacher was trained on
 * @throws ConfigError if the teacher cannot teach, or an option or the data do not fit.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 * @see Salimans and Ho 2022; Song et al. 2023, "Consistency models"; Geng et al. 2024, "Consistency models made easy"
 * @example
 * ```ts
 * import { distillModel, trainModel } from 'scorefield/node';
 *
 * const ring = Array.from({ length: 2000 }, (_, i) => [Math.cos(i), Math.sin(i)]);
 * const teacher = await trainModel(ring, { steps: 100, process: 'edm' });
 * const student = await distillModel(teacher, ring, { nfe: 2, first: 4, steps: 60 });
 * const { samples } = await student.sample({ count: 100 });
 * console.log(samples.evaluations[0]); // 2
 * ```
 */
export function distillModel(
  teacher: Model,
  data: TrainingData,
  options: DistillModelOptions & EngineOptions & RunOptions<DistillModelStep> = {},
): Running<DistillModelStep, Model> {
  return distillOn(nodeHost(options), teacher.trained, data, options);
}
