/** @file Measurement operators, as one namespace. */
export { blur, gaussianKernel, motionKernel, type MotionOptions } from './blur.ts';
export { cartesianColumns, type CartesianOptions } from './cartesian-columns.ts';
export { clip, type ClipOptions } from './clip.ts';
export {
  conjugateGradients,
  conjugateStart,
  conjugateStep,
  hasStopped,
  type ConjugateOptions,
  type ConjugateState,
} from './conjugate-gradients.ts';
export { downsample } from './downsample.ts';
export { filteredBackProjection } from './filtered-back-projection.ts';
export { subsampledFourier } from './fourier.ts';
export { hadamardSensing } from './hadamard.ts';
export { identity } from './identity.ts';
export { linearOperator, type LinearParts } from './linear-operator.ts';
export { boxMask, halfMask, mask, randomMask, type Box, type Half } from './mask.ts';
export { gaussianSensing, grey, matrix } from './matrix.ts';
export type { LinearOperator, NonlinearOperator, Operator, SingularSystem } from './operator.ts';
export { phaseRetrieval, type PhaseRetrievalOptions } from './phase-retrieval.ts';
export { radon, type RadonOperator, type RadonOptions } from './radon.ts';
export { measurable, normalInverse, pseudoInverse, weightedInverse } from './solve.ts';
