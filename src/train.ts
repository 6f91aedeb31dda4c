/** @file Objectives, training steps, the training loop and score models: what `scorefield/train` exports. */
export type { ScoreProcess } from './score/coefficients.ts';
export { dequantization, type ByteRange, type FrozenScore } from './score/dequantization.ts';
export { dequantizerModel, type Dequantized, type DequantizerModel } from './score/dequantizer-model.ts';
export { classifierModel, type ClassifierModel } from './score/classifier-model.ts';
export { crossEntropy } from './score/cross-entropy.ts';
export { oneHot, type Classes } from './score/one-hot.ts';
export { exportScore } from './score/export-score.ts';
export { scoreModel, type ScoreModel, type Scores } from './score/score-model.ts';
export {
  compileTrainStep,
  defaultOptimizer,
  disposeState,
  readState,
  type OptimizerOptions,
  type TrainState,
} from './score/train-step.ts';
export { denoising } from './score/denoising.ts';
export { exactScoreMatching, type ScoreMatchingOptions } from './score/exact.ts';
export type { Reduction } from './score/loss.ts';
export type { Weighing } from './score/noised.ts';
export type { Drawn, Loss, LossSite, Objective } from './score/objective.ts';
export { slicedScoreMatching, type ProjectionLaw, type SlicedOptions } from './score/sliced.ts';
export { variationalBound, type VarianceKind, type VariationalOptions } from './score/variational.ts';
export { classifierAccuracy, type AccuracyRequest } from './train/classifier-accuracy.ts';
export { averaged, startPoint, train, type TrainOptions, type TrainPoint, type TrainProgress } from './train/train.ts';
