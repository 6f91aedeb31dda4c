/** @file The library that runs anywhere; `scorefield/node` and `scorefield/web` add an engine, files and data sets. */
export * from './base/errors.ts';
export { foldIn, key, split, type Key } from './base/key.ts';
export { normal, normalBatch, uniform } from './base/random.ts';
export { concatRows, takeRows, tensor, zeros, type Shape, type Tensor } from './base/tensor.ts';
export * as arith from './base/arith.ts';
export { yielding } from './base/yielding.ts';

export * as graph from './graph/index.ts';

export type { Arrays, Backend, Feeds, Held, Program } from './backend/program.ts';
export { interpreter } from './backend/interpreter.ts';
export { lower } from './backend/onnx-rules.ts';

export { classifier, type ClassifierOptions } from './nn/classifier.ts';
export { ddpmpp, ddpmUnet, ncsnpp, type DdpmppOptions } from './nn/ddpmpp.ts';
export { dequantizer, type Dequantizer, type DequantizerOptions } from './nn/dequantizer.ts';
export { energyNetwork, energyOf } from './nn/energy.ts';
export { withVariance } from './nn/with-variance.ts';
export { mlp, type MlpOptions } from './nn/mlp.ts';
export { ncsn, ncsnv2, type NcsnOptions, type Ncsnv2Options } from './nn/ncsn.ts';
export { scoreNet, type ScoreNetOptions } from './nn/score-net.ts';
export type { UnetOptions, UnetStyle } from './nn/unet-options.ts';
export { initialize, network, type Network, type Param, type ParamVectors, type Scope } from './nn/network.ts';

export type { Sde } from './sde/sde.ts';
export { custom, type CustomOptions } from './sde/custom.ts';
export { cosineVp, type CosineVpOptions } from './sde/cosine-vp.ts';
export { ddpm, type DdpmOptions } from './sde/ddpm.ts';
export { edm, type EdmOptions } from './sde/edm.ts';
export { linearVe, type LinearVeOptions } from './sde/linear-ve.ts';
export { rectifiedFlow, type RectifiedFlowOptions } from './sde/rectified-flow.ts';
export { sigmaPower, type SigmaPowerOptions } from './sde/sigma-power.ts';
export { smld, type SmldOptions } from './sde/smld.ts';
export { subVp } from './sde/sub-vp.ts';
export { ve, type VeOptions } from './sde/ve.ts';
export { vp, type VpOptions } from './sde/vp.ts';
export {
  dataPrediction,
  directScore,
  edmParametrization,
  epsilon,
  velocity,
  vPrediction,
  type Parametrization,
  type ParametrizationOf,
} from './sde/parametrization.ts';
export {
  dataWeighting,
  edmWeighting,
  flowMatchingWeighting,
  likelihoodWeighting,
  minSnrWeighting,
  truncatedSnrWeighting,
  vWeighting,
  importanceTimes,
  importanceWeighting,
  likelihoodNormalizer,
  logNormalTimes,
  sigmaSquaredWeighting,
  uniformTimes,
  type TimeDistribution,
  type Weighting,
} from './sde/weighting.ts';
export {
  cosineGrid,
  karrasGrid,
  logSnrGrid,
  quadraticGrid,
  suitedGrid,
  uniformGrid,
  type TimeGrid,
} from './sde/time-grid.ts';
export {
  cosineBetas,
  ddpmTables,
  linearBetas,
  quadraticBetas,
  smldSigmas,
  type BetaOptions,
  type DdpmTables,
  type SigmaOptions,
} from './sde/discrete.ts';
export type { Bins } from './sde/bins.ts';
export { amongTimes, chainTimes, geometricTimes, stoppedAt } from './sde/discrete-times.ts';
export { forward, noised, type ForwardRequest, type ForwardState } from './sde/forward.ts';
export { transition, type Transition } from './sde/transition.ts';
export { priorLogDensity, priorSample } from './sde/prior.ts';
export { priorDivergence, reverseChain, type ReverseStep } from './sde/reverse-chain.ts';
export { langevinStep, levelCount, levelRatio, type LangevinStep, type LevelRange } from './sde/noise-levels.ts';
export { classifierInput } from './sde/classifier-input.ts';
export { changeOfVariables } from './sde/change-of-variables.ts';
export type { ScoreFn, ScoreJvpFn, ScoreVjpFn } from './sde/score-fn.ts';
export { gaussian, type Gaussian } from './sde/gaussian.ts';
export { gaussianMixture, type ExactMarginals, type GaussianMixture } from './sde/gaussian-mixture.ts';
export { empirical } from './sde/empirical.ts';

export type { OdeFunction, OdeOptions, OdeResult, OdeRounds, OdeSolver, OdeStatus } from './ode/adaptive.ts';
export { bosh3, bosh3Rounds } from './ode/bosh3.ts';
export { dopri5, dopri5Rounds } from './ode/dopri5.ts';

export { adamsBashforth, type AdamsBashforthOptions } from './sample/adams-bashforth.ts';
export { ancestral, type AncestralOptions } from './sample/ancestral.ts';
export { annealedLangevin, type AnnealedLangevinOptions } from './sample/annealed-langevin.ts';
export { brownianTree, type BrownianPath } from './sample/brownian-tree.ts';
export { consistentAnnealed, type ConsistentAnnealedOptions } from './sample/consistent-annealed.ts';
export { ddim, type DdimOptions } from './sample/ddim.ts';
export { dpmSolver2S } from './sample/dpm-solver-2s.ts';
export { dpmSolver2M, dpmSolver3M, type DpmSolverOptions } from './sample/dpm-solver-multistep.ts';
export { eulerMaruyama } from './sample/euler-maruyama.ts';
export { gottaGoFast, type GottaGoFastOptions } from './sample/gotta-go-fast.ts';
export { hamiltonian, type HamiltonianOptions } from './sample/hamiltonian.ts';
export { heun, type HeunOptions } from './sample/heun.ts';
export { langevin, type LangevinOptions } from './sample/langevin.ts';
export { langevinDynamics, type LangevinDynamicsOptions } from './sample/langevin-dynamics.ts';
export { mala, type MalaOptions } from './sample/mala.ts';
export type { Move, MoveOf, ReverseVariance } from './sample/move.ts';
export { multistep, type MultistepMethod, type MultistepOf, type Past, type Visit } from './sample/multistep.ts';
export { predictorCorrector, type PredictorCorrectorOptions } from './sample/predictor-corrector.ts';
export { probabilityFlow, type ProbabilityFlowOptions } from './sample/probability-flow.ts';
export { reverseDiffusion } from './sample/reverse-diffusion.ts';
export { stochasticRungeKutta } from './sample/stochastic-runge-kutta.ts';
export { unipc, type UnipcOptions } from './sample/unipc.ts';
export { fromNoised, fromState, type Start } from './sample/start.ts';
export { finish, type SampleProgress, type SampleRequest, type SampleResult, type Sampler } from './sample/sampler.ts';

export { bitsPerDim } from './likelihood/bits-per-dim.ts';
export { continuousBound, type ContinuousBoundOptions } from './likelihood/continuous-bound.ts';
export type { BoundRequest, VariationalBound } from './likelihood/denoising-error.ts';
export { discreteBound, type DiscreteBoundOptions } from './likelihood/discrete-bound.ts';
export { logBinProbability } from './likelihood/discretized-gaussian.ts';
export type { Carried, FlowOptions } from './likelihood/flow.ts';
export { decode, encode, slerp, type FlowRequest } from './likelihood/latent.ts';
export { logLikelihood, type Likelihood, type LikelihoodOptions, type Trace } from './likelihood/log-likelihood.ts';

export {
  coverage,
  rankTest,
  simulationRanks,
  type Coverage,
  type Quantity,
  type Ranks,
  type RankTest,
  type Simulations,
} from './evaluate/calibration.ts';
export { jackknife, meanEstimate, type Estimate } from './evaluate/estimate.ts';
export { frechetDistance, moments, type Moments } from './evaluate/frechet.ts';
export { normalCdf, upperGamma } from './evaluate/gamma.ts';
export {
  chiSquareTest,
  kolmogorovSmirnovTest,
  kolmogorovSmirnovTwoSamples,
  type TestResult,
} from './evaluate/goodness-of-fit.ts';
export { psnr, ssim, type DataRange } from './evaluate/image-quality.ts';
export { modeWeights, type ModeWeights } from './evaluate/mode-weights.ts';
export {
  energyDistance,
  gaussianKernel,
  medianDistance,
  mmdSquared,
  polynomialKernel,
  type Kernel,
} from './evaluate/mmd.ts';
export { scoreError, type ScoreErrorAt, type ScoreErrorRequest } from './evaluate/score-error.ts';
export {
  slicedWasserstein,
  wasserstein,
  type SlicedWasserstein,
  type SlicedWassersteinOptions,
} from './evaluate/wasserstein.ts';

export { annealedLikelihood, type AnnealedLikelihoodOptions } from './inverse/annealed-likelihood.ts';
export { changeUnits, type ChangeOfUnits } from './inverse/change-of-units.ts';
export {
  classifierFreeGuidance,
  classifierFreeVjp,
  type ClassifierFreeGuidanceOptions,
} from './inverse/classifier-free-guidance.ts';
export { classifierGuidance, type ClassifierGuidanceOptions } from './inverse/classifier-guidance.ts';
export { ddrm, ddrmEnd, type DdrmOptions } from './inverse/ddrm.ts';
export { diffpir, type DiffpirOptions } from './inverse/diffpir.ts';
export { totalVariationByDiscrepancy, type DiscrepancyOptions, type DiscrepancyResult } from './inverse/discrepancy.ts';
export { dps, type DpsOptions } from './inverse/dps.ts';
export { exactPosterior, mixtureDraws, type ExactPosterior } from './inverse/exact-posterior.ts';
export { measure, type Measurement } from './inverse/measurement.ts';
export { mmps, type MmpsOptions } from './inverse/mmps.ts';
export { pigdm, type PigdmOptions } from './inverse/pigdm.ts';
export {
  constrain,
  constrained,
  guided,
  type ConditionalMoveOf,
  type ConstrainedOptions,
  type Constraint,
  type Guidance,
  type InverseProblem,
  type PosteriorRequest,
  type PosteriorSampler,
} from './inverse/problem.ts';
export { fitted, projection, replacement, type ProjectionOptions } from './inverse/projection.ts';
export { redDiff, type RedDiffOptions } from './inverse/red-diff.ts';
export { repaint, type RepaintOptions } from './inverse/repaint.ts';
export { thresholded } from './inverse/thresholded.ts';
export { twisted, type TwistedOptions, type TwistedResult } from './inverse/twisted.ts';

export * as operators from './inverse/operator/index.ts';
export type { LinearOperator, NonlinearOperator, Operator, SingularSystem } from './inverse/operator/operator.ts';
export {
  gaussianNoise,
  poissonNoise,
  type GaussianNoise,
  type NoiseModel,
  type PoissonOptions,
} from './inverse/noise.ts';
export { totalVariation, totalVariationOf, type TotalVariationOptions } from './inverse/total-variation.ts';

export { classesOf, sampleShape, type DataSet, type ImageSet, type Labelled, type PointSet } from './data/dataset.ts';
export { loadBatch } from './data/batch.ts';
export { largestDistance, type LargestDistance } from './data/largest-distance.ts';
export { bitsOffset, logDetNats, scaled, scalerOf, toBytes, unscaled, type Scaler } from './data/scaler.ts';
export { drawPhantom, drawPhantoms, type PhantomOptions } from './data/phantoms.ts';
export { toys } from './data/toy.ts';

export type { ScoreProcess } from './score/coefficients.ts';
export { dequantization, type ByteRange, type FrozenScore } from './score/dequantization.ts';
export { dequantizerModel, type Dequantized, type DequantizerModel } from './score/dequantizer-model.ts';
export { classifierModel, type ClassifierModel } from './score/classifier-model.ts';
export { crossEntropy } from './score/cross-entropy.ts';
export { oneHot, type Classes } from './score/one-hot.ts';
export { exportScore } from './score/export-score.ts';
export type { OnnxAbout } from './backend/onnx-model.ts';
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

export { buildPosteriorSampler, inverseList, type InverseInfo, type InverseOptions } from './catalog/inverse.ts';
export { buildTask, taskList, type RestorationTask, type TaskInfo, type TaskOptions } from './catalog/inverse-tasks.ts';
export { buildSampler, samplerList, samplerNames, type SamplerInfo, type SamplerOptions } from './catalog/samplers.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors, type StoredTensor } from './io/safetensors.ts';
