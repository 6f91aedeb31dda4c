/** @file Noise processes, parametrizations, weightings, times and exact scores: what `scorefield/sde` exports. */
export type { Sde } from './sde/sde.ts';
export { custom, type CustomOptions } from './sde/processes/custom.ts';
export { cosineVp, type CosineVpOptions } from './sde/processes/cosine-vp.ts';
export { ddpm, type DdpmOptions } from './sde/processes/ddpm.ts';
export { edm, type EdmOptions } from './sde/processes/edm.ts';
export { linearVe, type LinearVeOptions } from './sde/processes/linear-ve.ts';
export { rectifiedFlow, type RectifiedFlowOptions } from './sde/processes/rectified-flow.ts';
export { sigmaPower, type SigmaPowerOptions } from './sde/processes/sigma-power.ts';
export { smld, type SmldOptions } from './sde/processes/smld.ts';
export { subVp } from './sde/processes/sub-vp.ts';
export { ve, type VeOptions } from './sde/processes/ve.ts';
export { wavegrad } from './sde/processes/wavegrad.ts';
export { vp, type VpOptions } from './sde/processes/vp.ts';
export {
  dataPrediction,
  directScore,
  edmParametrization,
  epsilon,
  epsilonOfLevel,
  velocity,
  vPrediction,
  type Parametrization,
  type ParametrizationOf,
} from './sde/learning/parametrization.ts';
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
  segmentTimes,
  sigmaSquaredWeighting,
  uniformTimes,
  type TimeDistribution,
  type Weighting,
} from './sde/learning/weighting.ts';
export {
  crossEntropyEnds,
  crossEntropyTimes,
  type CrossEntropyKind,
  type CrossEntropyTimes,
} from './sde/learning/cross-entropy-times.ts';
export { betaGrid, diffwaveBetas, wavegradBetas } from './sde/time/beta-grid.ts';
export { givenLevels } from './sde/time/given-levels.ts';
export {
  arctanGrid,
  cosineGrid,
  karrasGrid,
  logSnrGrid,
  quadraticGrid,
  suitedGrid,
  uniformGrid,
  type TimeGrid,
} from './sde/time/time-grid.ts';
export {
  cosineBetas,
  ddpmTables,
  linearBetas,
  quadraticBetas,
  smldSigmas,
  type BetaOptions,
  type DdpmTables,
  type SigmaOptions,
} from './sde/processes/discrete.ts';
export type { Bins } from './sde/learning/bins.ts';
export { amongTimes, chainTimes, geometricTimes, stoppedAt } from './sde/time/discrete-times.ts';
export { forward, noised, type ForwardRequest, type ForwardState } from './sde/forward.ts';
export { transition, type Transition } from './sde/transition.ts';
export { priorLogDensity, priorSample } from './sde/prior.ts';
export { priorDivergence, reverseChain, type ReverseStep } from './sde/reverse-chain.ts';
export { langevinStep, levelCount, levelRatio, type LangevinStep, type LevelRange } from './sde/time/noise-levels.ts';
export { classifierInput } from './sde/learning/classifier-input.ts';
export { changeOfVariables } from './sde/change-of-variables.ts';
export type { FlowMap } from './sde/flow-map.ts';
export { lengthEnds, sectionEnds, type StepEnds } from './sde/learning/step-ends.ts';
export type { LogDensity, LogRatio, ScoreFn, ScoreJvpFn, ScoreVjpFn } from './sde/score-fn.ts';
export { mixtureOf, productOf, type ScoredDensity, type WeightedDensity } from './sde/composition.ts';
export { gaussian, type Gaussian } from './sde/exact/gaussian.ts';
export { gaussianMixture, type ExactMarginals, type GaussianMixture } from './sde/exact/gaussian-mixture.ts';
export { fieldDistance, gaussianField, type ExactField, type GaussianField } from './sde/exact/gaussian-field.ts';
export {
  autoregressionSpectrum,
  powerLawSpectrum,
  type Autoregression,
  type PowerLaw,
} from './sde/exact/field-spectrum.ts';
export { empirical } from './sde/exact/empirical.ts';
export { sphere, type SphereMarginals } from './sde/exact/sphere.ts';
