/** @file Samples in stages in Node, which finds the training data of models. */
import type { Model } from '../model/model.ts';
import type { RunOptions, Running } from '../model/running.ts';
import { stagedSamples, type StagedSamples, type StagesOptions, type StagesStep } from '../model/staged.ts';
import { nodeHost } from './host.ts';

/**
 * Draws samples by models of growing resolution, each of half the side of the next.
 * @throws ConfigError if the models do not halve, their data are scaled otherwise, or a noise level is none of theirs.
 * @example
 * ```ts
 * import { openModel, sampleStages } from 'scorefield/node';
 *
 * const models = [await openModel('runs/small'), await openModel('runs/large')];
 * const { samples, detail } = await sampleStages(models, { until: [2], count: 16 });
 * console.log(detail);
 * await samples.save('staged.png');
 * ```
 */
export function sampleStages(
  models: readonly Model[],
  options: StagesOptions & RunOptions<StagesStep> = {},
): Running<StagesStep, StagedSamples> {
  return stagedSamples(nodeHost({}), models, options);
}
