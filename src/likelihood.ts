/** @file Log densities, their bounds and latents: what `scorefield/likelihood` exports. */
export { calibratedDensity, type UncalibratedDensity } from './likelihood/calibrated-density.ts';
export { bitsPerDim } from './likelihood/bits-per-dim.ts';
export { continuousBound, type ContinuousBoundOptions } from './likelihood/continuous-bound.ts';
export type { BoundRequest, VariationalBound } from './likelihood/denoising-error.ts';
export { discreteBound, type DiscreteBoundOptions } from './likelihood/discrete-bound.ts';
export { logBinProbability } from './likelihood/discretized-gaussian.ts';
export type { Carried, FlowOptions } from './likelihood/flow.ts';
export { latentBound, type LatentBoundParts, type LatentBounds } from './likelihood/latent-bound.ts';
export { decode, encode, slerp, type FlowRequest } from './likelihood/latent.ts';
export { logLikelihood, type Likelihood, type LogLikelihoodOptions, type Trace } from './likelihood/log-likelihood.ts';
