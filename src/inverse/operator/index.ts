/** @file Measurement operators, as one namespace. */
export { blur, gaussianKernel, motionKernel, type MotionOptions } from './sensing/blur.ts';
export { cartesianColumns, type CartesianOptions } from './scans/cartesian-columns.ts';
export { clip, type ClipOptions } from './clip.ts';
export {
  conjugateGradients,
  conjugateStart,
  conjugateStep,
  hasStopped,
  type ConjugateOptions,
  type ConjugateState,
} from './conjugate-gradients.ts';
export { downsample } from './sensing/downsample.ts';
export { filteredBackProjection } from './scans/filtered-back-projection.ts';
export { subsampledFourier } from './scans/fourier.ts';
export { hadamardSensing } from './sensing/hadamard.ts';
export { identity } from './sensing/identity.ts';
export { linearOperator, type LinearParts } from './linear-operator.ts';
export { boxMask, halfMask, mask, randomMask, type Box, type Half } from './sensing/mask.ts';
export { gaussianSensing, gray, matrix } from './sensing/matrix.ts';
export type { LinearOperator, NonlinearOperator, Operator, SingularSystem } from './operator.ts';
export { phaseRetrieval, type PhaseRetrievalOptions } from './phase-retrieval.ts';
export { radon, type RadonOperator, type RadonOptions } from './scans/radon.ts';
export { measurable, normalInverse, pseudoInverse, weightedInverse } from './solve.ts';
