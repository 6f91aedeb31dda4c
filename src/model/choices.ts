/** @file Names and numbers that a user can choose or leave, in a file of their own because help shows them too. */
import type { VarianceKind } from '../score/objectives/variational.ts';

/** How the density of a sample is found: by the flow, or bounded by the reverse SDE or the DDPM chain. */
export const likelihoodMethods = ['ode', 'bound', 'vlb'] as const;
/** Name of a way to find the density of a sample. */
export type LikelihoodMethod = (typeof likelihoodMethods)[number];

/** Names of the variances of reverse steps. */
export const varianceKinds: readonly VarianceKind[] = ['small', 'large', 'learned'];

/** Standard deviation of the noise of a restoration unless another is given, for images of 0 to 1. */
export const defaultNoise = 0.05;

/** Samples that are compared unless their number is given. */
export const defaultEvaluationCount = 5000;

/** What is trained as a dequantizer where the options say nothing. */
export const dequantizerDefaults = {
  steps: 2000,
  layers: 4,
  width: 32,
  batch: 32,
  learningRate: 1e-3,
  seed: 0,
} as const;
