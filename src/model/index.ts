/** @file The handle's public names, which are the same in Node and in the browser. */
export type { ClassRef } from './condition.ts';
export type { DataArray, DataInput } from './data-input.ts';
export type { Host } from './host.ts';
export type { LatentOptions, LatentStep } from './latents.ts';
export type { LikelihoodMethod, LikelihoodStep } from './likelihood-estimates.ts';
export type { LikelihoodOptions, LikelihoodResult } from './log-likelihood.ts';
export { modelOf, type Given, type Latents, type Model, type ModelInfo } from './model.ts';
export { trainedFromBytes } from './model-bytes.ts';
export type { RestorationSubject, RestoreOptions } from './restoration-plan.ts';
export type { RestorationStep } from './restoration.ts';
export type { Restoration } from './restored.ts';
export { running, type RunOptions, type Running } from './running.ts';
export type { PictureOptions, Samples } from './samples.ts';
export type { SampleOptions, SamplingResult, SamplingStep } from './sampling.ts';
export type { TrainedModel } from './trained.ts';
export { trainingSet, trainOn, type TrainingData, type TrainingStep, type TrainModelOptions } from './training.ts';
