/** @file Objectives, training steps, the training loop and score models: what `scorefield/train` exports. */
export type { ScoreProcess } from './score/coefficients.ts';
export { dequantization, type ByteRange } from './score/objectives/dequantization.ts';
export { consistency, type ConsistencyOptions, type ConsistencyPair } from './score/distillation/consistency.ts';
export { doublingLevels, easyPairs, easyTarget, neighboringPairs } from './score/distillation/consistency-pairs.ts';
export { pairDistillation } from './score/distillation/luhman.ts';
export { meanFlow, type MeanFlowOptions } from './score/distillation/mean-flow.ts';
export { progressiveDistillation, type ProgressiveOptions } from './score/distillation/progressive.ts';
export { shortcut, type ShortcutOptions } from './score/distillation/shortcut.ts';
export { frozenScope, type FrozenScore } from './score/objectives/frozen-score.ts';
export { dequantizerModel, type Dequantized, type DequantizerModel } from './score/models/dequantizer-model.ts';
export { classifierModel, type ClassifierModel } from './score/models/classifier-model.ts';
export { crossEntropy } from './score/objectives/cross-entropy.ts';
export { conditionRows, type Given } from './score/models/condition-rows.ts';
export { exportScore } from './score/models/export-score.ts';
export { scoreModel, type ScoreModel, type Scores } from './score/models/score-model.ts';
export {
  compileTrainStep,
  defaultOptimizer,
  disposeState,
  readState,
  type OptimizerOptions,
  type TrainState,
} from './score/train-step.ts';
export { independentCoupling, otCoupling, type Coupled, type Coupling } from './score/objectives/coupling.ts';
export { denoising, type DenoisingOptions } from './score/objectives/denoising.ts';
export { lsgm, type LsgmOptions } from './score/objectives/lsgm.ts';
export { exactScoreMatching, type ScoreMatchingOptions } from './score/objectives/exact.ts';
export type { Reduction } from './score/objectives/loss.ts';
export type { Weighing } from './score/objectives/noised.ts';
export type { Drawn, Loss, LossScopes, LossSite, Objective } from './score/objectives/objective.ts';
export { slicedScoreMatching, type ProjectionLaw, type SlicedOptions } from './score/objectives/sliced.ts';
export { variationalBound, type VarianceKind, type VariationalOptions } from './score/objectives/variational.ts';
export { localGroup, solo, type Group } from './base/group.ts';
export { classifierAccuracy, type AccuracyRequest } from './train/classifier-accuracy.ts';
export { gradientNoiseScale, type NoiseScaleRequest } from './train/gradient-noise-scale.ts';
export { averaged, startPoint, train, type TrainOptions, type TrainPoint, type TrainProgress } from './train/train.ts';
