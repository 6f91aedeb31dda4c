/** @file Measurements, noise, posterior samplers and guidance: what `scorefield/inverse` exports. */
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
