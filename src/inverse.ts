/** @file Measurements, noise, posterior samplers and guidance: what `scorefield/inverse` exports. */
export { annealedLikelihood, type AnnealedLikelihoodOptions } from './inverse/guidance/annealed-likelihood.ts';
export { changeUnits, type ChangeOfUnits } from './inverse/change-of-units.ts';
export {
  classifierFreeGuidance,
  classifierFreeVjp,
  type ClassifierFreeGuidanceOptions,
} from './sde/guidance/classifier-free-guidance.ts';
export { classifierGuidance, type ClassifierGuidanceOptions } from './sde/guidance/classifier-guidance.ts';
export { ddrm, ddrmEnd, type DdrmOptions } from './inverse/posterior/ddrm.ts';
export { diffpir, type DiffpirOptions } from './inverse/posterior/diffpir.ts';
export {
  totalVariationByDiscrepancy,
  type DiscrepancyOptions,
  type DiscrepancyResult,
} from './inverse/classical/discrepancy.ts';
export { dps, type DpsOptions } from './inverse/guidance/dps.ts';
export { exactPosterior, mixtureDraws, type ExactPosterior } from './inverse/posterior/exact-posterior.ts';
export { fieldPosterior, type FieldPosterior } from './inverse/posterior/field-posterior.ts';
export type { Decoder } from './inverse/decoder.ts';
export { measure, type Measurement } from './inverse/measurement.ts';
export { mmps, type MmpsOptions } from './inverse/guidance/mmps.ts';
export { pigdm, type PigdmOptions } from './inverse/guidance/pigdm.ts';
export {
  constrain,
  constrained,
  guided,
  type ConditionalStepOf,
  type ConstrainedOptions,
  type Constraint,
  type Guidance,
  type InverseProblem,
  type PosteriorRequest,
  type PosteriorSampler,
} from './inverse/problem.ts';
export { fitted, projection, replacement, type ProjectionOptions } from './inverse/posterior/projection.ts';
export { redDiff, type RedDiffOptions } from './inverse/posterior/red-diff.ts';
export { repaint, type RepaintOptions } from './inverse/posterior/repaint.ts';
export { thresholded } from './inverse/guidance/thresholded.ts';
export { twisted, type TwistedOptions, type TwistedResult } from './inverse/posterior/twisted.ts';
export * as operators from './inverse/operator/index.ts';
export type { LinearOperator, NonlinearOperator, Operator, SingularSystem } from './inverse/operator/operator.ts';
export {
  gaussianNoise,
  poissonNoise,
  type GaussianNoise,
  type NoiseModel,
  type PoissonOptions,
} from './inverse/noise.ts';
export { totalVariation, totalVariationOf, type TotalVariationOptions } from './inverse/classical/total-variation.ts';
