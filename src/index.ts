/** @file What most programs need; each part of the library has an entry of its own: `scorefield/sde`, `scorefield/sample` and so on. */
export * from './base/errors.ts';
export { foldIn, key, split, type Key } from './base/key.ts';
export { normal, normalBatch } from './base/random.ts';
export { concatRows, takeRows, tensor, zeros, type Shape, type Tensor } from './base/tensor.ts';
export * as arith from './base/arith.ts';
export { yielding } from './base/yielding.ts';
export * as graph from './graph/index.ts';

export { custom } from './sde/processes/custom.ts';
export { edm } from './sde/processes/edm.ts';
export { rectifiedFlow } from './sde/processes/rectified-flow.ts';
export { subVp } from './sde/processes/sub-vp.ts';
export { ve } from './sde/processes/ve.ts';
export { vp } from './sde/processes/vp.ts';
export type { Sde } from './sde/sde.ts';
export { epsilon, velocity, vPrediction } from './sde/learning/parametrization.ts';
export type { ScoreFn } from './sde/score-fn.ts';
export { empirical } from './sde/exact/empirical.ts';
export { gaussian } from './sde/exact/gaussian.ts';
export { gaussianMixture } from './sde/exact/gaussian-mixture.ts';

export { ancestral } from './sample/steps/ancestral.ts';
export { ddim } from './sample/steps/ddim.ts';
export { dpmSolver2M } from './sample/multistep/dpm-solver-multistep.ts';
export { eulerMaruyama } from './sample/steps/euler-maruyama.ts';
export { heun } from './sample/steps/heun.ts';
export { langevin } from './sample/correctors/langevin.ts';
export type { SamplerStep, SamplerStepOf } from './sample/sampler-step.ts';
export { multistep } from './sample/multistep/multistep.ts';
export { predictorCorrector } from './sample/predictor-corrector.ts';
export { probabilityFlow } from './sample/adaptive/probability-flow.ts';
export { finish, type SampleProgress, type SampleRequest, type SampleResult, type Sampler } from './sample/sampler.ts';

export { mlp } from './nn/mlp.ts';
export { scoreNet } from './nn/score-net.ts';
export { ddpmpp } from './nn/unet/ddpmpp.ts';
export { scoreModel, type ScoreModel } from './score/models/score-model.ts';
export { averaged, startPoint, train } from './train/train.ts';

export { scalerOf, type DataSet, type ImageSet, type PointSet } from './data/dataset.ts';
export { scaled, unscaled } from './data/scaler.ts';
export { toys } from './data/sets/toy.ts';

export type { DataInput } from './model/data-input.ts';
export type { LikelihoodResult } from './model/density/log-likelihood.ts';
export type { ModelInfo } from './model/info.ts';
export type { Model } from './model/model.ts';
export type { Restoration } from './model/restoration/restored.ts';
export { running, type RunOptions, type Running } from './model/running.ts';
export type { Samples } from './model/samples/samples.ts';
export type { SampleOptions, SamplingResult, SamplingStep } from './model/samples/sampling.ts';
