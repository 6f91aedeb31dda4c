/** @file The library that runs anywhere; `scorefield/node` and `scorefield/web` add an engine, files and data sets. */
export * from './base/errors.ts';
export { foldIn, key, split, type Key } from './base/key.ts';
export { normal, normalBatch, uniform } from './base/random.ts';
export { concatRows, takeRows, tensor, zeros, type Shape, type Tensor } from './base/tensor.ts';
export * as arith from './base/arith.ts';

export * as graph from './graph/index.ts';

export type { Arrays, Backend, Program } from './backend/program.ts';
export { interpreter } from './backend/interpreter.ts';
export { lower } from './backend/onnx-rules.ts';

export { ddpmpp, type DdpmppOptions } from './nn/ddpmpp.ts';
export { mlp, type MlpOptions } from './nn/mlp.ts';
export { scoreNet, type ScoreNetOptions } from './nn/score-net.ts';
export { initialize, network, type Network, type Param, type ParamVectors, type Scope } from './nn/network.ts';

export type { Sde } from './sde/sde.ts';
export { custom, type CustomOptions } from './sde/custom.ts';
export { edm, type EdmOptions } from './sde/edm.ts';
export { sigmaPower, type SigmaPowerOptions } from './sde/sigma-power.ts';
export { subVp } from './sde/sub-vp.ts';
export { ve, type VeOptions } from './sde/ve.ts';
export { vp, type VpOptions } from './sde/vp.ts';
export {
  directScore,
  edmParametrization,
  epsilon,
  type Parametrization,
  type ParametrizationOf,
} from './sde/parametrization.ts';
export {
  edmWeighting,
  likelihoodWeighting,
  importanceTimes,
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
export { ddpmTables, smldSigmas } from './sde/discrete.ts';
export type { ScoreFn, ScoreJvpFn } from './sde/score-fn.ts';
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
export type { Move, MoveOf } from './sample/move.ts';
export { multistep, type MultistepMethod, type MultistepOf, type Past, type Visit } from './sample/multistep.ts';
export { predictorCorrector, type PredictorCorrectorOptions } from './sample/predictor-corrector.ts';
export { probabilityFlow, type ProbabilityFlowOptions } from './sample/probability-flow.ts';
export { reverseDiffusion } from './sample/reverse-diffusion.ts';
export { stochasticRungeKutta } from './sample/stochastic-runge-kutta.ts';
export { unipc, type UnipcOptions } from './sample/unipc.ts';
export { finish, type SampleProgress, type SampleRequest, type SampleResult, type Sampler } from './sample/sampler.ts';

export { bitsPerDim, meanWithError } from './likelihood/bits-per-dim.ts';
export { logLikelihood, type Likelihood, type LikelihoodOptions, type Trace } from './likelihood/log-likelihood.ts';

export { sampleShape, type DataSet, type ImageSet, type PointSet } from './data/dataset.ts';
export { loadBatch } from './data/batch.ts';
export { bitsOffset, logDetNats, scaled, scalerOf, toBytes, unscaled, type Scaler } from './data/scaler.ts';
export { toys } from './data/toy.ts';

export type { ScoreProcess } from './score/coefficients.ts';
export { scoreModel, type ScoreModel } from './score/score-model.ts';
export { compileTrainStep, defaultOptimizer, type OptimizerOptions, type TrainState } from './score/train-step.ts';
export type { Reduction } from './score/loss.ts';
export {
  averaged,
  defaultObjective,
  startPoint,
  train,
  type Objective,
  type TrainOptions,
  type TrainPoint,
  type TrainProgress,
} from './train/train.ts';
