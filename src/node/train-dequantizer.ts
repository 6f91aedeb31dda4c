/** @file Training of dequantizers in a Node process. */
import type { DataSet } from '../data/dataset.ts';
import {
  trainDequantizerOn,
  type DequantizerStep,
  type DequantizerTrainingOptions,
  type DequantizerMoment,
} from '../model/dequantizer-training.ts';
import type { Model } from '../model/model.ts';
import type { RunOptions, Running } from '../model/running.ts';
import { nodeHost, type EngineOptions } from './host.ts';

/**
 * Trains a learned noise for the bytes of images, with which `model.logLikelihood` gives a tighter bound than with uniform noise.
 * @param data - images that the model was trained on
 * @throws ConfigError if the model is not one of images that has learned the score at all noise levels.
 * @throws NumericalError when the loss, the gradient or the update is not finite.
 */
export function trainDequantizer(
  { trained }: Model,
  data: DataSet,
  { threads, device, ...options }: DequantizerTrainingOptions & EngineOptions & RunOptions<DequantizerStep> = {},
): Running<DequantizerStep, DequantizerMoment> {
  return trainDequantizerOn({ host: nodeHost({ threads, device }), trained }, data, options);
}
